"""WeCom: requests made by wechatpy, answers checked by a stand-in for its API, or decrypted by wechatpy."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx2
import pytest
from wechatpy.enterprise.crypto import WeChatCrypto

from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.bots import calls, wecom
from server.bots.message import BAD_QUESTION, HELP, LATER
from server.bots.wecom import Crypto
from tests.platforms import AES_KEY, CORP, WECOM_TOKEN, FakeWeCom, logged, new_id
from tests.service import running, settings_for
from tests.waiting import wait_until

QUESTION = "佣金怎么结算，找谁"
theirs = WeChatCrypto(WECOM_TOKEN, AES_KEY, CORP)
CALLBACK = {"wecom_corp_id": CORP, "wecom_token": WECOM_TOKEN, "wecom_aes_key": AES_KEY}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PAUSE", 0.01)


@pytest.fixture(scope="module")
def standing() -> Iterator[tuple[FakeWeCom, str]]:
    fake = FakeWeCom()
    with running(fake.app) as address:
        yield fake, address


@pytest.fixture
def api(standing: tuple[FakeWeCom, str]) -> FakeWeCom:
    fake, _ = standing
    fake.sent.clear()
    fake.calls.clear()
    fake.failures.clear()
    return fake


@pytest.fixture(scope="module")
def pushing(
    home: Path, encoder: Encoder, standing: tuple[FakeWeCom, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server that answers through message/send."""
    app = {"wecom_agent_id": "1000002", "wecom_secret": "s3cret", "wecom_api": standing[1]}
    settings = settings_for(
        home, tmp_path_factory.mktemp("pushing"), public_url="https://duty.example.com", **CALLBACK, **app
    )
    with running(create_app(settings, encoder)) as address:
        yield f"{address}/bots/wecom"


