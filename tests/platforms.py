"""Stand-ins for the messengers' own servers: they check every call that they get, and fail when a test says so."""

import base64
import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.bots.crypto import encrypt
from tests.waiting import wait_until

_ids = itertools.count(1)

CORP, WECOM_TOKEN, AES_KEY = "ww5823bf96d3bd56c7", "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP, ENCRYPT_KEY = "cli_9f5343c580712544", "kudryavka"
DINGTALK_SECRET = "dt-secret"
BOT = "ou_bot"
EVERY_BOT = {
    "wecom_corp_id": CORP, "wecom_token": WECOM_TOKEN, "wecom_aes_key": AES_KEY, "feishu_app_id": APP,
    "feishu_app_secret": "s3cret", "feishu_encrypt_key": ENCRYPT_KEY, "dingtalk_client_id": "ding1",
    "dingtalk_client_secret": DINGTALK_SECRET,
}  # fmt: skip


def new_id(prefix: str = "m") -> str:
    return f"{prefix}{next(_ids)}"


class Platform:
    """`sent` are the bodies that came through; `failures` the responses that the next calls get instead."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.failures: list[Response] = []
        self.tokens: list[str] = []

    def fail(self, *responses: tuple[int, Any]) -> None:
        self.failures += [
            JSONResponse(body, status) if isinstance(body, dict) else Response(body, status)
            for status, body in responses
        ]

    def wait(self, count: int) -> list[dict[str, Any]]:
        """What was sent, once there is so much of it."""
        wait_until(lambda: len(self.sent) >= count)
        assert len(self.sent) == count
        return self.sent

    def wait_calls(self, name: str, count: int) -> None:
        wait_until(lambda: self.calls.count(name) >= count)
        assert self.calls.count(name) == count

    def new_token(self) -> str:
        self.tokens.append(secrets.token_hex(8))
        return self.tokens[-1]

    def failure(self, name: str) -> Response | None:
        self.calls.append(name)
        return self.failures.pop(0) if self.failures else None


class FakeWeCom(Platform):
    def __init__(self) -> None:
        super().__init__()
        routes = [
            Route("/cgi-bin/gettoken", self.gettoken),
            Route("/cgi-bin/message/send", self.send, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    def gettoken(self, request: Request) -> Response:
        assert dict(request.query_params) == {"corpid": CORP, "corpsecret": "s3cret"}
        self.calls.append("gettoken")
        return JSONResponse({"errcode": 0, "errmsg": "ok", "access_token": self.new_token(), "expires_in": 7200})

    async def send(self, request: Request) -> Response:
        if response := self.failure("send"):
            return response
        if request.query_params["access_token"] != self.tokens[-1]:
            return JSONResponse({"errcode": 42001, "errmsg": "access_token expired"})
        body = await request.json()
        assert (body["msgtype"], body["agentid"], set(body["markdown"])) == ("markdown", 1000002, {"content"})
        assert len(body["markdown"]["content"].encode()) <= 2048
        self.sent.append(body)
        return JSONResponse({"errcode": 0, "errmsg": "ok"})


class FakeFeishu(Platform):
    def __init__(self) -> None:
        super().__init__()
        token = Route("/open-apis/auth/v3/tenant_access_token/internal", self.token, methods=["POST"])
        bot = Route("/open-apis/bot/v3/info", self.bot)
        reply = Route("/open-apis/im/v1/messages/{message_id}/reply", self.reply, methods=["POST"])
        self.app = Starlette(routes=[token, bot, reply])

    async def token(self, request: Request) -> Response:
        assert await request.json() == {"app_id": APP, "app_secret": "s3cret"}
        self.calls.append("token")
        return JSONResponse({"code": 0, "msg": "ok", "tenant_access_token": self.new_token(), "expire": 7200})

    def _stranger(self, request: Request) -> Response | None:
        if request.headers["authorization"] == f"Bearer {self.tokens[-1]}":
            return None
        return JSONResponse({"code": 99991663, "msg": "Invalid access token"}, 400)

    def bot(self, request: Request) -> Response:
        self.calls.append("bot")
        return self._stranger(request) or JSONResponse(
            {"code": 0, "msg": "ok", "bot": {"open_id": BOT, "app_name": "x"}}
        )

    async def reply(self, request: Request) -> Response:
        if response := self.failure("reply") or self._stranger(request):
            return response
        body = await request.json()
        assert body["msg_type"] == "interactive"
        assert 0 < len(body["uuid"]) <= 50
        card = json.loads(body["content"])
        assert {element["tag"] for element in card["elements"]} == {"markdown"}
        self.sent.append(
            {"to": request.path_params["message_id"], "parts": [part["content"] for part in card["elements"]]}
        )
        return JSONResponse({"code": 0, "msg": "success", "data": {}})


class FakeDingTalk(Platform):
    def __init__(self) -> None:
        super().__init__()
        self.app = Starlette(routes=[Route("/robot/sendBySession", self.send, methods=["POST"])])

    async def send(self, request: Request) -> Response:
        if response := self.failure("send"):
            return response
        body = await request.json()
        assert (body["msgtype"], set(body["markdown"])) == ("markdown", {"title", "text"})
        self.sent.append({"session": request.query_params["session"], **body["markdown"]})
        return JSONResponse({"errcode": 0, "errmsg": "ok"})


def feishu_event(text: str, **changes: Any) -> dict[str, Any]:
    """An im.message.receive_v1 event of somebody who writes to the bot alone; `changes` are to the message."""
    message = {
        "message_id": new_id("om_"),
        "chat_id": new_id("oc_"),
        "chat_type": "p2p",
        "message_type": "text",
        "content": json.dumps({"text": text}),
        **changes,
    }
    return {
        "schema": "2.0",
        "header": {
            "event_id": new_id("e"),
            "event_type": "im.message.receive_v1",
            "create_time": "1608725989000",
            "token": "",
            "app_id": APP,
            "tenant_key": "t",
        },
        "event": {
            "sender": {"sender_id": {"open_id": "ou_zhang"}, "sender_type": "user", "tenant_key": "t"},
            "message": message,
        },
    }


def feishu_request(sent: Any, key: str = ENCRYPT_KEY, ago: float = 0) -> tuple[bytes, dict[str, str]]:
    """Body and headers as Feishu sends them; tests/test_bots_feishu.py has them read by Feishu's own SDK."""
    iv = secrets.token_bytes(16)
    encrypted = iv + encrypt(hashlib.sha256(key.encode()).digest(), iv, json.dumps(sent).encode(), 16)
    body = json.dumps({"encrypt": base64.b64encode(encrypted).decode()}).encode()
    timestamp, nonce = str(int(time.time() - ago)), secrets.token_hex(4)
    signature = hashlib.sha256(f"{timestamp}{nonce}{key}".encode() + body).hexdigest()
    return body, {"X-Lark-Request-Timestamp": timestamp, "X-Lark-Request-Nonce": nonce, "X-Lark-Signature": signature}


def dingtalk_message(text: str, webhook: str, **changes: Any) -> dict[str, Any]:
    return {
        "conversationId": new_id("cid"),
        "atUsers": [{"dingtalkId": "$:LWCP_v1:$bot"}],
        "chatbotCorpId": "dinge8a565",
        "chatbotUserId": "$:LWCP_v1:$bot",
        "msgId": new_id("msg"),
        "senderNick": "张三",
        "isAdmin": True,
        "senderStaffId": "zhang",
        "sessionWebhookExpiredTime": 4102444800000,
        "createAt": 1613630252678,
        "senderCorpId": "dinge8a565",
        "conversationType": "1",
        "senderId": "$:LWCP_v1:$zhang",
        "sessionWebhook": webhook,
        "text": {"content": text},
        "msgtype": "text",
        **changes,
    }


def dingtalk_headers(secret: str = DINGTALK_SECRET, ago: float = 0) -> dict[str, str]:
    timestamp = str(int((time.time() - ago) * 1000))
    code = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(code).decode()}


def logged(caught: Any) -> Iterator[str]:
    """The messages that pytest caught from the bots."""
    return (record.getMessage() for record in caught.records if record.name.startswith("duty.bots"))
