"""Long connections, by the platforms' own SDKs, to stand-ins for the other end; `duty bot` as a process."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dingtalk_stream
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from websockets.sync.server import ServerConnection, serve

from tests.command import duty, duty_process, refused
from tests.platforms import APP, DINGTALK_SECRET, FakeDingTalk, FakeFeishu, dingtalk_message, feishu_event
from tests.service import running

QUESTION = "佣金怎么结算，找谁"


class Socket:
    """The other end of a long connection: sends what is put into `frames`, and keeps what comes back in `acks`."""

    def __init__(self) -> None:
        self.frames: queue.Queue[bytes | str] = queue.Queue()
        self.acks: queue.Queue[bytes | str] = queue.Queue()
        self._server = serve(self._talk, "127.0.0.1", 0)
        self.address = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _talk(self, connection: ServerConnection) -> None:
        threading.Thread(target=self._send, args=[connection], daemon=True).start()
        for received in connection:
            self.acks.put(received)

    def _send(self, connection: ServerConnection) -> None:
        while True:
            connection.send(self.frames.get())

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def socket() -> Iterator[Socket]:
    made = Socket()
    yield made
    made.close()


@contextmanager
def bot(platform: str, home: Path, tmp_path: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`duty bot` in a process, which must end well when asked to."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DUTY_") and "proxy" not in name.lower()
    }
    database = {"DUTY_HOME": str(home), "DUTY_DATABASE_URL": f"sqlite:///{tmp_path / 'service.sqlite'}"}
    command = [sys.executable, "-m", "duty", "bot", platform]
    with subprocess.Popen(
        command, env={**clean, **database, **environment}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


def feishu_frame(sent: Any) -> bytes:
    from lark_oapi.ws.pb.pbbp2_pb2 import Frame  # takes seconds, which only the process that runs these tests pays

    frame = Frame()
    frame.SeqID, frame.LogID, frame.service, frame.method = 1, 1, 1, 1
    for key, value in {"type": "event", "message_id": "x", "trace_id": "x", "sum": "1", "seq": "0"}.items():
        header = frame.headers.add()
        header.key, header.value = key, value
    frame.payload = json.dumps(sent).encode()
    return bytes(frame.SerializeToString())


def test_feishus_long_connection(home: Path, tmp_path: Path, socket: Socket) -> None:
    from lark_oapi.ws.pb.pbbp2_pb2 import Frame

    fake = FakeFeishu()

    async def endpoint(request: Request) -> Response:
        assert await request.json() == {"AppID": APP, "AppSecret": "s3cret"}
        config = {"ReconnectCount": -1, "ReconnectInterval": 1, "ReconnectNonce": 0, "PingInterval": 120}
        return JSONResponse(
            {"code": 0, "data": {"URL": f"{socket.address}/?device_id=d&service_id=1", "ClientConfig": config}}
        )

    fake.app.router.routes.append(Route("/callback/ws/endpoint", endpoint, methods=["POST"]))
    sent = feishu_event(QUESTION)
    for _ in range(2):  # delivered again
        socket.frames.put(feishu_frame(sent))
    with (
        running(fake.app) as address,
        bot("feishu", home, tmp_path, DUTY_FEISHU_APP_ID=APP, DUTY_FEISHU_APP_SECRET="s3cret", DUTY_FEISHU_API=address),
    ):
        [reply] = fake.wait(1)
        assert reply["to"] == sent["event"]["message"]["message_id"]
        assert reply["parts"][0].startswith("由公众客户部·社会渠道经理")
        acks = [Frame.FromString(socket.acks.get(timeout=10)) for _ in range(3)]
        codes = [json.loads(ack.payload)["code"] for ack in acks if ack.method == 1]
        assert codes == [200, 200]


def test_dingtalks_stream(home: Path, tmp_path: Path, socket: Socket) -> None:
    fake = FakeDingTalk()

    async def open_connection(request: Request) -> Response:
        body = await request.json()
        assert (body["clientId"], body["clientSecret"]) == ("ding1", DINGTALK_SECRET)
        assert body["subscriptions"] == [{"type": "CALLBACK", "topic": dingtalk_stream.ChatbotMessage.TOPIC}]
        return JSONResponse({"endpoint": f"{socket.address}/connect", "ticket": "t"})

    fake.app.router.routes.append(Route("/v1.0/gateway/connections/open", open_connection, methods=["POST"]))
    with running(fake.app) as address:
        sent = dingtalk_message(QUESTION, f"{address}/robot/sendBySession?session=s1")
        headers = {"topic": dingtalk_stream.ChatbotMessage.TOPIC, "messageId": "m1", "contentType": "application/json"}
        for _ in range(2):  # delivered again
            frame = {"specVersion": "1.0", "type": "CALLBACK", "headers": headers, "data": json.dumps(sent)}
            socket.frames.put(json.dumps(frame))
        app = {"DUTY_DINGTALK_CLIENT_ID": "ding1", "DUTY_DINGTALK_CLIENT_SECRET": DINGTALK_SECRET}
        there = {"DUTY_DINGTALK_ORIGINS": address, "DINGTALK_OPENAPI_ENDPOINT": address}
        with bot("dingtalk", home, tmp_path, **app, **there):
            [reply] = fake.wait(1)
            assert (reply["session"], reply["text"][:3]) == ("s1", "由公众")
            acks = [json.loads(socket.acks.get(timeout=10)) for _ in range(2)]
            assert [(ack["code"], ack["headers"]["messageId"]) for ack in acks] == [(200, "m1")] * 2


def test_a_refused_app_ends_the_bot_with_one_line(home: Path, tmp_path: Path) -> None:
    fake = FakeFeishu()

    def endpoint(_: Request) -> Response:
        return JSONResponse({"code": 1000040345, "msg": "app not found"})

    fake.app.router.routes.append(Route("/callback/ws/endpoint", endpoint, methods=["POST"]))
    with running(fake.app) as address:
        given = {"DUTY_FEISHU_APP_ID": APP, "DUTY_FEISHU_APP_SECRET": "wrong", "DUTY_FEISHU_API": address}
        database = f"sqlite:///{tmp_path / 'service.sqlite'}"
        result = duty_process("bot", "feishu", "--home", home, DUTY_DATABASE_URL=database, **given)
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith("duty: no connection to feishu: ClientException")
    assert "app not found" in last
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("platform", ["feishu", "dingtalk"])
def test_a_bot_without_settings_says_which(platform: str, home: Path) -> None:
    assert f"duty bot {platform} needs DUTY_{platform.upper()}_" in refused(duty("bot", platform, "--home", home), 2)
