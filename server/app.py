"""The HTTP API: thin routes over one retriever."""

from typing import Any

from fastapi import FastAPI

from corpus.model import Clause, split_lines
from corpus.settings import read_settings
from indexer.encoder import load_encoder
from indexer.index import open_index
from indexer.store import Store
from retriever.retriever import Retriever
from server.answer import answer
from server.errors import add_error_handlers
from server.schemas import AnswerOut, AskBody, ClauseOut, DocumentOut, ErrorOut, SearchOut, StatusOut, TreeOut

_ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": ErrorOut} for status in (400, 404, 422, 503)}


def create_app(retriever: Retriever) -> FastAPI:
    """An app that answers from one opened index."""
    app = FastAPI(title="dutyfinder", summary="Which post handles X", responses=_ERRORS)
    add_error_handlers(app)
    store, version = retriever.index.store, retriever.index.version

    @app.post("/v1/ask", response_model=AnswerOut)
    def ask(body: AskBody) -> dict[str, Any]:
        return answer(retriever.ask(body.question, body.department, body.position, body.top_k, body.turns()))

    @app.post("/v1/search", response_model=SearchOut)
    def search(body: AskBody) -> dict[str, Any]:
        hits = retriever.search(body.question, body.department, body.position, body.top_k, body.turns())
        return {"hits": [{**hit.as_dict(), **hit.clause.post._asdict()} for hit in hits], "index_version": version}

    @app.get("/v1/departments", response_model=TreeOut)
    def departments() -> dict[str, Any]:
        return {"departments": _tree(store), "index_version": version}

    @app.get("/v1/clauses/{clause_id:path}", response_model=ClauseOut)
    def clause(clause_id: str) -> dict[str, Any]:
        return _clause(store.clause_by_id(clause_id))

    @app.get("/v1/documents/{slug}", response_model=DocumentOut)
    def document(slug: str) -> dict[str, Any]:
        lines = enumerate(split_lines(store.source(slug)), 1)
        return {"document": slug, "lines": [{"line": number, "text": line.rstrip("\r\n")} for number, line in lines]}

    @app.get("/healthz", response_model=StatusOut)
    @app.get("/readyz", response_model=StatusOut)
    def status() -> dict[str, str]:
        return {"status": "ok", "index_version": version}

    return app


def create_app_from_settings() -> FastAPI:
    """The app of this process's DUTY_* settings: what each server worker runs."""
    settings = read_settings()
    encoder = load_encoder(settings.model)
    return create_app(Retriever(open_index(settings.home, encoder), encoder))


def _tree(store: Store) -> list[dict[str, Any]]:
    tree: dict[str, dict[str, Any]] = {}
    for post in store.posts:
        department = tree.setdefault(post.department, {"department": post.department, "clauses": [], "positions": []})
        clauses = [_clause(clause) for clause in store.clauses_of(post)]
        if post.position is None:
            department["clauses"] = clauses
        else:
            department["positions"].append({"position": post.position, "clauses": clauses})
    return list(tree.values())


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "clause_id": clause.id,
        "department": clause.department,
        "position": clause.position,
        "number": clause.number,
        "text": clause.text,
        "source_text": clause.source_text,
        "source": clause.document,
        "lines": clause.lines,
    }
