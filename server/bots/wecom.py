"""WeCom (企业微信): messages to an app, which it sends as encrypted XML.

With the app's Secret the answer is pushed through message/send as Markdown. Without it the answer is the response
itself, as text: that needs neither a token nor a trusted address, but must be ready within 5 seconds.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import struct
import time
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from fastapi import APIRouter, Request, Response

from server.bots.calls import Calls, Token
from server.bots.crypto import decrypt, encrypt
from server.bots.message import LATER, Desk, Message, Refused, Reply
from server.bots.render import MARKDOWN, Markup, fit, paragraphs
from server.bots.route import BotRoute
from server.settings import Settings

FRESH = 600  # seconds that a request may be old, or ahead
BLOCK = 32
DEADLINE = 4.0  # seconds: WeCom waits for 5, and then delivers again
LONGEST = 2048  # bytes of a text or Markdown
SAME = 10  # seconds in which WeCom drops the same message, so that a try whose answer got lost is not shown twice
BUSY = (-1,)
ENDED = (40001, 40014, 42001)
READ = "text"
SILENT = "event"
TEXT = Markup(
    bold=str, link=lambda label, url: f'<a href="{url}">{label}</a>', escape=lambda text: text.replace("<", "＜")
)


class Crypto:
    """WeCom's signature and encryption of messages."""

    def __init__(self, token: str, aes_key: str, corp_id: str) -> None:
        self._token = token
        self._key = base64.b64decode(aes_key + "=")
        self._corp_id = corp_id

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        return hashlib.sha1("".join(sorted([self._token, timestamp, nonce, encrypted])).encode()).hexdigest()

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> str:
        """The text inside. Raises Refused."""
        if not hmac.compare_digest(self.sign(timestamp, nonce, encrypted).encode(), signature.encode()):
            raise Refused("the signature is wrong")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > FRESH:
            raise Refused("the timestamp is stale")
        try:
            plain = decrypt(self._key, self._key[:16], base64.b64decode(encrypted, validate=True), BLOCK)
            (length,) = struct.unpack(">I", plain[16:20])
            text, receiver = plain[20 : 20 + length].decode(), plain[20 + length :].decode()
        except (ValueError, struct.error):
            raise Refused("the message cannot be decrypted") from None
        if receiver != self._corp_id:
            raise Refused("the message is for another corporation")
        return text

    def seal(self, text: str, timestamp: str, nonce: str) -> bytes:
        """The response that carries a text."""
        content = text.encode()
        plain = secrets.token_bytes(16) + struct.pack(">I", len(content)) + content + self._corp_id.encode()
        encrypted = base64.b64encode(encrypt(self._key, self._key[:16], plain, BLOCK)).decode()
        signature = self.sign(timestamp, nonce, encrypted)
        return _xml(Encrypt=encrypted, MsgSignature=signature, TimeStamp=timestamp, Nonce=nonce)


class WeCom:
    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._crypto = Crypto(settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id)
        self._calls = Calls("errcode", BUSY)
        self._token = Token(self._fetch_token)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["bots"], route_class=BotRoute)

        @router.get("/bots/wecom", response_class=Response)
        async def verify(request: Request) -> Response:
            """What WeCom asks for when the callback is saved: its own words, decrypted."""
            return Response(self._open(request, request.query_params.get("echostr", "")), media_type="text/plain")

        @router.post("/bots/wecom", response_class=Response)
        async def receive(request: Request) -> Response:
            sent = _read(self._open(request, _read(await request.body()).get("Encrypt", "")))
            message = self._message(sent)
            if message is None:
                return Response()
            request.state.caller = message.caller
            if self._settings.wecom_secret:
                self._desk.take(message, lambda reply: self.push(message.sender, reply))
                return Response()
            return await self._respond(message, request)

        return router

    async def push(self, user: str, reply: Reply) -> None:
        """Send a reply as Markdown. Raises CallError."""
        content = fit(paragraphs(reply, MARKDOWN, self._settings.public_url), LONGEST, "\n\n")
        body = {
            "touser": user,
            "msgtype": "markdown",
            "agentid": int(self._settings.wecom_agent_id),
            "markdown": {"content": content},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": SAME,
        }
        url = f"{self._settings.wecom_api}/cgi-bin/message/send"

        async def send(token: str) -> dict[str, Any]:
            return await self._calls.call("message/send", "POST", url, params={"access_token": token}, json=body)

        self._calls.check("message/send", await self._token.using(send, lambda body: self._calls.code(body) in ENDED))

    async def close(self) -> None:
        await self._calls.close()

    async def _fetch_token(self) -> tuple[str, float]:
        asked = {"corpid": self._settings.wecom_corp_id, "corpsecret": self._settings.wecom_secret}
        body = await self._calls.call("gettoken", "GET", f"{self._settings.wecom_api}/cgi-bin/gettoken", params=asked)
        self._calls.check("gettoken", body)
        return str(body.get("access_token")), float(body.get("expires_in", 7200))

    def _open(self, request: Request, encrypted: str) -> str:
        given = request.query_params
        return self._crypto.open(
            given.get("msg_signature", ""), given.get("timestamp", ""), given.get("nonce", ""), encrypted
        )

    def _message(self, sent: dict[str, str]) -> Message | None:
        """The message, unless it is an event, or for another app.

        A picture or voice is an empty message, which gets help.
        """
        agent = self._settings.wecom_agent_id
        if (
            sent.get("MsgType", SILENT) == SILENT
            or not sent.get("MsgId")
            or (agent and sent.get("AgentID", agent) != agent)
        ):
            return None
        sender = sent.get("FromUserName", "")
        return Message(
            "wecom", sent["MsgId"], sender, sender, sent.get("Content", "") if sent["MsgType"] == READ else ""
        )

    async def _respond(self, message: Message, request: Request) -> Response:
        if not self._desk.is_new(message):
            return Response()
        try:
            # Not cancelled when it is late: the same question is then answered from the cache.
            reply = await asyncio.wait_for(asyncio.shield(self._desk.start(self._desk.reply(message))), DEADLINE)
        except TimeoutError:
            reply = Reply(LATER)
        text = fit(paragraphs(reply, TEXT, self._settings.public_url), LONGEST, "\n\n")
        now = str(int(time.time()))
        inner = _xml(
            ToUserName=message.sender,
            FromUserName=self._settings.wecom_corp_id,
            CreateTime=now,
            MsgType="text",
            Content=text,
        )
        nonce = request.query_params.get("nonce", "")
        return Response(self._crypto.seal(inner.decode(), now, nonce), media_type="application/xml")


def _read(text: str | bytes) -> dict[str, str]:
    """The elements of a flat XML document. Raises Refused on anything else, entities included."""
    try:
        return {child.tag: child.text or "" for child in fromstring(text, forbid_dtd=True)}
    except (ParseError, DefusedXmlException, ValueError):
        raise Refused("the body is no XML of WeCom's") from None


def _xml(**fields: str) -> bytes:
    root = Element("xml")
    for name, value in fields.items():
        SubElement(root, name).text = value
    return bytes(tostring(root, encoding="utf-8", xml_declaration=False))
