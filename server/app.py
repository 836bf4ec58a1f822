"""The HTTP API: thin routes over one service, and the layers around them."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from indexer.encoders.encoder import Encoder, load_encoder
from server import metrics
from server.answer import split_sentences
from server.bots import bots_router
from server.errors import add_error_handlers, error_response, json_response
from server.fronts.chat import chat_router
from server.fronts.dify import dify_router
from server.fronts.mcp_tools import create_mcp, mcp_routes
from server.hosting import Hosting
from server.layers.access import Access
from server.layers.guard import Guard
from server.layers.limits import Limits
from server.layers.observe import Observe
from server.layers.streams import event, stream
from server.logs import log_as_json
from server.objects import answer_object, clause_object, documents_object, hit_object, source_object, tree_object
from server.routes.documents import documents_router
from server.routes.feedback import feedback_router
from server.routes.findings import find_overlaps, findings_router
from server.routes.page import add_page
from server.routes.per_version import PerVersion
from server.routes.posts import posts_router
from server.routes.session import session_router
from server.routes.suggest import suggest_router
from server.routes.versions import versions_router
from server.schemas import (
    AnswerOut,
    AskBody,
    ClauseOut,
    DocumentNamesOut,
    DocumentOut,
    ErrorOut,
    SearchOut,
    StatusOut,
    TreeOut,
)
from server.service import Service
from server.settings import Settings, read_settings

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorOut} for status in (400, 401, 403, 404, 408, 413, 422, 429, 503)
}


def create_app(settings: Settings, encoder: Encoder) -> FastAPI:
    """An app on the home of the settings. It starts without an index too, and is ready when one is published.

    Raises StorageError.
    """
    hosting = Hosting(settings, encoder)
    service, database = hosting.service, hosting.database
    access = Access(database, settings)
    mcp = create_mcp(service)
    hosting.look()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with hosting.watching(also=access.refresh), mcp.session_manager.run():
            yield

    layers = [
        Middleware(Observe),
        *_cors(settings),
        Middleware(Guard, access=access, settings=settings),
        Middleware(Limits, settings=settings),
        Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
    ]
    app = FastAPI(
        title="dutyfinder", summary="Which post handles X", responses=_ERRORS, lifespan=lifespan, middleware=layers
    )
    app.state.service = service
    add_error_handlers(app)
    _add_questions(app, service)
    _add_contents(app, service)
    _add_operation(app, service)
    app.include_router(feedback_router(service, database))
    app.include_router(session_router(database, settings))
    app.include_router(versions_router(settings, encoder))
    app.include_router(documents_router(settings, encoder))
    app.include_router(chat_router(service))
    app.include_router(dify_router(service))
    app.include_router(bots_router(service))
    _add_page(app, service, settings)
    app.router.routes.extend(mcp_routes(mcp).routes)
    return app


def create_app_from_settings() -> FastAPI:
    """The app of this process's DUTY_* settings: what each server worker runs."""
    log_as_json()
    settings = read_settings()
    return create_app(settings, load_encoder(settings.model))


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    allowed = Middleware(
        CORSMiddleware,
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
        expose_headers=["X-Request-ID", "Retry-After"],
    )
    return [allowed]


def _add_questions(app: FastAPI, service: Service) -> None:
    @app.post("/v1/ask", response_model=AnswerOut)
    async def ask(body: AskBody, request: Request) -> Response:
        """One answer. With `Accept: text/event-stream`: its sentences as `delta` events, then the whole as `answer`."""
        given = await service.ask(body.asked(), request.state.caller.name)
        if "text/event-stream" not in request.headers.get("accept", ""):
            return json_response(answer_object(given))
        deltas = [event({"text": sentence}, "delta") for sentence in split_sentences(given.text)]
        return stream([*deltas, event(answer_object(given), "answer")])

    @app.post("/v1/search", response_model=SearchOut)
    async def search(body: AskBody) -> Response:
        hits, version = await service.search(body.asked())
        return json_response({"hits": [hit_object(hit) for hit in hits], "index_version": version})


def _add_contents(app: FastAPI, service: Service) -> None:
    @app.get("/v1/departments", response_model=TreeOut)
    def departments() -> dict[str, Any]:
        served = service.served
        return {"departments": tree_object(served.retriever.index.store), "index_version": served.version}

    @app.get("/v1/clauses/{clause_id:path}", response_model=ClauseOut)
    def clause(clause_id: str) -> dict[str, Any]:
        return clause_object(service.served.retriever.index.store.clause_by_id(clause_id))

    @app.get("/v1/documents", response_model=DocumentNamesOut)
    def documents() -> dict[str, Any]:
        """The documents that answers are from: what `document` takes, and what each is called."""
        served = service.served
        return {"documents": documents_object(served.retriever.index.titles), "index_version": served.version}

    @app.get("/v1/documents/{slug}", response_model=DocumentOut)
    def document(slug: str) -> dict[str, Any]:
        return source_object(service.served.retriever.index.store, slug)


def _add_page(app: FastAPI, service: Service, settings: Settings) -> None:
    """The page, and the routes that it was the first to need."""
    overlaps = PerVersion(find_overlaps)
    app.include_router(suggest_router(service))
    app.include_router(posts_router(service, overlaps))
    app.include_router(findings_router(service, overlaps))
    add_page(app, settings)


def _add_operation(app: FastAPI, service: Service) -> None:
    @app.get("/healthz", response_model=StatusOut)
    async def alive() -> dict[str, str | None]:
        return {"status": "ok", "index_version": service.version}

    @app.get("/readyz", response_model=StatusOut)
    async def ready(request: Request) -> Response:
        if service.version is None:
            return error_response(
                request.url.path, 503, "index_missing", "no index is open yet; the server's log says why"
            )
        return json_response({"status": "ok", "index_version": service.version})

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    def prometheus() -> Response:
        return Response(metrics.render(service.version), media_type="text/plain; version=0.0.4; charset=utf-8")
