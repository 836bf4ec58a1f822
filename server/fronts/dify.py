"""Dify's External Knowledge API: the clauses that /v1/ask cites, as records."""

import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, ValidationError, model_validator

from corpus.errors import UsageError
from retriever.result import Citation
from server.errors import error_response, json_response
from server.service import Service, asked

ALL = "all"
MOST = 50


class Condition(BaseModel):
    name: list[str] | str
    comparison_operator: str
    value: Any = None


class MetadataCondition(BaseModel):
    logical_operator: str = "and"
    conditions: list[Condition] = []

    @model_validator(mode="before")
    @classmethod
    def _either_spelling(cls, data: Any) -> Any:
        if isinstance(data, dict) and "logic" in data and "logical_operator" not in data:
            return {**data, "logical_operator": data["logic"]}
        return data

    def holds(self, metadata: dict[str, Any]) -> bool:
        """Raises UsageError on an operator that there is not."""
        if self.logical_operator not in ("and", "or"):
            raise UsageError(f"unknown logical_operator {self.logical_operator!r}; allowed: and, or")
        results = [_holds(condition, metadata) for condition in self.conditions]
        return not results or (any(results) if self.logical_operator == "or" else all(results))


class RetrievalSetting(BaseModel):
    top_k: int = Field(default=5, ge=1)
    score_threshold: float = 0.0


class RetrievalBody(BaseModel):
    """May be empty: Dify sends an empty one to see whether the key is good."""

    knowledge_id: str | None = None
    query: str | None = None
    retrieval_setting: RetrievalSetting | None = None
    metadata_condition: MetadataCondition | None = None


def dify_router(service: Service) -> APIRouter:
    router = APIRouter(tags=["Dify"])
    schema = {"requestBody": {"content": {"application/json": {"schema": RetrievalBody.model_json_schema()}}}}

    @router.post("/dify/retrieval", response_model=None, openapi_extra=schema)
    async def retrieve(request: Request) -> Response:
        path = request.url.path
        try:
            body = RetrievalBody.model_validate(json.loads(await request.body() or b"{}") or {})
        except ValidationError as error:
            first = error.errors()[0]
            return error_response(path, 422, "bad_request", f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except (ValueError, RecursionError):
            return error_response(path, 400, "bad_json", "the body is not valid JSON")
        if not (body.knowledge_id or "").strip() or not (body.query or "").strip():
            return json_response({"records": []})
        if body.knowledge_id not in (ALL, *service.served.retriever.index.manifest.documents):
            return error_response(
                path,
                404,
                "unknown_knowledge",
                f"no knowledge {body.knowledge_id!r}; allowed: a document's slug, or all",
            )
        return json_response({"records": await _records(body, service, request.state.caller.name)})

    return router


async def _records(body: RetrievalBody, service: Service, caller: str) -> list[dict[str, Any]]:
    setting = body.retrieval_setting or RetrievalSetting()
    top_k = min(setting.top_k, MOST) if body.metadata_condition is None else MOST
    document = None if body.knowledge_id == ALL else body.knowledge_id
    given = await service.ask(asked(body.query or "", None, None, top_k, document=document), caller)
    records = [_record(citation) for ranked in given.result.posts for citation in ranked.citations]
    kept = [
        record
        for record in records
        if record["score"] >= setting.score_threshold
        and (body.metadata_condition is None or body.metadata_condition.holds(record["metadata"]))
    ]
    return sorted(kept, key=lambda record: -record["score"])[: setting.top_k]


def _record(citation: Citation) -> dict[str, Any]:
    clause = citation.clause
    return {
        "content": f"{clause.post}：{clause.text}",
        "score": round(citation.score, 4),
        "title": f"{clause.post} {clause.number}",
        "metadata": {
            "clause_id": clause.id,
            "document": clause.document,
            "title": citation.title,
            "department": clause.department,
            "position": clause.position,
            "number": clause.number,
            "role": citation.role.value,
            "lines": list(clause.lines),
        },
    }


def _holds(condition: Condition, metadata: dict[str, Any]) -> bool:
    """Whether one of the named fields fulfils the condition; a negated one, whether none breaks it."""
    names = [condition.name] if isinstance(condition.name, str) else condition.name
    operator = _OPERATORS.get(condition.comparison_operator)
    if operator is None:
        raise UsageError(
            f"unknown comparison_operator {condition.comparison_operator!r}; allowed: {', '.join(_OPERATORS)}"
        )
    results = [operator(_text(metadata.get(name)), condition.value) for name in names]
    return all(results) if condition.comparison_operator in _NEGATED else any(results)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _values(value: Any) -> list[str]:
    return [_text(part).strip() for part in (value if isinstance(value, list) else _text(value).split(","))]


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, Any], bool]:
    def numbers(have: str, want: Any) -> bool:
        try:
            return compare(float(have), float(want))
        except (TypeError, ValueError):
            return False

    return numbers


_OPERATORS: dict[str, Callable[[str, Any], bool]] = {
    "contains": lambda have, want: _text(want) in have,
    "not contains": lambda have, want: _text(want) not in have,
    "start with": lambda have, want: have.startswith(_text(want)),
    "end with": lambda have, want: have.endswith(_text(want)),
    "is": lambda have, want: have == _text(want),
    "is not": lambda have, want: have != _text(want),
    "in": lambda have, want: have in _values(want),
    "not in": lambda have, want: have not in _values(want),
    "empty": lambda have, _: not have,
    "not empty": lambda have, _: bool(have),
    "=": _numbers(lambda have, want: have == want),
    "≠": _numbers(lambda have, want: have != want),
    ">": _numbers(lambda have, want: have > want),
    "<": _numbers(lambda have, want: have < want),
    "≥": _numbers(lambda have, want: have >= want),
    "≤": _numbers(lambda have, want: have <= want),
    "before": lambda have, want: bool(have) and have < _text(want),  # ISO dates sort as texts
    "after": lambda have, want: bool(have) and have > _text(want),
}
_NEGATED = ("not contains", "is not", "not in", "empty")
