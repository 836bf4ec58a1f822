"""Pure ASGI: how much, how long and how many at once. What is over gets the one error body, and the server goes on."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import error_response
from server.settings import Settings

ALWAYS = ("/healthz", "/readyz")  # a busy server is alive


UPLOADS = "/v1/admin/"  # documents are larger than questions, and an index takes longer than an answer
UPLOAD_SECONDS = 600


class TooLargeError(Exception):
    """The body is longer than DUTY_MAX_BODY_BYTES, or DUTY_MAX_UPLOAD_BYTES."""


class LeftError(Exception):
    """The client went away before its body was complete."""


class Limits:
    """Takes the whole body in before the app starts, so that no handler waits for a slow client."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        if self._running >= self._settings.max_concurrent:
            message = f"{self._settings.max_concurrent} requests are being answered; try again in a second"
            await error_response(scope["path"], 503, "busy", message, headers={"Retry-After": "1"})(
                scope, receive, send
            )
            return
        self._running += 1
        try:
            await self._limited(scope, receive, send)
        finally:
            self._running -= 1

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        upload = path.startswith(UPLOADS)
        seconds = UPLOAD_SECONDS if upload else self._settings.timeout_seconds
        longest = self._settings.max_upload_bytes if upload else self._settings.max_body_bytes
        try:
            async with asyncio.timeout(seconds):
                body = await _body(scope, receive, longest)
        except TooLargeError:
            setting = "DUTY_MAX_UPLOAD_BYTES" if upload else "DUTY_MAX_BODY_BYTES"
            message = f"the body is longer than {longest} bytes ({setting})"
            await error_response(path, 413, "too_large", message, headers={"Connection": "close"})(scope, receive, send)
            return
        except TimeoutError:
            message = f"the body did not arrive within {seconds} s"
            await error_response(path, 408, "too_slow", message, headers={"Connection": "close"})(scope, receive, send)
            return
        except LeftError:
            return
        await self._timed(scope, _replay(body, receive), send, seconds)

    async def _timed(self, scope: Scope, receive: Receive, send: Send, seconds: int) -> None:
        """Run the app. The time counts until it begins to answer: a stream may last longer."""
        started = False

        async def send_noticing(message: Message) -> None:
            nonlocal started
            if not started:
                started = True
                deadline.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(seconds) as deadline:
                await self._app(scope, receive, send_noticing)
        except TimeoutError:
            if started:
                raise
            message = f"no answer within {seconds} s; try again later"
            await error_response(scope["path"], 503, "timeout", message, headers={"Retry-After": "1"})(
                scope, receive, send
            )


async def _body(scope: Scope, receive: Receive, longest: int) -> bytes:
    length = Headers(scope=scope).get("content-length", "0")
    if length.isdecimal() and int(length) > longest:
        raise TooLargeError
    parts, total, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise LeftError
        part = message.get("body", b"")
        total += len(part)
        if total > longest:
            raise TooLargeError
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once, and then waits for the client to leave."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
