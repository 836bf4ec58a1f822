"""DingTalk's stream, by its own SDK (the extra `bots`)."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from corpus.errors import ServeError
from server.settings import Settings


def listen(settings: Settings, deliver: Callable[[Any], None]) -> None:
    """Hand over each message to the robot, for ever: the SDK connects again by itself.

    Raises ServeError without the SDK.
    """
    try:
        import dingtalk_stream as sdk
    except ImportError:
        raise ServeError("duty bot dingtalk needs an extra; run: pip install -e '.[bots]'") from None

    class Handler(sdk.CallbackHandler):  # type: ignore[misc]
        async def process(self, sent: sdk.CallbackMessage) -> tuple[int, str]:
            """Acknowledged at once; the answer follows by itself."""
            deliver(sent.data)
            return sdk.AckMessage.STATUS_OK, "OK"

    logger = logging.getLogger("duty.bots.sdk")
    logger.setLevel(logging.WARNING)  # at INFO it logs the connection's ticket
    client = sdk.DingTalkStreamClient(
        sdk.Credential(settings.dingtalk_client_id, settings.dingtalk_client_secret), logger
    )
    client.register_callback_handler(sdk.ChatbotMessage.TOPIC, Handler())
    asyncio.run(client.start())
