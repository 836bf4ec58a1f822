"""`duty bot`: the bot of one platform over the platform's long connection.

It is a process of its own, without a public address.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from threading import Thread
from typing import Any

from corpus.errors import DutyError, ServeError, SettingError
from retriever.retriever import Retriever
from server.bots import dingtalk_stream, feishu_stream
from server.bots.dingtalk import DingTalk
from server.bots.feishu import Feishu
from server.bots.message import BusyError, Desk
from server.hosting import Hosting
from server.logs import log_as_json
from server.settings import Settings

logger = logging.getLogger("duty.bots")

Deliver = Callable[[Any], None]
Listen = Callable[[Settings, Deliver], None]


def run_bot(platform: str, retriever: Retriever, settings: Settings) -> None:
    """Answer until stopped. Raises ServeError, SettingError, StorageError."""
    listen = _listener(platform, settings)
    log_as_json()
    hosting = Hosting(settings, retriever.encoder)
    hosting.service.serve(retriever)
    asyncio.run(_run(platform, listen, hosting))


def _listener(platform: str, settings: Settings) -> Listen:
    """What opens the connection. Raises SettingError."""
    listen, given, needed = {
        "feishu": (feishu_stream.listen, settings.feishu_app_secret, "DUTY_FEISHU_APP_ID and DUTY_FEISHU_APP_SECRET"),
        "dingtalk": (
            dingtalk_stream.listen, settings.dingtalk_client_secret,
            "DUTY_DINGTALK_CLIENT_ID and DUTY_DINGTALK_CLIENT_SECRET",
        ),
    }[platform]  # fmt: skip
    if not given:
        raise SettingError(f"duty bot {platform} needs {needed}; docs/bots/{platform}.md says where to find them")
    return listen


async def _run(platform: str, listen: Listen, hosting: Hosting) -> None:
    """Until a signal, or until the connection ends for good: then raises ServeError."""
    loop = asyncio.get_running_loop()
    service = hosting.service
    ended: asyncio.Future[None] = loop.create_future()
    desk = Desk(service)
    bot = Feishu(desk, service.settings) if platform == "feishu" else DingTalk(desk, service.settings)

    def end(error: DutyError | None = None) -> None:
        if ended.done():
            return
        if error is None:
            ended.set_result(None)
        else:
            ended.set_exception(error)

    def take(sent: Any) -> None:
        try:
            bot.receive(sent)
        except BusyError:
            logger.error("%s: too many messages are on their way; one was let go", platform)

    def connect() -> None:
        try:
            listen(service.settings, lambda sent: _soon(loop, take, sent))
            error = ServeError(f"the connection to {platform} ended")
        except DutyError as known:
            error = ServeError(known.message)
        except Exception as unknown:  # noqa: BLE001 - an SDK may raise anything
            error = ServeError(f"no connection to {platform}: {type(unknown).__name__}: {unknown}"[:300])
        _soon(loop, end, error)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    # The SDKs run loops of their own that do not end when asked to: a daemon thread ends with us.
    Thread(target=connect, name=platform, daemon=True).start()
    async with hosting.watching():
        try:
            await ended
        finally:
            await desk.close()
            await bot.close()


def _soon(loop: asyncio.AbstractEventLoop, work: Callable[..., None], *arguments: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(work, *arguments)
