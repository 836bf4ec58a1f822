"""Feishu: requests that its own SDK accepts are accepted and others refused alike.

Answers are checked by a stand-in for its API.
"""

import base64
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.bots import calls
from server.bots.crypto import decrypt, encrypt
from server.bots.message import BAD_QUESTION, HELP
from tests.platforms import APP, BOT, ENCRYPT_KEY, FakeFeishu, feishu_event, feishu_request, logged, new_id
from tests.service import running, settings_for
from tests.waiting import wait_until

QUESTION = "佣金怎么结算，找谁"
SETTINGS = {"feishu_app_id": APP, "feishu_app_secret": "s3cret", "feishu_encrypt_key": ENCRYPT_KEY}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PAUSE", 0.01)


@pytest.fixture(scope="module")
def standing() -> Iterator[tuple[FakeFeishu, str]]:
    fake = FakeFeishu()
    with running(fake.app) as address:
        yield fake, address


@pytest.fixture
def api(standing: tuple[FakeFeishu, str]) -> FakeFeishu:
    fake, _ = standing
    fake.sent.clear()
    fake.calls.clear()
    fake.failures.clear()
    return fake


@pytest.fixture(scope="module")
def bot(
    home: Path, encoder: Encoder, standing: tuple[FakeFeishu, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    settings = settings_for(
        home,
        tmp_path_factory.mktemp("feishu"),
        public_url="https://duty.example.com",
        audit="on",
        feishu_api=standing[1],
        **SETTINGS,
    )
    with running(create_app(settings, encoder)) as address:
        yield f"{address}/bots/feishu"


def post(address: str, sent: Any, **options: Any) -> httpx2.Response:
    body, headers = feishu_request(sent, **options)
    return httpx2.post(address, content=body, headers=headers)


def accepted_by_the_sdk(body: bytes, headers: dict[str, str]) -> list[str]:
    """The message ids that Feishu's SDK reads from a request."""
    import lark_oapi  # takes seconds, which only the process that runs these tests pays
    from lark_oapi.core.model import RawRequest

    seen: list[str] = []
    builder = lark_oapi.EventDispatcherHandler.builder(ENCRYPT_KEY, "")
    handler = builder.register_p2_im_message_receive_v1(lambda data: seen.append(data.event.message.message_id)).build()
    request = RawRequest()
    request.uri, request.body, request.headers = "/bots/feishu", body, headers
    assert (handler.do(request).status_code == 200) == bool(seen)
    return seen


def test_an_encrypted_text_from_feishus_documentation() -> None:
    data = base64.b64decode("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=")
    assert decrypt(hashlib.sha256(b"test key").digest(), data[:16], data[16:], 16) == b"hello world"


@pytest.mark.parametrize("text", ["", "a", "十六个字节", "x" * 16, "长" * 1000])
def test_what_we_encrypt_feishus_sdk_decrypts(text: str) -> None:
    from lark_oapi.core.utils import AESCipher

    iv = b"0123456789abcdef"
    encrypted = iv + encrypt(hashlib.sha256(b"key").digest(), iv, text.encode(), 16)
    assert AESCipher("key").decrypt_str(base64.b64encode(encrypted).decode()) == text


def test_the_address_is_verified(bot: str) -> None:
    body, _ = feishu_request({"type": "url_verification", "challenge": "ajls384kdjx98XX", "token": "x"})
    response = httpx2.post(bot, content=body)
    assert (response.status_code, response.json()) == (200, {"challenge": "ajls384kdjx98XX"})


def test_a_request_that_feishus_sdk_accepts_is_answered_with_a_card(bot: str, api: FakeFeishu) -> None:
    sent = feishu_event(QUESTION)
    body, headers = feishu_request(sent)
    message_id = sent["event"]["message"]["message_id"]
    assert accepted_by_the_sdk(body, headers) == [message_id]
    response = httpx2.post(bot, content=body, headers=headers)
    assert (response.status_code, response.json()) == (200, {})
    [reply] = api.wait(1)
    assert reply["to"] == message_id
    first, post, *_ = reply["parts"]
    assert first.startswith("由公众客户部·社会渠道经理参与办理&#91;1&#93;：参与社会渠道代理考核、业务佣金结算及审核。")
    name, citation = post.split("\n")[:2]
    assert name == "**公众客户部·社会渠道经理**（参与办理）"
    assert citation.startswith(
        "&#91;1&#93; 参与社会渠道代理考核、业务佣金结算及审核。 [telecom-branch 4](https://duty.example.com/v1/clauses/"
    )


def test_audit_names_the_platform_and_its_user(
    bot: str, api: FakeFeishu, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sent = feishu_event("积分商城谁运营")
    sent["event"]["sender"]["sender_id"]["open_id"] = "ou_audited"
    post(bot, sent)
    api.wait(1)
    database = next(tmp_path_factory.getbasetemp().glob("feishu*")) / "service.sqlite"

    def rows() -> list[tuple[str]]:
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute("select question from answers where asked_by = 'feishu:ou_audited'").fetchall()

    assert wait_until(rows) == [("积分商城谁运营",)]


@pytest.mark.parametrize(
    "change", ["signature", "timestamp", "nonce", "key", "body", "old", "future", "app", "plain", "unsigned"]
)
def test_what_is_not_feishus_is_refused_without_saying_why(bot: str, api: FakeFeishu, change: str) -> None:
    sent = feishu_event(QUESTION)
    if change == "app":
        sent["header"]["app_id"] = "cli_other"
    options: dict[str, dict[str, Any]] = {"old": {"ago": 3600}, "future": {"ago": -3600}, "key": {"key": "other"}}
    body, headers = feishu_request(sent, **options.get(change, {}))
    if change in ("signature", "timestamp", "nonce"):
        name = {
            "signature": "X-Lark-Signature",
            "timestamp": "X-Lark-Request-Timestamp",
            "nonce": "X-Lark-Request-Nonce",
        }[change]
        headers[name] = headers[name][:-1] + ("0" if headers[name][-1] != "0" else "1")
        assert accepted_by_the_sdk(body, headers) == []
    if change == "body":
        body = feishu_request(sent)[0]
    if change == "plain":
        body = json.dumps(sent).encode()
    if change == "unsigned":
        headers = {}
    response = httpx2.post(bot, content=body, headers=headers)
    assert (response.status_code, response.json()["error"]["message"]) == (
        401,
        "this is no request of the platform, or an old one",
    )
    assert api.calls == []


@pytest.mark.parametrize("encrypted", ["", "AAAA", "#", "A" * 44, "A" * 64, 5, None, "é"])
def test_what_cannot_be_decrypted_is_refused(bot: str, encrypted: Any) -> None:
    assert httpx2.post(bot, json={"encrypt": encrypted}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b'{"encrypt": {}}', b"[" * 50_000])
def test_a_body_that_holds_nothing_encrypted_is_refused(bot: str, body: bytes) -> None:
    assert httpx2.post(bot, content=body).status_code == 401


def test_a_body_beyond_the_limit_is_refused(bot: str) -> None:
    assert httpx2.post(bot, content=b"x" * 1_000_001).status_code == 413


def test_a_message_that_is_delivered_again_is_answered_once(bot: str, api: FakeFeishu) -> None:
    sent = feishu_event(QUESTION)
    again = {**sent, "header": {**sent["header"], "event_id": "another"}}
    assert [post(bot, one).status_code for one in (sent, sent, again)] == [200] * 3
    post(bot, feishu_event(""))
    assert len({reply["to"] for reply in api.wait(2)}) == 2


def mention(open_id: str, key: str = "@_user_1") -> dict[str, Any]:
    return {
        "key": key,
        "id": {"open_id": open_id, "union_id": "on_x", "user_id": None},
        "name": "职责",
        "tenant_key": "t",
    }


def test_in_a_group_only_those_who_name_the_bot_are_answered(bot: str, api: FakeFeishu) -> None:
    group = {"chat_type": "group"}
    silent = [
        feishu_event(QUESTION, **group),
        feishu_event(f"@_user_1 {QUESTION}", **group, mentions=[mention("ou_somebody")]),
        feishu_event(f"@_all {QUESTION}", **group, mentions=[{"key": "@_all", "id": {}, "name": "所有人"}]),
    ]
    ours = feishu_event(
        f"@_user_1{QUESTION} @_user_2", **group, mentions=[mention(BOT), mention("ou_somebody", "@_user_2")]
    )
    for sent in (*silent, ours):
        assert post(bot, sent).status_code == 200
    [reply] = api.wait(1)
    assert reply["to"] == ours["event"]["message"]["message_id"]
    assert reply["parts"][0].startswith("由公众客户部·社会渠道经理")
    time.sleep(0.2)
    assert len(api.sent) == 1


def test_other_bots_and_other_events_meet_silence(bot: str, api: FakeFeishu) -> None:
    robot, other, nothing = feishu_event(QUESTION), feishu_event(QUESTION), feishu_event(QUESTION)
    robot["event"]["sender"]["sender_type"] = "app"
    other["header"]["event_type"] = "im.chat.member.bot.added_v1"
    nothing["event"] = "nothing"
    for sent in (robot, other, nothing, {"header": {"app_id": APP}}):
        assert post(bot, sent).status_code == 200
    post(bot, feishu_event(QUESTION))
    api.wait(1)


POST = {
    "title": "",
    "content": [
        [{"tag": "text", "text": "积分商城"}, {"tag": "img", "image_key": "x"}],
        [{"tag": "a", "text": "谁运营", "href": "x"}],
    ],
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"content": '{"text": " "}'}, HELP),
        ({"content": "not json"}, HELP),
        ({"content": '{"text": ["x"]}', "message_type": "post"}, HELP),
        ({"content": '{"image_key": "x"}', "message_type": "image"}, HELP),
        ({"content": '{"x": 1}', "message_type": "something_new"}, HELP),
        ({"content": json.dumps({"text": "问" * 501})}, BAD_QUESTION),
        ({"content": json.dumps({"text": "a\x00b"})}, BAD_QUESTION),
        ({"content": json.dumps(POST), "message_type": "post"}, "由"),
    ],
    ids=["blank", "broken", "odd", "image", "unknown", "long", "zero", "rich"],
)
def test_what_is_no_question_is_told_what_is(bot: str, api: FakeFeishu, changes: dict[str, Any], said: str) -> None:
    post(bot, feishu_event("", **changes))
    [reply] = api.wait(1)
    assert reply["parts"][0].startswith(said)


