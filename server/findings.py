"""What `duty corpus check` finds, of the index that is served: overlaps between posts, and gaps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from corpus.check import check, similar_clauses
from corpus.errors import DutyError
from corpus.load import load_corpus
from corpus.model import Clause
from server.derived import Derived
from server.schemas import ClauseOut
from server.service import Served, Service
from server.tree import clause_object

MOST = 20_000  # clauses up to which a request may compare them; `duty corpus check` has no limit
_OVERLAPS = ("twin_clauses", "overlapping_clauses")

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
    """`overlaps` is null where clauses are too many to compare; `gaps` there too, and where documents changed since indexed."""

    overlaps: list[OverlapOut] | None
    gaps: list[GapOut] | None
    index_version: str


def find_overlaps(served: Served) -> Sequence[Overlap] | None:
    """Pairs of clauses that say the same or nearly so; None where they are too many to compare."""
    index = served.retriever.index
    if index.manifest.clauses > MOST:
        return None
    return list(similar_clauses([*index.store.clauses()]))


def find_gaps(served: Served) -> list[dict[str, Any]] | None:
    """All other findings. The index does not keep them: its documents are read again, if they still are what it is of."""
    manifest = served.retriever.index.manifest
    if manifest.clauses > MOST:
        return None
    try:
        corpus = load_corpus([Path(path) for path in manifest.corpus_paths])
    except DutyError:
        return None
    if corpus.digest != manifest.corpus_sha256:
        return None
    return [
        {"kind": found.kind, "document": slug, "line": found.line, "message": found.message}
        for slug, findings in check(corpus).items()
        for found in findings
        if found.kind not in _OVERLAPS
    ]


def findings_router(service: Service, overlaps: Derived[Sequence[Overlap] | None]) -> APIRouter:
    router = APIRouter(tags=["contents"])
    gaps = Derived(find_gaps)

    @router.get("/v1/findings", response_model=FindingsOut)
    def findings() -> dict[str, Any]:
        served = service.served
        found = overlaps.of(served)
        return {
            "overlaps": None if found is None else [_overlap_object(overlap) for overlap in found],
            "gaps": gaps.of(served),
            "index_version": served.version,
        }

    return router


def _overlap_object(overlap: Overlap) -> dict[str, Any]:
    first, second, share = overlap
    return {"share": round(share, 4), "first": clause_object(first), "second": clause_object(second)}
