"""What `duty corpus check` finds, of the index that is served: overlaps between posts, and gaps."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import BaseModel

from corpus.model import Clause
from corpus.similar import similar_clauses
from server.routes.per_version import PerVersion
from server.schemas import ClauseOut, clause_out
from server.service import Served, Service

MOST = 20_000  # clauses up to which a request may compare them; `duty corpus check` has no limit

Overlap = tuple[Clause, Clause, float]


class OverlapOut(BaseModel):
    """Two clauses of different posts; `share` of their wording is the same, 1 for twins."""

    share: float
    first: ClauseOut
    second: ClauseOut


class GapOut(BaseModel):
    kind: str
    document: str
    line: int
    message: str


class FindingsOut(BaseModel):
    """`overlaps` is null where clauses are too many to compare. `gaps` are of the documents as they were indexed."""

    overlaps: list[OverlapOut] | None
    gaps: list[GapOut]
    index_version: str


def find_overlaps(served: Served) -> Sequence[Overlap] | None:
    """Pairs of clauses that say the same or nearly so; None where they are too many to compare."""
    index = served.retriever.index
    if index.manifest.clauses > MOST:
        return None
    return list(similar_clauses([*index.store.clauses()]))


def findings_router(service: Service, overlaps: PerVersion[Sequence[Overlap] | None]) -> APIRouter:
    router = APIRouter(tags=["contents"])

    @router.get("/v1/findings", response_model=FindingsOut)
    def findings() -> FindingsOut:
        served = service.served
        found = overlaps.of(served)
        gaps = served.retriever.index.store.findings()
        return FindingsOut(
            overlaps=None if found is None else [_overlap_out(overlap) for overlap in found],
            gaps=[GapOut(kind=gap.kind, document=slug, line=gap.line, message=gap.message) for slug, gap in gaps],
            index_version=served.version,
        )

    return router


def _overlap_out(overlap: Overlap) -> OverlapOut:
    first, second, share = overlap
    return OverlapOut(share=round(share, 4), first=clause_out(first), second=clause_out(second))
