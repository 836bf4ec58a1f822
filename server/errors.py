"""Every error as a response, `{"error": {"code", "message", "field"?}}`; on their routes OpenAI's and Dify's own."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from corpus.errors import (
    BuildRunningError,
    DocumentError,
    DutyError,
    IndexUnavailableError,
    NotFoundError,
    StorageError,
    UsageError,
)

logger = logging.getLogger("duty")

OPENAI_ROUTES = ("/v1/chat/", "/v1/models")
DIFY_ROUTES = ("/dify/",)
_STATUS: tuple[tuple[type[DutyError], int], ...] = (
    (UsageError, 422), (NotFoundError, 404), (DocumentError, 422), (IndexUnavailableError, 503), (StorageError, 503),
)  # fmt: skip
_CODES = {404: "not_found", 405: "method_not_allowed"}
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_DIFY_CODES = {"no_key": 1001, "bad_key": 1002, "forbidden": 1002, "unknown_knowledge": 2001}


def add_error_handlers(app: FastAPI) -> None:
    """Turn every error that a request can meet into its body.

    Unexpected ones are caught further out (layers/observe.py).
    """
    app.add_exception_handler(DutyError, _duty_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def error_response(
    path: str, status: int, code: str, message: str, field: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The response to a failed request, in the shape that clients of this path expect."""
    body: dict[str, Any]
    if path.startswith(OPENAI_ROUTES):
        status = 400 if status == 422 else status
        kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
        body = {"error": {"message": message, "type": kind, "param": field, "code": code}}
    elif path.startswith(DIFY_ROUTES):
        status = 403 if code == "bad_key" else status
        body = {"error_code": _DIFY_CODES.get(code, status), "error_msg": message}
    else:
        body = {"error": {"code": code, "message": message, **({"field": field} if field else {})}}
    return json_response(body, status, headers)


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response in readable UTF-8.

    Half a surrogate pair, which a caller's text may hold, goes out as the escape that it came in as.
    """
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return Response(content, status, headers, media_type="application/json")


def _duty_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DutyError)
    if isinstance(error, BuildRunningError):
        message = "another build is running; try again when it is done"
        return error_response(request.url.path, 503, error.code, message, headers={"Retry-After": "5"})
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status >= 500:  # the message names paths of this machine
        logger.error("%s", error.message)
        return error_response(
            request.url.path, status, error.code, "the server cannot answer this now; its log says why"
        )
    return error_response(request.url.path, status, error.code, error.message, error.field)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return error_response(
            request.url.path, 400, "bad_json", 'the body is not valid JSON; send an object like {"question": "…"}'
        )
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))[:100] or None
    where = f"{field}: " if field else ""
    return error_response(request.url.path, 422, "bad_request", f"{where}{first['msg']}", field)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "bad_json" if error.status_code == 400 else "failed")
    return error_response(request.url.path, error.status_code, code, str(error.detail), headers=error.headers)
