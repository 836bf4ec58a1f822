"""The one error body, `{"error": {"code", "message", "field"?}}`, and the status of each kind of error."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus.errors import DutyError, IndexUnavailableError, NotFoundError, UsageError

logger = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[DutyError], int], ...] = ((UsageError, 422), (NotFoundError, 404), (IndexUnavailableError, 503))
_CODES = {404: "not_found", 405: "method_not_allowed"}


def add_error_handlers(app: FastAPI) -> None:
    """Turn every error that a request can meet into the one body."""
    app.add_exception_handler(DutyError, _duty_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected_error)


def error_response(
    status: int, code: str, message: str, field: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    detail = {"code": code, "message": message, **({"field": field} if field else {})}
    return JSONResponse({"error": detail}, status, headers)


def _duty_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DutyError)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status >= 500:  # the message names paths of this machine
        logger.error("%s", error.message)
        return error_response(status, error.code, "the index cannot be used now; the server's log says why")
    return error_response(status, error.code, error.message, error.field)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return error_response(400, "bad_json", 'the body is not valid JSON; send an object like {"question": "…"}')
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path")) or None
    where = f"{field}: " if field else ""
    return error_response(422, "bad_request", f"{where}{first['msg']}", field)


def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return error_response(error.status_code, _CODES.get(error.status_code, "failed"), str(error.detail), headers=error.headers)


def _unexpected_error(_: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error", exc_info=error)
    return error_response(500, "failed", "the server failed at this request; its log says why")
