"""What `duty corpus check` finds, of the index that is served: overlaps between posts, and gaps."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from corpus.check import similar_clauses
from corpus.model import Clause
from server.derived import Derived
from server.schemas import ClauseOut
from server.service import Served, Service
from server.tree import clause_object

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


def findings_router(service: Service, overlaps: Derived[Sequence[Overlap] | None]) -> APIRouter:
    router = APIRouter(tags=["contents"])

    @router.get("/v1/findings", response_model=FindingsOut)
    def findings() -> dict[str, Any]:
        served = service.served
        found = overlaps.of(served)
        return {
            "overlaps": None if found is None else [_overlap_object(overlap) for overlap in found],
            "gaps": [
                {"kind": found.kind, "document": slug, "line": found.line, "message": found.message}
                for slug, found in served.retriever.index.store.findings()
            ],
            "index_version": served.version,
        }

    return router


def _overlap_object(overlap: Overlap) -> dict[str, Any]:
    first, second, share = overlap
    return {"share": round(share, 4), "first": clause_object(first), "second": clause_object(second)}