def test_a_token_that_ended_is_fetched_anew(bot: str, api: FakeFeishu) -> None:
    post(bot, feishu_event(QUESTION))
    api.wait(1)
    before = len(api.tokens)
    api.tokens.append("somebody else's")
    post(bot, feishu_event(QUESTION))
    api.wait(2)
    assert len(api.tokens) == before + 2
    assert api.calls[-3:] == ["reply", "token", "reply"]


@pytest.mark.parametrize(
    "failure", [(502, "x"), (429, ""), (400, {"code": 99991400, "msg": "request trigger frequency limit"})]
)
def test_a_failing_api_is_tried_again(bot: str, api: FakeFeishu, failure: tuple[int, Any]) -> None:
    api.fail(failure, failure)
    post(bot, feishu_event(QUESTION))
    api.wait(1)
    assert api.calls.count("reply") == 3


def test_an_api_that_refuses_is_logged(bot: str, api: FakeFeishu, caplog: pytest.LogCaptureFixture) -> None:
    api.fail((400, {"code": 230002, "msg": "Bot/User can NOT be out of the chat."}))
    post(bot, feishu_event(QUESTION))
    wait_until(lambda: caplog.records)
    assert list(logged(caplog)) == [
        "feishu: an answer was not delivered: reply: code 230002 Bot/User can NOT be out of the chat."
    ]
    assert api.calls.count("reply") == 1


def test_a_hundred_messages_at_once_are_each_answered_once(bot: str, api: FakeFeishu) -> None:
    sent = [feishu_event(QUESTION) for _ in range(100)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda one: post(bot, one).status_code, sent * 2))
    assert statuses == [200] * 200
    assert sorted(reply["to"] for reply in api.wait(100)) == sorted(
        one["event"]["message"]["message_id"] for one in sent
    )


def test_a_follow_up_goes_on_from_the_same_chats_question(bot: str, api: FakeFeishu) -> None:
    chat = {"chat_id": new_id("oc_")}
    post(bot, feishu_event("政企客户的年度预算计划谁来制定？", **chat))
    api.wait(1)
    post(bot, feishu_event("那公众客户呢？", **chat))
    assert api.wait(2)[1]["parts"][0].startswith("由公众客户部·营销分析")
