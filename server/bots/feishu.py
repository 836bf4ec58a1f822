"""Feishu (飞书) and Lark: messages to an app's bot, by callback or over its long connection; answers are cards."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError

from server.bots.calls import CallError, Calls, Token
from server.bots.crypto import decrypt
from server.bots.message import Desk, Message, Refused, Reply, strip_mentions
from server.bots.render import Markup, paragraphs
from server.bots.route import BotRoute
from server.errors import json_response
from server.settings import Settings

FRESH = 600  # seconds that a request may be old, or ahead
BLOCK = 16
EVENT = "im.message.receive_v1"
ALONE = "p2p"
BUSY = (2200, 99991400, 230020)  # internal error, rate of the app, rate of the chat
ENDED = (99991661, 99991663, 99991664, 99991668)
_MEANING = {ord(character): f"&#{ord(character)};" for character in "&<>*_`~[]#\\"}
CARD = Markup(
    bold=lambda text: f"**{text}**",
    link=lambda label, url: f"[{label}]({url})",
    escape=lambda text: text.translate(_MEANING),
)


class UserId(BaseModel):
    open_id: str | None = None


class Mention(BaseModel):
    key: str = ""
    id: UserId | None = None


class Sender(BaseModel):
    sender_id: UserId | None = None
    sender_type: str = ""


class Sent(BaseModel):
    message_id: str
    chat_id: str
    chat_type: str
    message_type: str
    content: str = ""
    mentions: list[Mention] | None = None


class Event(BaseModel):
    """What is read of im.message.receive_v1."""

    sender: Sender
    message: Sent


class Feishu:
    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._calls = Calls("code", BUSY)
        self._token = Token(self._fetch_token)
        self._bot: str | None = None

    def router(self) -> APIRouter:
        router = APIRouter(tags=["bots"], route_class=BotRoute)

        @router.post("/bots/feishu", response_class=Response)
        async def receive(request: Request) -> Response:
            body = await request.body()
            sent = _decrypted(body, self._settings.feishu_encrypt_key)
            if sent.get("type") == "url_verification":
                return json_response({"challenge": sent.get("challenge")})
            headers = request.headers
            _check(headers.get("x-lark-signature", ""), headers.get("x-lark-request-timestamp", ""),
                   headers.get("x-lark-request-nonce", ""), self._settings.feishu_encrypt_key, body)  # fmt: skip
            header = sent.get("header")
            header = header if isinstance(header, dict) else {}
            if header.get("app_id") != self._settings.feishu_app_id:
                raise Refused("the event is for another app")
            message = self.receive(sent.get("event")) if header.get("event_type") == EVENT else None
            if message is not None:
                request.state.caller = message.caller
            return json_response({})

        return router

    def receive(self, event: Any) -> Message | None:
        """Take the message of an event, unless it is none for us.

        Not for us: another bot's, or said in a group without naming anyone. What is no text is taken as an empty
        message, which gets help. Raises BusyError.
        """
        try:
            read = Event.model_validate(event)
        except ValidationError:
            return None
        sent, mentions = read.message, read.message.mentions or []
        sender = read.sender.sender_id.open_id if read.sender.sender_id else None
        if read.sender.sender_type != "user" or not sender or (sent.chat_type != ALONE and not mentions):
            return None
        named = {one.id.open_id for one in mentions if one.id is not None}

        async def is_ours() -> bool:
            return sent.chat_type == ALONE or await self._own_id() in named

        # Feishu advises the message's id, not the event's, to tell that a message came again.
        text = strip_mentions(_text(sent), [one.key for one in mentions if one.key])
        message = Message("feishu", sent.message_id, sent.chat_id, sender, text)
        self._desk.take(message, lambda reply: self.reply(sent.message_id, reply), is_ours)
        return message

    async def reply(self, message_id: str, reply: Reply) -> None:
        """Answer a message with a card. Raises CallError."""
        parts = paragraphs(reply, CARD, self._settings.public_url)
        card = {
            "config": {"wide_screen_mode": True},
            "elements": [{"tag": "markdown", "content": part} for part in parts],
        }
        # Feishu drops a second reply with the same uuid, so a try whose answer got lost is not shown twice.
        body = {"msg_type": "interactive", "content": json.dumps(card, ensure_ascii=False), "uuid": message_id[:50]}
        await self._api("reply", "POST", f"im/v1/messages/{quote(message_id, safe='')}/reply", json=body)

    async def close(self) -> None:
        await self._calls.close()

    async def _own_id(self) -> str:
        """The bot's open_id, which is what tells a mention of it from others. Raises CallError."""
        if self._bot is None:
            bot = (await self._api("bot info", "GET", "bot/v3/info")).get("bot")
            if not isinstance(bot, dict) or not bot.get("open_id"):
                raise CallError("bot info: no open_id; is the app's bot switched on?")
            self._bot = str(bot["open_id"])
        return self._bot

    async def _api(self, what: str, method: str, path: str, **request: Any) -> dict[str, Any]:
        url = f"{self._settings.feishu_api}/open-apis/{path}"

        async def call(token: str) -> dict[str, Any]:
            return await self._calls.call(what, method, url, headers={"Authorization": f"Bearer {token}"}, **request)

        return self._calls.check(what, await self._token.using(call, lambda body: self._calls.code(body) in ENDED))

    async def _fetch_token(self) -> tuple[str, float]:
        asked = {"app_id": self._settings.feishu_app_id, "app_secret": self._settings.feishu_app_secret}
        url = f"{self._settings.feishu_api}/open-apis/auth/v3/tenant_access_token/internal"
        body = self._calls.check(
            "tenant_access_token", await self._calls.call("tenant_access_token", "POST", url, json=asked)
        )
        return str(body.get("tenant_access_token")), float(body.get("expire", 7200))


def _check(signature: str, timestamp: str, nonce: str, key: str, body: bytes) -> None:
    """Raises Refused."""
    expected = hashlib.sha256(f"{timestamp}{nonce}{key}".encode() + body).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise Refused("the signature is wrong")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > FRESH:
        raise Refused("the timestamp is stale")


def _decrypted(body: bytes, key: str) -> dict[str, Any]:
    """The object in {"encrypt": …}. Raises Refused."""
    try:
        data = base64.b64decode(json.loads(body)["encrypt"], validate=True)
        sent = json.loads(decrypt(hashlib.sha256(key.encode()).digest(), data[:16], data[16:], BLOCK))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused("the body cannot be decrypted") from None
    if not isinstance(sent, dict):
        raise Refused("the body holds no object")
    return sent


def _text(sent: Sent) -> str:
    """The words of a text or rich text (post); of everything else, and of what cannot be read, none."""
    try:
        content = json.loads(sent.content)
        if sent.message_type == "text":
            return str(content["text"])
        if sent.message_type == "post":
            parts = [part for line in content["content"] for part in line]
            return " ".join(str(part.get("text", "")) for part in parts if part.get("tag") in ("text", "a"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    return ""
