"""Verdicts on answers, and their export, which `duty eval candidates` reads."""

import asyncio
import json

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from corpus.errors import NotFoundError, UnknownNameError
from corpus.model import Post
from retriever.query import check_question
from server.schemas import FeedbackBody, KeptOut
from server.service import Service
from server.storage.database import AnswerRecord, Database

WRITTEN_AFTER = 0.2  # seconds; another worker may be about to write the answer (server/record.py)


def feedback_router(service: Service, database: Database) -> APIRouter:
    router = APIRouter(tags=["feedback"])

    @router.post("/v1/feedback", response_model=KeptOut)
    async def give(body: FeedbackBody, request: Request) -> dict[str, str]:
        _check_post(body, service)
        question = None if body.question is None else check_question(body.question)
        record = await _answer(database, body.answer_id)
        given = {
            **body.model_dump(),
            "question": record.question or question,
            "posts": record.posts,
            "index_version": record.index_version,
            "given_by": request.state.caller.name,
        }
        await to_thread.run_sync(lambda: database.add_feedback(**given))
        return {"status": "kept"}

    @router.get(
        "/v1/feedback/export", response_class=Response, responses={200: {"content": {"application/x-ndjson": {}}}}
    )
    def export() -> Response:
        """Every verdict, one JSON object a line, oldest first."""
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in database.feedback()]
        return Response("".join(lines).encode("utf-8", "backslashreplace"), media_type="application/x-ndjson")

    return router


async def _answer(database: Database, answer_id: str) -> AnswerRecord:
    for wait in (0, WRITTEN_AFTER):
        await asyncio.sleep(wait)
        if record := await to_thread.run_sync(database.answer, answer_id):
            return record
    raise NotFoundError(f"no answer {answer_id!r} was given, or it was forgotten (DUTY_KEEP_DAYS)", field="answer_id")


def _check_post(body: FeedbackBody, service: Service) -> None:
    """Raise UnknownNameError when the post that is said to be right is none."""
    if body.department is None and body.position is None:
        return
    if body.department is None:
        raise UnknownNameError(
            "a position needs its department; send both, or the department alone", field="department"
        )
    index = service.served.retriever.index
    if body.department not in index.departments:
        raise UnknownNameError(
            f"unknown department {body.department!r}; GET /v1/departments lists them", field="department"
        )
    if body.position is not None and Post(body.department, body.position) not in index.posts:
        raise UnknownNameError(f"unknown position {body.position!r}; GET /v1/departments lists them", field="position")
