"""Calls to a platform's API: tried again while it is busy or out of reach, with a token that is renewed in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import httpx2
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

SECONDS = 5.0  # for each try
TRIES = 4
PAUSE = 0.3  # seconds before the second try, at most; twice as long before each further one
EARLY = 300.0  # seconds before its end from which a token is not used


class CallError(Exception):
    """The platform did not do what it was asked to. The message holds no secret and nothing of the question."""


class _PassingError(CallError):
    """What another try may mend."""


class Calls:
    """Calls to one platform, whose answers say in `code_field` how it went.

    0 is well, one of `busy` may be well in a moment.
    """

    def __init__(self, code_field: str, busy: Collection[int] = ()) -> None:
        self._code_field = code_field
        self._busy = busy
        # No redirects: the answer must not follow one to a place that was not checked.
        self._client = httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=True)

    def code(self, body: Mapping[str, Any]) -> Any:
        return body.get(self._code_field, 0)

    def check(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body, if it says that all is well. Raises CallError."""
        if self.code(body) != 0:
            message = str(body.get("errmsg") or body.get("msg") or "")[:200]
            raise CallError(f"{what}: code {self.code(body)} {message}".rstrip())
        return body

    async def call(self, what: str, method: str, url: str, **request: Any) -> dict[str, Any]:
        """The JSON object that comes back, whatever its code.

        `what` is what the call is called in errors. Raises CallError.
        """
        pause = wait_random_exponential(multiplier=PAUSE, max=PAUSE * 2**TRIES)
        tries = AsyncRetrying(
            stop=stop_after_attempt(TRIES), wait=pause, retry=retry_if_exception_type(_PassingError), reraise=True
        )
        body: dict[str, Any] = await tries(self._once, what, method, url, **request)
        return body

    async def close(self) -> None:
        await self._client.aclose()

    async def _once(self, what: str, method: str, url: str, **request: Any) -> dict[str, Any]:
        try:
            response = await self._client.request(method, url, **request)
        except httpx2.HTTPError as error:  # its message may hold the URL, with a token
            raise _PassingError(f"{what}: {type(error).__name__}") from None
        if response.status_code >= 500 or response.status_code == 429:
            raise _PassingError(f"{what}: HTTP {response.status_code}")
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise CallError(f"{what}: HTTP {response.status_code} without a JSON object")
        if self.code(body) in self._busy:
            raise _PassingError(f"{what}: code {self.code(body)}")
        return body


class Token:
    """An access token, fetched once for all that need it at the same time."""

    def __init__(
        self, fetch: Callable[[], Awaitable[tuple[str, float]]], now: Callable[[], float] = time.monotonic
    ) -> None:
        """`fetch` gives a token and the seconds that it is good for."""
        self._fetch = fetch
        self._now = now
        self._lock = asyncio.Lock()
        self._value: str | None = None
        self._ends = 0.0

    async def get(self) -> str:
        async with self._lock:
            if self._value is None or self._now() >= self._ends:
                value, lasts = await self._fetch()
                self._value, self._ends = value, self._now() + max(lasts - EARLY, lasts / 2)
            return self._value

    def drop(self, value: str) -> None:
        """Fetch anew at the next use, unless somebody did since."""
        if self._value == value:
            self._value = None

    async def using(
        self, call: Callable[[str], Awaitable[dict[str, Any]]], ended: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """What `call` gives with the token; called again with a new one where that says that the token had `ended`."""
        token = await self.get()
        body = await call(token)
        if not ended(body):
            return body
        self.drop(token)
        return await call(await self.get())
