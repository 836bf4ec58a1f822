"""Documents over HTTP, for who holds an admin key: list, upload with a preview, publish, remove."""

import logging
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response

from corpus.diff import diff
from corpus.load import check_slug, load_document, slug_of
from corpus.model import Document
from corpus.readers import check_file
from indexer.build import NewVersion
from indexer.documents import add, members, remove
from indexer.encoders.encoder import Encoder
from indexer.store import FILE as STORE_FILE
from indexer.store import Store
from indexer.summary import read_summaries
from indexer.versions import IndexPaths
from server.errors import json_response
from server.objects import clause_changes_object, document_object
from server.routes.previews import Preview, Previews, check_filename
from server.schemas import DocumentsOut, PreviewOut, VersionOut
from server.settings import Settings

logger = logging.getLogger("duty")

_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def documents_router(settings: Settings, encoder: Encoder) -> APIRouter:
    router = APIRouter(tags=["admin"], prefix="/v1/admin/documents")
    previews = Previews(settings.home)
    one_at_a_time = CapacityLimiter(1)  # of a worker: reading and building must leave the cores to questions

    async def done(what: str, request: Request, version: NewVersion) -> Response:
        name = version.manifest.version
        logger.info(
            "documents", extra={"fields": {"did": what, "by": request.state.caller.name, "index_version": name}}
        )
        return json_response({"version": name})

    @router.get("", response_model=DocumentsOut)
    def documents() -> dict[str, Any]:
        """What the current index holds."""
        paths = IndexPaths(settings.home)
        version = paths.current_version()
        found = [] if version is None else read_summaries(paths.version(version))
        return {"documents": [{name: getattr(one, name) for name in one.__slots__} for one in found]}

    @router.post("", response_model=PreviewOut, openapi_extra=_BYTES)
    async def upload(request: Request, filename: str, name: str | None = None) -> Response:
        """Read a document, the body's bytes, and show what is found in it. Nothing is published."""
        content = await request.body()
        shown = await to_thread.run_sync(
            _preview, settings.home, previews, filename, name, content, limiter=one_at_a_time
        )
        return json_response(shown)

    @router.post("/{preview_id}/publish", response_model=VersionOut)
    async def publish(preview_id: str, request: Request) -> Response:
        """Publish an index with the document, which takes the place of one of the same name."""
        preview = previews.find(preview_id)
        version = await to_thread.run_sync(
            lambda: add(settings.home, preview.file, encoder, preview.slug, instead=True, keep=settings.keep_versions),
            limiter=one_at_a_time,
        )
        previews.drop(preview)
        return await done(f"add {preview.slug}", request, version)

    @router.delete("/{slug}", response_model=VersionOut)
    async def take_out(slug: str, request: Request) -> Response:
        """Publish an index without the document; its files are kept in the home's folder `removed`."""
        version = await to_thread.run_sync(
            lambda: remove(settings.home, slug, encoder, keep=settings.keep_versions), limiter=one_at_a_time
        )
        return await done(f"remove {slug}", request, version)

    return router


def _preview(home: Path, previews: Previews, filename: str, name: str | None, content: bytes) -> dict[str, Any]:
    slug = check_slug(name if name is not None else slug_of(Path(check_filename(filename))))
    preview = previews.keep(filename, slug, content)
    try:
        check_file(preview.file)
        before = members(home).get(slug)
        document = load_document(preview.file, slug, hinted=before.path if before else None)
    except Exception:
        previews.drop(preview)
        raise
    return _preview_object(home, preview, document)


def _preview_object(home: Path, preview: Preview, document: Document) -> dict[str, Any]:
    return {
        "preview": preview.id,
        **document_object(document),
        "diff": _difference(home, document),
    }


def _difference(home: Path, document: Document) -> dict[str, Any] | None:
    """What publishing changes in the current version; None where there is none."""
    paths = IndexPaths(home)
    version = paths.current_version()
    if version is None:
        return None
    store = Store(paths.version(version) / STORE_FILE)
    try:
        before = [clause for clause in store.clauses() if clause.document == document.slug]
    finally:
        store.close()
    return {"from": version, "to": None, **clause_changes_object(diff(before, document.clauses))}
