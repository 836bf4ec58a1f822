"""One post: its duties and facts, the duties' twins elsewhere, and who supports, joins in or supervises them."""

import re
from collections.abc import Iterator, Sequence

from fastapi import APIRouter
from pydantic import BaseModel

from corpus.errors import NotFoundError
from corpus.grammar.roles import Role, role_of
from corpus.model import Clause, FactKind, Post
from indexer.index import Index
from retriever.query import MAX_QUESTION
from retriever.retriever import Retriever
from server.objects import clause_object
from server.routes.findings import Overlap
from server.routes.per_version import PerVersion
from server.schemas import ClauseOut, clause_out
from server.service import Service

NEAR = 0.2  # score from which another post's supporting or supervising clause counts as being about this duty
NEIGHBOURS = 12  # clauses looked at for each duty
PARTNERS = 8

_NAMES = {
    Role.SUPPORT: r"(?:配合|协助|支撑|支持|为|向)[^，。；]{0,10}",
    Role.APPROVE: r"(?:审批|批准|核准|审定|审核)[^，。；]{0,10}",
    Role.SUPERVISE: r"(?:指导|检查|监督|考核|督办|管控)[^，。；]{0,10}",
    Role.PARTICIPATE: r"(?:参与|参加|会同)[^，。；]{0,10}",
}


class DutyOut(ClauseOut):
    role: Role


class FactOut(BaseModel):
    """`value` in the document's own words, from line `line` (from 1) of the document `source`."""

    kind: FactKind
    value: str
    source: str
    line: int


class TwinOut(BaseModel):
    """`own` is the id of this post's clause, `clause` the other one; `share` of their wording is the same."""

    share: float
    own: str
    clause: ClauseOut


class PartnerOut(BaseModel):
    """Another post's clause. It names this post or its department (`own` null), or is about the duty `own`."""

    role: Role
    own: str | None
    clause: ClauseOut


class PostDetailOut(BaseModel):
    department: str
    position: str | None
    facts: list[FactOut]
    clauses: list[DutyOut]
    twins: list[TwinOut] | None
    partners: list[PartnerOut]
    index_version: str


def posts_router(service: Service, overlaps: PerVersion[Sequence[Overlap] | None]) -> APIRouter:
    router = APIRouter(tags=["contents"])

    @router.get("/v1/posts", response_model=PostDetailOut)
    def post(department: str, position: str | None = None) -> PostDetailOut:
        """A position, or without one the department itself.

        `twins` is null where there are too many clauses to compare.
        """
        served = service.served
        wanted = Post(department, position)
        index = served.retriever.index
        if wanted not in index.posts:
            raise NotFoundError(f"no post {str(wanted)!r}; GET /v1/departments lists them", field="position")
        own = index.store.clauses_of(wanted)
        found = overlaps.of(served)
        return PostDetailOut(
            department=department,
            position=position,
            facts=[
                FactOut(kind=fact.kind, value=fact.value, source=slug, line=fact.line)
                for slug, fact in index.store.facts_of(wanted)
            ],
            clauses=[DutyOut(**clause_object(clause), role=role_of(clause.text)) for clause in own],
            twins=None if found is None else list(_twins(wanted, found)),
            partners=_partners(wanted, own, served.retriever),
            index_version=served.version,
        )

    return router


def _twins(post: Post, overlaps: Sequence[Overlap]) -> Iterator[TwinOut]:
    for first, second, share in overlaps:
        for own, other in ((first, second), (second, first)):
            if own.post == post:
                yield TwinOut(share=round(share, 4), own=own.id, clause=clause_out(other))


def _partners(post: Post, own: Sequence[Clause], retriever: Retriever) -> list[PartnerOut]:
    """Clauses that name the post first, then those nearest to its duties; each clause once."""
    partners: dict[str, PartnerOut] = {}
    for clause, role in _naming(post, retriever.index):
        partners.setdefault(clause.id, PartnerOut(role=role, own=None, clause=clause_out(clause)))
    for near, clause_id in _near(post, own, retriever):
        partners.setdefault(near.id, PartnerOut(role=role_of(near.text), own=clause_id, clause=clause_out(near)))
    return list(partners.values())[:PARTNERS]


def _naming(post: Post, index: Index) -> Iterator[tuple[Clause, Role]]:
    """Clauses whose post supports, supervises or joins the one that they name.

    A position is named inside its own department.
    """
    name = re.escape(post.position or post.department)
    for clause in index.store.clauses():
        outside = clause.department != post.department
        if clause.post == post or outside != (post.position is None):
            continue
        for role, verb in _NAMES.items():
            if re.search(verb + name, clause.text):
                yield clause, role
                break


def _near(post: Post, own: Sequence[Clause], retriever: Retriever) -> list[tuple[Clause, str]]:
    """Other posts' clauses that do not lead, with the id of the duty that they are about, the nearest first."""
    near: list[tuple[float, Clause, str]] = []
    for clause in own:
        hits = retriever.search(clause.text[:MAX_QUESTION], top_k=NEIGHBOURS)
        others = (hit for hit in hits if hit.clause.post != post and hit.role is not Role.LEAD)
        near += [(hit.score, hit.clause, clause.id) for hit in others if hit.score >= NEAR]
    near.sort(key=lambda entry: -entry[0])
    return [(clause, clause_id) for _, clause, clause_id in near]