@pytest.fixture(scope="module")
def passive(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that answers in the response."""
    settings = settings_for(home, tmp_path_factory.mktemp("passive"), public_url="https://duty.example.com", **CALLBACK)
    with running(create_app(settings, encoder)) as address:
        yield f"{address}/bots/wecom"


def xml(text: str = QUESTION, **changes: str) -> str:
    fields = {
        "ToUserName": CORP, "FromUserName": new_id("user"), "CreateTime": "1348831860", "MsgType": "text",
        "Content": text, "MsgId": new_id(), "AgentID": "1000002", **changes,
    }  # fmt: skip
    return f"<xml>{''.join(f'<{name}><![CDATA[{value}]]></{name}>' for name, value in fields.items())}</xml>"


def request(plain: str, crypto: WeChatCrypto = theirs, ago: float = 0) -> tuple[dict[str, str], str]:
    """Query and body as WeCom sends them, made by wechatpy."""
    nonce, timestamp = secrets.token_hex(4), str(int(time.time() - ago))
    signed = fromstring(crypto.encrypt_message(plain, nonce, timestamp))
    query = {"msg_signature": signed.findtext("MsgSignature", ""), "timestamp": timestamp, "nonce": nonce}
    return query, f"<xml><ToUserName>{CORP}</ToUserName><Encrypt>{signed.findtext('Encrypt')}</Encrypt></xml>"


def post(address: str, plain: str, **options: Any) -> httpx2.Response:
    query, body = request(plain, **options)
    return httpx2.post(address, params=query, content=body)


def texts(api: FakeWeCom) -> list[str]:
    return [body["markdown"]["content"] for body in api.sent]


def test_the_callback_is_verified_by_its_own_words_decrypted(pushing: str) -> None:
    query, body = request("1616140317555161061")
    response = httpx2.get(pushing, params={**query, "echostr": fromstring(body).findtext("Encrypt", "")})
    assert (response.status_code, response.text) == (200, "1616140317555161061")


def test_a_question_is_acknowledged_empty_and_answered_with_posts_and_links(pushing: str, api: FakeWeCom) -> None:
    response = post(pushing, xml(FromUserName="ZhangSan"))
    assert (response.status_code, response.content) == (200, b"")
    [body] = api.wait(1)
    assert body["touser"] == "ZhangSan"
    lines = body["markdown"]["content"].split("\n")
    assert lines[0].startswith("由公众客户部·社会渠道经理参与办理[1]：参与社会渠道代理考核、业务佣金结算及审核。")
    assert lines[2] == "**公众客户部·社会渠道经理**（参与办理）"
    link = "https://duty.example.com/v1/clauses/telecom-branch/%E5%85%AC%E4%BC%97%E5%AE%A2%E6%88%B7%E9%83%A8/"
    assert lines[3].startswith(f"[1] 参与社会渠道代理考核、业务佣金结算及审核。 [telecom-branch 4]({link}")


def test_without_a_secret_the_answer_is_the_response_that_wechatpy_can_read(passive: str) -> None:
    response = post(passive, xml(FromUserName="ZhangSan"))
    assert response.status_code == 200
    signed = fromstring(response.content)
    plain = theirs.decrypt_message(
        response.text, signed.findtext("MsgSignature"), signed.findtext("TimeStamp"), signed.findtext("Nonce")
    )
    reply = {child.tag: child.text for child in fromstring(plain)}
    assert (reply["ToUserName"], reply["FromUserName"], reply["MsgType"]) == ("ZhangSan", CORP, "text")
    assert reply["Content"] is not None
    assert reply["Content"].startswith("由公众客户部·社会渠道经理参与办理[1]：")
    assert '<a href="https://duty.example.com/v1/clauses/telecom-branch/' in reply["Content"]


def read_passive(response: httpx2.Response) -> str:
    signed = fromstring(response.content)
    given = [signed.findtext(name, "") for name in ("MsgSignature", "TimeStamp", "Nonce", "Encrypt")]
    return fromstring(Crypto(WECOM_TOKEN, AES_KEY, CORP).open(*given)).findtext("Content", "")


def test_a_late_answer_says_so_and_is_there_when_asked_again(passive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(wecom, "DEADLINE", 0.0)
        assert read_passive(post(passive, xml("积分商城谁运营"))) == LATER
    assert read_passive(post(passive, xml("积分商城谁运营"))).startswith("由")


def test_a_message_that_is_delivered_again_is_answered_once(pushing: str, passive: str, api: FakeWeCom) -> None:
    plain = xml()
    assert [post(pushing, plain).status_code for _ in range(3)] == [200, 200, 200]
    post(pushing, xml(""))
    assert (
        texts(api) == [texts(api)[0], HELP] if api.wait(2)[1]["markdown"]["content"] == HELP else [HELP, texts(api)[1]]
    )
    assert [bool(post(passive, plain).content) for _ in range(3)] == [True, False, False]


WRONG_ID = WeChatCrypto(WECOM_TOKEN, AES_KEY, "wwsomebodyelse")
WRONG_TOKEN = WeChatCrypto("other", AES_KEY, CORP)
WRONG_KEY = WeChatCrypto(WECOM_TOKEN, "x" * 42 + "A", CORP)


@pytest.mark.parametrize(
    "options",
    [{"crypto": WRONG_ID}, {"crypto": WRONG_TOKEN}, {"crypto": WRONG_KEY}, {"ago": 3600}, {"ago": -3600}],
    ids=["corporation", "token", "key", "old", "future"],
)
def test_what_is_not_wecoms_is_refused_without_saying_why(
    pushing: str, api: FakeWeCom, options: dict[str, Any]
) -> None:
    response = post(pushing, xml(), **options)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "refused")
    assert "this is no request of the platform, or an old one" in response.text
    assert api.calls == []


def signed(encrypted: str) -> tuple[dict[str, str], str]:
    """A request with a right signature around anything."""
    timestamp, nonce = str(int(time.time())), "n"
    signature = Crypto(WECOM_TOKEN, AES_KEY, CORP).sign(timestamp, nonce, encrypted)
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>"
    return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}, body


@pytest.mark.parametrize(
    "encrypted", ["", "AAAA", "#", "A" * 64, "x" * 10_000], ids=["none", "short", "not-base64", "padding", "long"]
)
def test_what_cannot_be_decrypted_is_refused(pushing: str, encrypted: str) -> None:
    query, body = signed(encrypted)
    assert httpx2.post(pushing, params=query, content=body).status_code == 401


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Encrypt>&f;</Encrypt></xml>'


@pytest.mark.parametrize(
    "body", [BOMB, FILE, "<xml>", "", "{}", "\x00"], ids=["bomb", "file", "open", "empty", "json", "zero"]
)
def test_no_xml_and_xml_with_entities_are_refused(pushing: str, body: str) -> None:
    query, _ = request(xml())
    assert httpx2.post(pushing, params=query, content=body).status_code == 401
    assert post(pushing, body or "x").status_code == 401  # inside the encryption too


def test_a_body_beyond_the_limit_is_refused(pushing: str) -> None:
    assert httpx2.post(pushing, content=b"x" * 1_000_001).status_code == 413


def test_events_and_messages_to_another_app_meet_silence(pushing: str, api: FakeWeCom) -> None:
    for silent in (xml(MsgType="event"), xml(AgentID="1000003"), xml(MsgId=""), "<xml></xml>"):
        response = post(pushing, silent)
        assert (response.status_code, response.content) == (200, b"")
    post(pushing, xml())
    api.wait(1)


@pytest.mark.parametrize(
    ("plain", "said"), [(xml(" "), HELP), (xml(MsgType="image"), HELP), (xml("问" * 501), BAD_QUESTION)]
)
def test_what_is_no_question_is_told_what_is(pushing: str, api: FakeWeCom, plain: str, said: str) -> None:
    post(pushing, plain)
    assert [body["markdown"]["content"] for body in api.wait(1)] == [said]


def test_a_token_is_fetched_once_and_again_when_it_ended(pushing: str, api: FakeWeCom) -> None:
    post(pushing, xml())
    api.wait(1)
    fetched = len(api.tokens)
    post(pushing, xml())
    api.wait(2)
    assert len(api.tokens) == fetched
    api.tokens.append("somebody else's")  # WeCom forgot ours
    post(pushing, xml())
    api.wait(3)
    assert len(api.tokens) == fetched + 2
    assert api.calls[-3:] == ["send", "gettoken", "send"]


@pytest.mark.parametrize(
    "failure", [(500, ""), (503, "busy"), (429, ""), (200, {"errcode": -1, "errmsg": "system busy"})]
)
def test_a_failing_api_is_tried_again(pushing: str, api: FakeWeCom, failure: tuple[int, Any]) -> None:
    api.fail(failure, failure)
    post(pushing, xml())
    api.wait(1)
    assert api.calls.count("send") == 3


@pytest.mark.parametrize(
    ("failures", "tries", "said"),
    [
        ([(500, "")] * 4, 4, "HTTP 500"),
        (
            [(200, {"errcode": 60020, "errmsg": "not allow to access from your ip"})],
            1,
            "code 60020 not allow to access from your ip",
        ),
        ([(200, "<html>")], 1, "HTTP 200 without a JSON object"),
    ],
    ids=["down", "ip", "html"],
)
def test_an_api_that_goes_on_failing_is_logged_and_harms_nobody_else(
    pushing: str, api: FakeWeCom, caplog: pytest.LogCaptureFixture, failures: list[Any], tries: int, said: str
) -> None:
    api.fail(*failures)
    assert post(pushing, xml()).status_code == 200
    api.wait_calls("send", tries)
    wait_until(lambda: caplog.records)
    assert list(logged(caplog)) == [f"wecom: an answer was not delivered: message/send: {said}"]
    assert "佣金" not in caplog.text
    post(pushing, xml())
    api.wait(1)


def test_a_hundred_messages_at_once_are_each_answered_once(pushing: str, api: FakeWeCom) -> None:
    messages = [xml(FromUserName=f"many{i}") for i in range(100)]
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda plain: post(pushing, plain).status_code, messages * 2))
    assert statuses == [200] * 200
    assert sorted(body["touser"] for body in api.wait(100)) == sorted(f"many{i}" for i in range(100))


def test_a_follow_up_goes_on_from_the_same_persons_question(pushing: str, api: FakeWeCom) -> None:
    post(pushing, xml("政企客户的年度预算计划谁来制定？", FromUserName="Li"))
    api.wait(1)
    post(pushing, xml("那公众客户呢？", FromUserName="Li"))
    assert api.wait(2)[1]["markdown"]["content"].startswith("由公众客户部·营销分析")
