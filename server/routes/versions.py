"""Index versions over HTTP, for who holds an admin key: list, compare, go back."""

import logging
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request, Response

from corpus.errors import IndexUnavailableError
from indexer.documents import roll_back
from indexer.encoders.encoder import Encoder
from indexer.versions import IndexPaths, Manifest, created
from server.changes import changes_object, compare_versions
from server.errors import json_response
from server.schemas import DifferenceOut, RollbackBody, VersionOut, VersionsOut
from server.settings import Settings

logger = logging.getLogger("duty")


def versions_router(settings: Settings, encoder: Encoder) -> APIRouter:
    router = APIRouter(tags=["admin"], prefix="/v1/admin")
    one_at_a_time = CapacityLimiter(1)

    @router.get("/versions", response_model=VersionsOut)
    def versions() -> dict[str, Any]:
        """Those that can be used, newest first."""
        paths = IndexPaths(settings.home)
        current = paths.current_version()
        found = [_version_object(paths, name, current) for name in sorted(paths.published(), reverse=True)]
        return {"versions": [version for version in found if version is not None]}

    @router.get("/versions/diff", response_model=DifferenceOut)
    async def difference(
        before: Annotated[str, Query(alias="from")], after: Annotated[str, Query(alias="to")]
    ) -> Response:
        """Clauses that came, went, moved or were reworded, and saved questions whose answer names another post."""
        changes = await to_thread.run_sync(
            compare_versions, settings.home, before, after, encoder, limiter=one_at_a_time
        )
        return json_response(changes_object(changes))

    @router.post("/rollback", response_model=VersionOut)
    async def rollback(request: Request, body: RollbackBody | None = None) -> Response:
        """Serve a version again: the one named, or the one published before the current one."""
        version = await to_thread.run_sync(
            roll_back, settings.home, encoder, body.version if body else None, limiter=one_at_a_time
        )
        logger.info("rollback", extra={"fields": {"by": request.state.caller.name, "index_version": version}})
        return json_response({"version": version})

    return router


def _version_object(paths: IndexPaths, name: str, current: str | None) -> dict[str, Any] | None:
    try:
        manifest = Manifest.load(paths.version(name))
    except IndexUnavailableError:
        return None
    return {
        "version": name,
        "created": created(name).isoformat(),
        "documents": manifest.documents,
        "clauses": manifest.clauses,
        "current": name == current,
    }
