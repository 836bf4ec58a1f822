"""Pure ASGI: lets a request through to its route when its host, origin, key, scope and rate allow it."""

import math
import time

from anyio import to_thread
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.errors import StorageError
from server.errors import error_response
from server.layers.access import Access, Caller, Refused
from server.settings import Settings

GUARDED = (
    "/v1/",
    "/dify/",
    "/mcp",
    "/metrics",
)  # everything else says nothing about duties or users, or checks its callers itself
OPEN = ("/v1/session",)
ADMIN = "/v1/admin/"
NEEDS = {"/v1/feedback": "feedback", "/v1/feedback/export": "admin", "/metrics": "admin"}
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Rates are counted per worker: with N workers a key may reach N times DUTY_RATE_PER_MINUTE."""

    def __init__(self, app: ASGIApp, access: Access, settings: Settings) -> None:
        self._app = app
        self._access = access
        self._settings = settings
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerMinute(settings.rate_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> ASGIApp | None:
        """The response to a request that must not go on.

        None lets it through, its caller noted in the request's state.
        """
        path, headers = scope["path"], Headers(scope=scope)
        if not self._host_is_ours(headers):
            return error_response(
                path, 403, "bad_host", "this Host is not served here; set DUTY_ALLOWED_HOSTS to allow it"
            )
        if self._is_cross_site(scope["method"], headers):
            return error_response(
                path, 403, "cross_site", "a page of another site may not do this; DUTY_CORS_ORIGINS allows sites"
            )
        if not path.startswith(GUARDED) and path not in OPEN:
            return None
        address = scope["client"][0] if scope.get("client") else "unknown"
        if path in OPEN:
            return self._over_rate(path, f"address:{address}")
        try:
            caller = await self._caller(headers, address)
        except Refused as refused:
            # Counted too, so that nobody can try keys without end.
            return self._over_rate(path, f"address:{address}") or error_response(
                path, 401, refused.code, refused.message, headers={"WWW-Authenticate": "Bearer"}
            )
        except StorageError:
            return error_response(path, 503, "storage_unavailable", "keys cannot be checked now; try again later")
        if response := self._over_rate(path, caller.name):
            return response
        needed = "admin" if path.startswith(ADMIN) else NEEDS.get(path, "ask")
        if needed not in caller.scopes:
            return error_response(
                path,
                403,
                "forbidden",
                f"this needs the scope {needed}; the key has: {', '.join(sorted(caller.scopes))}",
            )
        scope.setdefault("state", {})["caller"] = caller
        return None

    async def _caller(self, headers: Headers, address: str) -> Caller:
        if not self._access.needs_key:
            return self._access.caller(headers, address)  # asks no database: not worth a thread
        return await to_thread.run_sync(self._access.caller, headers, address)

    def _host_is_ours(self, headers: Headers) -> bool:
        """Without keys, any site's page could reach this server by a name that leads to 127.0.0.1 (DNS rebinding)."""
        host = headers.get("host", "").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] if ":" in host else host
        if self._settings.allowed_hosts:
            return name in (*self._settings.allowed_hosts, *LOOPBACK_NAMES) or host in self._settings.allowed_hosts
        return self._access.needs_key or name in LOOPBACK_NAMES

    def _is_cross_site(self, method: str, headers: Headers) -> bool:
        """Whether a browser sends this on behalf of another site's page. A key in the header is nobody else's doing."""
        if method in SAFE or (
            headers.get("authorization", "").lower().startswith("bearer ") and self._access.needs_key
        ):
            return False
        origin = headers.get("origin")
        if origin is not None:
            return origin not in self._settings.cors_origins and origin.partition("://")[2] != headers.get("host")
        return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")

    def _over_rate(self, path: str, who: str) -> ASGIApp | None:
        if self._limiter.hit(self._rate, who):
            return None
        reset = self._limiter.get_window_stats(self._rate, who).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        return error_response(
            path, 429, "too_many", f"more than {self._rate.amount} requests in a minute; wait {seconds} s",
            headers={"Retry-After": str(seconds)},
        )  # fmt: skip
