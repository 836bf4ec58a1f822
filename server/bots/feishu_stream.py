"""Feishu's long connection, by its own SDK (the extra `bots`)."""

import asyncio
from collections.abc import Callable
from typing import Any

from corpus.errors import ServeError
from server.bots.feishu import EVENT
from server.settings import Settings


def listen(settings: Settings, deliver: Callable[[Any], None]) -> None:
    """Hand over what is inside each message event, until the connection ends for good.

    Raises ServeError without the SDK. To be called in a thread without an event loop: the SDK takes the one that it
    finds when it is imported.
    """
    try:
        import lark_oapi
        from lark_oapi import ws
    except ImportError:
        raise ServeError("duty bot feishu needs an extra; run: pip install -e '.[bots]'") from None
    # Neither key nor token: the connection is authenticated as a whole.
    events = lark_oapi.EventDispatcherHandler.builder("", "")
    handler = events.register_p2_customized_event(EVENT, lambda sent: deliver(sent.event)).build()
    level = lark_oapi.LogLevel.WARNING  # at INFO it logs the connection's address, with its ticket
    client = ws.Client(
        settings.feishu_app_id,
        settings.feishu_app_secret,
        event_handler=handler,
        domain=settings.feishu_api,
        log_level=level,
    )
    try:
        client.start()
    finally:
        _end_tasks(asyncio.get_event_loop())


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """What the SDK leaves behind would print a traceback at the end of the process."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
