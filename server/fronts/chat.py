"""OpenAI's chat completions, for any client of theirs.

The last user message is the question, earlier turns its history.
"""

import re
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from corpus.errors import UsageError
from retriever.result import Citation
from server.answer import Answer, split_sentences
from server.errors import error_response, json_response
from server.layers.streams import event, stream
from server.objects import citation_object
from server.service import Asked, Service, asked

MODEL = "dutyfinder"
TOP_K = 5
_MARK = re.compile(r"\[(\d+)\]")


class Part(BaseModel):
    type: str
    text: str | None = None


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            if other := next((part.type for part in self.content if part.type != "text"), None):
                raise UsageError(f"content of type {other!r} is not read; allowed: text", field="messages")
            return "".join(part.text or "" for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class ChatBody(BaseModel):
    """What is read of a request. Sampling settings and the rest are let pass: the answer does not depend on them.

    `document`, which clients send as an extra field, narrows the answer to one document.
    """

    model: str
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    document: str | None = None

    def asked(self) -> Asked:
        """Raises UsageError, QuestionError."""
        turns = [(message.role, message.text) for message in self.messages if message.role in ("user", "assistant")]
        if not turns or turns[-1][0] != "user":
            raise UsageError("the last message must be of the user: it is the question", field="messages")
        return asked(turns[-1][1], None, None, TOP_K, turns[:-1][-50:], self.document)


def chat_router(service: Service) -> APIRouter:
    router = APIRouter(tags=["OpenAI"])

    @router.post("/v1/chat/completions", response_model=None)
    async def complete(body: ChatBody, request: Request) -> Response:
        if body.model != MODEL:
            message = f"The model {body.model!r} does not exist; allowed: {MODEL}"
            return error_response(request.url.path, 404, "model_not_found", message, "model")
        given = await service.ask(body.asked(), request.state.caller.name)
        base = service.settings.public_url or str(request.base_url).rstrip("/")
        prompt = sum(len(message.text) for message in body.messages if isinstance(message.content, str | list))
        completion = _Completion(given, base, prompt)
        if not body.stream:
            return json_response(completion.whole())
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return stream([*map(event, completion.chunks(with_usage)), event("[DONE]")])

    @router.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model()]}

    @router.get("/v1/models/{name}", response_model=None)
    def model(name: str, request: Request) -> Response:
        if name != MODEL:
            return error_response(
                request.url.path, 404, "model_not_found", f"The model {name!r} does not exist", "model"
            )
        return json_response(_model())

    return router


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


class _Completion:
    """An answer as OpenAI's clients expect one. Its id is the answer's, which feedback takes."""

    def __init__(self, given: Answer, base: str, prompt: int) -> None:
        cited = [citation for ranked in given.result.shown for citation in ranked.citations]
        self._text = given.text
        self._citations = [citation_object(citation) for citation in cited]
        self._annotations = list(_annotations(self._text, cited, base))
        self._common = {
            "id": given.id,
            "created": int(time.time()),
            "model": MODEL,
            "system_fingerprint": given.result.index_version,
        }
        # Characters, for want of tokens: no language model read or wrote them.
        self._usage = {
            "prompt_tokens": prompt,
            "completion_tokens": len(self._text),
            "total_tokens": prompt + len(self._text),
        }

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self._text, "refusal": None, "annotations": self._annotations}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._common, "object": "chat.completion", "choices": [choice], "usage": self._usage,
            "citations": self._citations,
        }  # fmt: skip

    def chunks(self, with_usage: bool) -> Iterator[dict[str, Any]]:
        common = {**self._common, "object": "chat.completion.chunk", **({"usage": None} if with_usage else {})}

        def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
            return {**common, "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]}

        yield chunk({"role": "assistant", "content": ""})
        for sentence in split_sentences(self._text):
            yield chunk({"content": sentence})
        yield chunk({"annotations": self._annotations})
        yield {**chunk({}, "stop"), "citations": self._citations}
        if with_usage:
            yield {**common, "choices": [], "usage": self._usage}


def _annotations(text: str, citations: Sequence[Citation], base: str) -> Iterator[dict[str, Any]]:
    """A link to its clause for each citation mark in the text."""
    cited = {citation.ref: citation.clause for citation in citations}
    for mark in _MARK.finditer(text):
        if int(mark[1]) not in cited:
            continue
        clause = cited[int(mark[1])]
        yield {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start(),
                "end_index": mark.end(),
                "title": f"{clause.post} {clause.number}",
                "url": f"{base}/v1/clauses/{quote(clause.id)}",
            },
        }
