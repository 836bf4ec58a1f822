"""Server-sent events: a text a sentence at a time."""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from fastapi.responses import StreamingResponse


def event(data: Any, name: str | None = None) -> bytes:
    """One event; `data` is an object that is sent as JSON, or a text that is sent as it is."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = "" if name is None else f"event: {name}\n"
    return f"{head}data: {text}\n\n".encode("utf-8", "backslashreplace")


def stream(events: Iterable[bytes]) -> StreamingResponse:
    async def sent() -> AsyncIterator[bytes]:
        for one in events:
            yield one

    return StreamingResponse(sent(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
