"""What all bots share: cleaned questions, memory, rendering, calls and tokens."""

import asyncio
import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corpus.errors import ServeError
from corpus.grammar.roles import Role
from corpus.model import Clause
from retriever.result import Citation, RankedPost
from retriever.retriever import Retriever
from server.bots import calls, message
from server.bots.calls import CallError, Calls, Token
from server.bots.crypto import decrypt, encrypt
from server.bots.feishu import CARD
from server.bots.message import HELP, LATER, BusyError, Desk, Message, Reply, strip_mentions
from server.bots.render import MARKDOWN, fit, paragraphs
from server.record import Recorder
from server.run import check_workers
from server.service import Service
from server.storage.database import Database
from tests.service import running, service_of, settings_for


@pytest.fixture
def service(retriever: Retriever, home: Path, tmp_path: Path) -> Iterator[Service]:
    with service_of(retriever, settings_for(home, tmp_path)) as service:
        yield service


def said(text: str, conversation: str = "c", number: str = "1") -> Message:
    return Message("test", number, conversation, "zhang", text)


@pytest.mark.parametrize(
    ("text", "keys", "question"),
    [
        ("佣金找谁", [], "佣金找谁"),
        (" \u2005@职责助手\u2005佣金找谁 ", [], "佣金找谁"),
        ("@_user_1佣金@_user_10找谁", ["@_user_1", "@_user_10"], "佣金 找谁"),
        ("写信给 a@b.cn 找谁", [], "写信给 a@b.cn 找谁"),
        ("@职责助手", [], ""),
        ("@", [], "@"),
    ],
)
def test_mentions_are_no_part_of_the_question(text: str, keys: list[str], question: str) -> None:
    assert strip_mentions(text, keys) == question


def test_help_is_a_question_and_its_follow_up_that_are_understood(service: Service) -> None:
    async def ask() -> list[Reply]:
        desk = Desk(service)
        examples = re.findall("：(.*?？)", HELP)
        return [await desk.reply(said(text)) for text in ("", *examples)]

    help_text, *answers = asyncio.run(ask())
    assert help_text == Reply(HELP)
    assert len(answers) == 2
    assert all(answer.posts for answer in answers)


def test_conversations_are_apart_and_end(service: Service) -> None:
    now = 0.0
    follow_up, question = "那公众客户呢？", "政企客户的年度预算计划谁来制定？"

    async def ask(desk: Desk, text: str, conversation: str) -> str:
        return (await desk.reply(said(text, conversation))).text

    async def talk() -> list[str]:
        nonlocal now
        desk = Desk(service, lambda: now)
        texts = [await ask(desk, question, "a"), await ask(desk, follow_up, "a"), await ask(desk, follow_up, "b")]
        now = message.CONVERSATION_LASTS + 1
        return [*texts, await ask(desk, follow_up, "a")]

    _, in_time, elsewhere, too_late = asyncio.run(talk())
    assert in_time.startswith("由公众客户部·营销分析")
    assert elsewhere == too_late != in_time


def test_no_more_turns_and_conversations_are_kept_than_allowed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message, "CONVERSATIONS", 3)

    async def talk() -> list[tuple[tuple[str, str], ...]]:
        desk = Desk(service)
        for number in range(5):
            for text in ("佣金找谁", "积分找谁", "投诉找谁", "预算找谁"):
                await desk.reply(said(text, f"c{number}"))
        return list(desk._turns.values())

    turns = asyncio.run(talk())
    assert [len(one) for one in turns] == [message.TURNS] * 3
    assert [text for role, text in turns[0] if role == "user"] == ["积分找谁", "投诉找谁", "预算找谁"]


def test_a_repeated_message_is_known_for_hours_and_then_forgotten(service: Service) -> None:
    now = 0.0
    desk = Desk(service, lambda: now)
    assert [desk.is_new(said("x")), desk.is_new(said("x")), desk.is_new(said("x", number="2"))] == [True, False, True]
    now = 7.2 * 3600  # Feishu's last try
    assert not desk.is_new(said("x"))
    now = message.SEEN_LASTS + 1
    assert desk.is_new(said("x"))


def test_too_many_at_once_are_put_off_and_not_lost(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "WAITING", 2)
    sent: list[str] = []

    async def send(reply: Reply) -> None:
        sent.append(reply.text)

    async def talk() -> None:
        desk = Desk(service)
        for number in "12":
            desk.take(said("", number=number), send)
        with pytest.raises(BusyError):
            desk.take(said("", number="3"), send)
        await desk.close()
        desk.take(said("", number="3"), send)
        await desk.close()

    asyncio.run(talk())
    assert sent == [HELP] * 3


def test_without_an_index_the_bot_says_later(
    home: Path, tmp_path: Path, retriever: Retriever, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path / "nowhere", tmp_path)
    database = Database.open(settings)
    recorder = Recorder(database, timedelta(days=1))
    assert asyncio.run(Desk(Service(settings, retriever.encoder, recorder)).reply(said("佣金找谁"))) == Reply(LATER)
    assert "no index is open" in caplog.text
    assert "佣金" not in caplog.text
    recorder.close()
    database.close()


