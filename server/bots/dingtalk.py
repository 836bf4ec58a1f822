"""DingTalk (钉钉): messages to an app's robot, by callback or over its stream; answers go where each message says."""

import base64
import hmac
import json
import logging
import time
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError

from server.bots.calls import Calls
from server.bots.message import Desk, Message, Refused, Reply
from server.bots.render import MARKDOWN, fit, paragraphs
from server.bots.route import BotRoute
from server.errors import json_response
from server.settings import Settings

logger = logging.getLogger("duty.bots")

FRESH = 3600  # seconds that a request may be old, or ahead: DingTalk's own rule
LONGEST = 18_000  # bytes of a Markdown message
BUSY = (-1,)
TITLE = 30  # characters, which a notification shows
GROUP = "2"


class Part(BaseModel):
    text: str = ""


class RichText(BaseModel):
    richText: list[Part] = []  # noqa: N815 - DingTalk's name


class Text(BaseModel):
    content: str = ""


class Sent(BaseModel):
    """What is read of a message to a robot."""

    msgId: str  # noqa: N815
    msgtype: str
    conversationId: str  # noqa: N815
    conversationType: str = "1"  # noqa: N815
    isInAtList: bool = True  # noqa: N815
    senderStaffId: str | None = None  # noqa: N815
    senderId: str = ""  # noqa: N815
    sessionWebhook: str  # noqa: N815
    text: Text | None = None
    content: Any = None

    def words(self) -> str:
        """Of a text or rich text; of everything else none."""
        if self.msgtype == "text" and self.text is not None:
            return self.text.content
        if self.msgtype == "richText":
            try:
                return " ".join(part.text for part in RichText.model_validate(self.content).richText)
            except ValidationError:
                return ""
        return ""


class DingTalk:
    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._calls = Calls("errcode", BUSY)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["bots"], route_class=BotRoute)

        @router.post("/bots/dingtalk", response_class=Response)
        async def receive(request: Request) -> Response:
            headers = request.headers
            _check(headers.get("sign", ""), headers.get("timestamp", ""), self._settings.dingtalk_client_secret)
            try:
                sent = json.loads(await request.body())
            except (ValueError, RecursionError):
                raise Refused("the body is not JSON") from None
            if message := self.receive(sent):
                request.state.caller = message.caller
            return json_response({})

        return router

    def receive(self, sent: Any) -> Message | None:
        """Take a message, unless it is none for us.

        What is no text counts as an empty one, which gets help. Raises BusyError.
        """
        try:
            read = Sent.model_validate(sent)
        except ValidationError:
            return None
        sender = read.senderStaffId or read.senderId
        if not sender or (read.conversationType == GROUP and not read.isInAtList):
            return None
        if not read.sessionWebhook.startswith(tuple(f"{origin}/" for origin in self._settings.dingtalk_origins)):
            logger.error(
                "dingtalk: a message wants its answer at a site that is not in DUTY_DINGTALK_ORIGINS; it got none"
            )
            return None
        message = Message("dingtalk", read.msgId, read.conversationId, sender, read.words())
        self._desk.take(message, lambda reply: self.reply(read.sessionWebhook, reply))
        return message

    async def reply(self, webhook: str, reply: Reply) -> None:
        """Send a reply as Markdown. Raises CallError."""
        # Two spaces make a line break; a line feed alone is none.
        parts = [part.replace("\n", "  \n") for part in paragraphs(reply, MARKDOWN, self._settings.public_url)]
        body = {"msgtype": "markdown", "markdown": {"title": parts[0][:TITLE], "text": fit(parts, LONGEST, "\n\n")}}
        self._calls.check("sessionWebhook", await self._calls.call("sessionWebhook", "POST", webhook, json=body))

    async def close(self) -> None:
        await self._calls.close()


def _check(sign: str, timestamp: str, secret: str) -> None:
    """Raises Refused.

    The signature covers the time alone, not the body: only HTTPS keeps that from being changed on its way.
    """
    code = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
    if not hmac.compare_digest(base64.b64encode(code), sign.encode()):
        raise Refused("the signature is wrong")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp) / 1000) > FRESH:
        raise Refused("the timestamp is stale")
