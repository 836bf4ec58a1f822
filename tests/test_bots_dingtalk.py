"""DingTalk: messages that its own SDK reads alike.

Answers are checked by a stand-in for the address that a message brings.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from dingtalk_stream import ChatbotMessage
from starlette.responses import RedirectResponse

from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.bots import calls
from server.bots.dingtalk import Sent
from server.bots.message import HELP
from tests.platforms import DINGTALK_SECRET, FakeDingTalk, dingtalk_headers, dingtalk_message, logged, new_id
from tests.service import running, settings_for
from tests.waiting import wait_until

QUESTION = "佣金怎么结算，找谁"
Make = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PAUSE", 0.01)


@pytest.fixture(scope="module")
def standing() -> Iterator[tuple[FakeDingTalk, str]]:
    fake = FakeDingTalk()
    with running(fake.app) as address:
        yield fake, address


@pytest.fixture
def api(standing: tuple[FakeDingTalk, str]) -> FakeDingTalk:
    fake, _ = standing
    fake.sent.clear()
    fake.calls.clear()
    fake.failures.clear()
    return fake


@pytest.fixture(scope="module")
def bot(
    home: Path, encoder: Encoder, standing: tuple[FakeDingTalk, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    settings = settings_for(
        home, tmp_path_factory.mktemp("dingtalk"), dingtalk_client_id="ding1", dingtalk_client_secret=DINGTALK_SECRET,
        dingtalk_origins=standing[1],
    )  # fmt: skip
    with running(create_app(settings, encoder)) as address:
        yield f"{address}/bots/dingtalk"


@pytest.fixture
def message(standing: tuple[FakeDingTalk, str]) -> Make:
    def make(text: str = QUESTION, **changes: Any) -> dict[str, Any]:
        return dingtalk_message(text, f"{standing[1]}/robot/sendBySession?session={new_id('s')}", **changes)

    return make


def session(sent: dict[str, Any]) -> str:
    return str(sent["sessionWebhook"]).rpartition("=")[2]


def post(address: str, sent: Any, **options: Any) -> httpx2.Response:
    return httpx2.post(address, json=sent, headers=dingtalk_headers(**options))


RICH = {"richText": [{"text": "积分商城"}, {"downloadCode": "x", "type": "picture"}, {"text": "谁运营"}]}


@pytest.mark.parametrize("changes", [{}, {"msgtype": "richText", "content": RICH}], ids=["text", "rich"])
def test_the_words_are_those_that_dingtalks_sdk_reads(message: Make, changes: dict[str, Any]) -> None:
    sent = message(" 佣金找谁", **changes)
    theirs = ChatbotMessage.from_dict(sent)
    assert Sent.model_validate(theirs.to_dict()).words().split() == [text.strip() for text in theirs.get_text_list()]


def test_a_question_is_answered_where_the_message_says(bot: str, api: FakeDingTalk, message: Make) -> None:
    sent = message(f" {QUESTION}")
    response = post(bot, sent)
    assert (response.status_code, response.json()) == (200, {})
    [reply] = api.wait(1)
    assert reply["session"] == session(sent)
    assert reply["title"] == "由公众客户部·社会渠道经理参与办理[1]：参与社会渠道代理考"
    first, post_, *_ = reply["text"].split("\n\n")
    assert first.startswith("由公众客户部·社会渠道经理参与办理[1]：参与社会渠道代理考核、业务佣金结算及审核。")
    assert post_.split("  \n")[:2] == [
        "**公众客户部·社会渠道经理**（参与办理）",
        "[1] 参与社会渠道代理考核、业务佣金结算及审核。 （telecom-branch 4）",
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**dingtalk_headers(), "sign": "AAAA"},
        {**dingtalk_headers(), "timestamp": str(int(time.time() * 1000) + 1)},
        dingtalk_headers("another secret"),
        dingtalk_headers(ago=2 * 3600),
        dingtalk_headers(ago=-2 * 3600),
    ],
    ids=["none", "sign", "timestamp", "secret", "old", "future"],
)
def test_what_is_not_dingtalks_is_refused_without_saying_why(
    bot: str, api: FakeDingTalk, message: Make, headers: dict[str, str]
) -> None:
    response = httpx2.post(bot, json=message(), headers=headers)
    assert (response.status_code, response.json()["error"]["message"]) == (
        401,
        "this is no request of the platform, or an old one",
    )
    assert api.calls == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000], ids=["empty", "open", "bytes", "deep"])
def test_a_body_that_is_no_json_is_refused(bot: str, body: bytes) -> None:
    assert httpx2.post(bot, content=body, headers=dingtalk_headers()).status_code == 401


def test_a_body_beyond_the_limit_is_refused(bot: str) -> None:
    assert httpx2.post(bot, content=b"x" * 1_000_001, headers=dingtalk_headers()).status_code == 413


@pytest.mark.parametrize(
    "webhook",
    [
        "http://127.0.0.1:1/robot/sendBySession?session=x",
        "http://169.254.169.254/latest/meta-data",
        "https://oapi.dingtalk.com.evil.example.com/robot",
        "https://oapi.dingtalk.com@evil.example.com/robot",
        "file:///etc/passwd",
        "{origin}@evil.example.com/",
        "{origin}.evil.example.com/",
        "{origin}0/",
    ],
)
def test_answers_go_to_dingtalk_only(
    bot: str,
    api: FakeDingTalk,
    message: Make,
    standing: tuple[FakeDingTalk, str],
    caplog: pytest.LogCaptureFixture,
    webhook: str,
) -> None:
    assert post(bot, message(sessionWebhook=webhook.format(origin=standing[1]))).status_code == 200
    assert ["DUTY_DINGTALK_ORIGINS" in line for line in logged(caplog)] == [True]
    assert "evil" not in caplog.text


def test_a_redirect_is_not_followed(
    bot: str, api: FakeDingTalk, message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    sent = message()
    api.failures.append(RedirectResponse(sent["sessionWebhook"], 307))
    post(bot, sent)
    wait_until(lambda: caplog.records)
    assert list(logged(caplog)) == [
        "dingtalk: an answer was not delivered: sessionWebhook: HTTP 307 without a JSON object"
    ]
    assert (len(api.calls), api.sent) == (1, [])


def test_a_message_that_is_delivered_again_is_answered_once(bot: str, api: FakeDingTalk, message: Make) -> None:
    sent = message()
    assert [post(bot, sent).status_code for _ in range(3)] == [200] * 3
    post(bot, message(""))
    assert len({reply["session"] for reply in api.wait(2)}) == 2


def test_what_is_not_for_the_bot_meets_silence(bot: str, api: FakeDingTalk, message: Make) -> None:
    group = {"conversationType": "2"}
    silent: list[Any] = [
        message(isInAtList=False, **group),
        {"msgtype": "text"},
        [],
        {},
        message(senderStaffId=None, senderId=""),
    ]
    for sent in silent:
        assert post(bot, sent).status_code == 200
    ours = message(f"@张三 {QUESTION}", isInAtList=True, **group)
    post(bot, ours)
    [reply] = api.wait(1)
    assert (reply["session"], reply["text"][:3]) == (session(ours), "由公众")


@pytest.mark.parametrize(
    "changes",
    [
        {"text": " "},
        {"msgtype": "picture", "content": {"downloadCode": "x"}},
        {"msgtype": "richText", "content": "odd"},
        {"msgtype": "something new"},
    ],
    ids=["blank", "picture", "odd", "unknown"],
)
def test_what_is_no_question_gets_help(bot: str, api: FakeDingTalk, message: Make, changes: dict[str, Any]) -> None:
    post(bot, message(**changes))
    assert [reply["text"] for reply in api.wait(1)] == [HELP]


@pytest.mark.parametrize("failure", [(500, ""), (200, {"errcode": -1, "errmsg": "系统繁忙"})])
def test_a_failing_webhook_is_tried_again(bot: str, api: FakeDingTalk, message: Make, failure: tuple[int, Any]) -> None:
    api.fail(failure, failure)
    post(bot, message())
    api.wait(1)
    assert len(api.calls) == 3


def test_a_webhook_that_goes_on_failing_is_logged(
    bot: str, api: FakeDingTalk, message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail(*[(500, "")] * 4)
    post(bot, message())
    wait_until(lambda: caplog.records)
    assert list(logged(caplog)) == ["dingtalk: an answer was not delivered: sessionWebhook: HTTP 500"]
    assert len(api.calls) == 4


def test_a_hundred_messages_at_once_are_each_answered_once(bot: str, api: FakeDingTalk, message: Make) -> None:
    sent = [message() for _ in range(100)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda one: post(bot, one).status_code, sent * 2))
    assert statuses == [200] * 200
    assert sorted(reply["session"] for reply in api.wait(100)) == sorted(map(session, sent))


def test_a_follow_up_goes_on_from_the_same_conversations_question(bot: str, api: FakeDingTalk, message: Make) -> None:
    post(bot, message("政企客户的年度预算计划谁来制定？", conversationId="c"))
    api.wait(1)
    post(bot, message("那公众客户呢？", conversationId="c"))
    assert api.wait(2)[1]["text"].startswith("由公众客户部·营销分析")
