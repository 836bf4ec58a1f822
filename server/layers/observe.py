"""Pure ASGI, outermost.

Each request gets an id, security headers, a log line, a place in the metrics; none a traceback.
"""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import metrics
from server.errors import error_response
from server.logs import place_of, request_id

logger = logging.getLogger("duty.requests")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NOTHING_ELSE = "default-src 'none'; frame-ancestors 'none'"  # an API's answer loads nothing
_GOOD_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
MOUNTED = ("/mcp", "/assets")  # apps of their own, which have no routes here
QUIET = ("/healthz", "/readyz", "/metrics")


class Observe:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        own_id = given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(own_id)
        start, status = time.perf_counter(), 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope["path"], own_id)
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:  # noqa: BLE001 - the last place before the client
            logging.getLogger("duty").error("unexpected %s", place_of(error))
            if not status:
                response = error_response(
                    scope["path"], 500, "failed", "the server failed at this request; its log says why"
                )
                await response(scope, receive, send_noted)
        finally:
            _note(scope, status, time.perf_counter() - start)
            request_id.reset(token)


def _add_headers(headers: MutableHeaders, path: str, own_id: str) -> None:
    headers["X-Request-ID"] = own_id
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if path != "/docs":  # FastAPI's own page, with scripts
        headers.setdefault("Content-Security-Policy", NOTHING_ELSE)


def _note(scope: Scope, status: int, seconds: float) -> None:
    mounted = next((path for path in MOUNTED if scope["path"].startswith(path)), "other")
    route = getattr(scope.get("route"), "path", None) or mounted
    metrics.REQUESTS.labels(route, scope["method"] if scope["method"].isalpha() else "other", str(status)).inc()
    metrics.SECONDS.labels(route).observe(seconds)
    if route in QUIET and status < 400:
        return
    caller = scope.get("state", {}).get("caller")
    fields = {
        "method": scope["method"],
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "caller": None if caller is None else caller.name,
    }
    logger.info("request", extra={"fields": fields})