def test_a_defect_is_logged_with_its_place_and_without_the_question(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether the answer or its delivery fails. The error says what was asked, as errors of libraries do."""
    question = "佣金找谁"

    def fail(*arguments: object, **_: object) -> None:
        raise RuntimeError(f"cannot handle {arguments}")

    async def fail_to_send(reply: Reply) -> None:
        fail(reply, question)

    async def talk() -> Reply:
        desk = Desk(service)
        await desk._answer(said(question), fail_to_send, None)
        monkeypatch.setattr(Retriever, "ask", fail)
        return await desk.reply(said(f"再问一次{question}"))

    assert asyncio.run(talk()) == Reply(LATER)
    assert [record.getMessage().splitlines()[0] for record in caplog.records] == [
        "test: an answer was not delivered: unexpected RuntimeError",
        "test: unexpected RuntimeError",
    ]
    assert "in fail" in caplog.text
    assert "佣金" not in caplog.text


def test_several_workers_and_bots_do_not_go_together(home: Path, tmp_path: Path) -> None:
    settings = settings_for(home, tmp_path, dingtalk_client_id="d", dingtalk_client_secret="s")
    check_workers(settings, 1)
    check_workers(settings_for(home, tmp_path), 4)
    with pytest.raises(ServeError, match="--workers 1"):
        check_workers(settings, 2)


# Rendering

HOSTILE = "**加粗** <at id=all></at> [点我](https://evil.example.com)"
CLAUSE = Clause("a/市场部/1(1)", "a", "市场部", None, "1", HOSTILE, HOSTILE, (1, 1))
POST = RankedPost(CLAUSE.post, 0.9, (Citation(1, CLAUSE, "a", 0.9, Role.SUPPORT, (0, len(CLAUSE.text)), []),))


def test_a_document_can_write_neither_links_nor_mentions_nor_bold() -> None:
    markdown, card = (paragraphs(Reply("x", [POST]), markup, "https://d")[1] for markup in (MARKDOWN, CARD))
    assert markdown == (
        "**市场部**（配合支撑）\n[1] ＊＊加粗＊＊ ＜at id=all＞＜/at＞ [点我］(https://evil.example.com)"
        " [a 1](https://d/v1/clauses/a/%E5%B8%82%E5%9C%BA%E9%83%A8/1%281%29)"
    )
    assert "<at" not in card
    assert "](https://evil" not in card


def test_the_card_shows_the_clause_as_it_is() -> None:
    assert html.unescape(paragraphs(Reply("x", [POST]), CARD, "")[1]).endswith(
        "[1] **加粗** <at id=all></at> [点我](https://evil.example.com) （a 1）"
    )


@given(st.lists(st.text(), min_size=1), st.integers(1, 200))
def test_what_fits_is_a_beginning_and_is_not_too_long(parts: list[str], limit: int) -> None:
    parts = [part.encode(errors="ignore").decode() for part in parts]
    text = fit(parts, limit, "\n")
    assert len(text.encode()) <= limit
    assert "\n".join(parts).startswith(text)


@given(st.binary(), st.binary(min_size=32, max_size=32), st.sampled_from([16, 32]))
def test_what_is_encrypted_is_decrypted(plain: bytes, key: bytes, block: int) -> None:
    encrypted = encrypt(key, key[:16], plain, block)
    assert len(encrypted) % block == 0
    assert decrypt(key, key[:16], encrypted, block) == plain


# Calls


class Api:
    """Answers with what is given, one after another; the last one goes on."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []
        self.got = 0
        self.app = Starlette(routes=[Route("/", self.answer, methods=["GET", "POST"])])

    def answer(self, request: Request) -> Response:
        self.got += 1
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return JSONResponse(body, status)


def call(api: Api, *answers: tuple[int, Any]) -> dict[str, Any]:
    api.answers = list(answers)

    async def once(address: str) -> dict[str, Any]:
        made = Calls("code", busy=(7,))
        try:
            return made.check("it", await made.call("it", "POST", address, params={"access_token": "hunter2"}, json={}))
        finally:
            await made.close()

    with running(api.app) as address:
        return asyncio.run(once(address))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PAUSE", 0.01)


def test_a_call_is_tried_until_it_is_well() -> None:
    api = Api()
    assert call(api, (500, {}), (200, {"code": 7}), (429, {}), (200, {"code": 0, "x": 1})) == {"code": 0, "x": 1}
    assert api.got == 4


@pytest.mark.parametrize(
    ("answer", "tries", "error"),
    [((503, {}), 4, "it: HTTP 503"), ((200, {"code": 7}), 4, "it: code 7"),
     ((200, []), 1, "it: HTTP 200 without a JSON object"), ((403, {"code": 9, "msg": "no"}), 1, "it: code 9 no")],
)  # fmt: skip
def test_a_call_that_goes_on_failing_is_an_error(answer: tuple[int, Any], tries: int, error: str) -> None:
    api = Api()
    with pytest.raises(CallError) as caught:
        call(api, answer)
    assert (str(caught.value), api.got) == (error, tries)


def test_an_error_of_the_network_holds_no_token() -> None:
    async def nobody() -> None:
        made = Calls("code")
        with pytest.raises(CallError, match=r"^it: ConnectError$"):
            await made.call("it", "GET", "http://127.0.0.1:1/", params={"access_token": "hunter2"})
        await made.close()

    asyncio.run(nobody())


def test_many_that_need_a_token_fetch_one() -> None:
    fetched, now = 0, 0.0

    async def fetch() -> tuple[str, float]:
        nonlocal fetched
        fetched += 1
        await asyncio.sleep(0.01)
        return f"t{fetched}", 7200

    async def many() -> list[str]:
        nonlocal now
        token = Token(fetch, lambda: now)
        first = await asyncio.gather(*(token.get() for _ in range(20)))
        token.drop("t0")  # an older one: nothing to do with ours
        now = 7199 - calls.EARLY
        second = await token.get()
        now = 7200 - calls.EARLY
        return [*first, second, await token.get()]

    assert asyncio.run(many()) == ["t1"] * 21 + ["t2"]
