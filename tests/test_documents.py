"""Several documents in one home: which one an answer is from is said, and can be chosen, in every channel."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from playwright.sync_api import Browser, expect

from corpus.errors import UnknownNameError
from corpus.load import load_corpus
from corpus.model import Post
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.index import open_index
from retriever.retriever import Retriever
from server.app import create_app
from server.bots.message import LATER, Desk, Message
from tests import browser as browsers
from tests.command import duty
from tests.service import running, service_of, settings_for

EAST = "东湖商会章程\n\n办公室职责\n1.负责公章的保管和使用登记。\n2.组织年会。\n"
WEST = "西山学会章程\n\n办公室职责\n1.负责公章的保管和使用登记。\n2.负责期刊的编辑发行。\n"
QUESTION = "公章的保管找谁"
OFFICE = Post("办公室", None)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A home with two organisations, each of which has an office that keeps the seal."""
    folder = tmp_path_factory.mktemp("two")
    build_index(load_corpus(write(folder)), encoder, folder / "home")
    return folder / "home"


def write(folder: Path) -> list[Path]:
    paths = [folder / "east.txt", folder / "west.txt"]
    for path, text in zip(paths, (EAST, WEST), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def retriever(two: Path, encoder: Encoder) -> Retriever:
    return Retriever(open_index(two, encoder), encoder)


@pytest.fixture(scope="module")
def server(two: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(create_app(settings_for(two, tmp_path_factory.mktemp("database")), encoder)) as address:
        yield address


def test_posts_of_one_name_are_two_where_they_are_of_two_documents(retriever: Retriever) -> None:
    result = retriever.ask(QUESTION)
    assert [(ranked.post, ranked.document, ranked.title) for ranked in result.posts[:2]] == [
        (OFFICE, "east", "东湖商会章程"),
        (OFFICE, "west", "西山学会章程"),
    ]
    assert {citation.clause.document for citation in result.posts[0].citations} == {"east"}


def test_the_question_back_is_which_document(retriever: Retriever) -> None:
    clarify = retriever.ask(QUESTION).clarify
    assert clarify is not None
    assert clarify.question == (
        "办公室（《东湖商会章程》）、办公室（《西山学会章程》）都有这项职责，您问的是哪一份文件里的？"
    )


@pytest.mark.parametrize(("name", "document"), [("东湖商会", "east"), ("西山学会", "west"), ("西山学会章程里", "west")])
def test_the_document_that_a_question_names_answers_it(retriever: Retriever, name: str, document: str) -> None:
    result = retriever.ask(f"{name}的公章谁保管")
    assert (result.posts[0].post, result.posts[0].document, result.clarify) == (OFFICE, document, None)


def test_an_answer_and_its_citations_say_which_document(server: str) -> None:
    answer = httpx2.post(f"{server}/v1/ask", json={"question": QUESTION}).json()
    assert answer["answer"].startswith("由办公室（《东湖商会章程》）负责[1]：")
    cited = answer["posts"][1]["citations"][0]
    assert (cited["document"], cited["title"], cited["source"]) == ("west", "西山学会章程", "west")
    assert [(option["document"], option["title"]) for option in answer["clarify"]["options"]] == [
        ("east", "东湖商会章程"),
        ("west", "西山学会章程"),
    ]


def test_the_documents_are_listed_with_their_titles(server: str) -> None:
    listed = httpx2.get(f"{server}/v1/documents").json()
    assert listed["documents"] == [
        {"document": "east", "title": "东湖商会章程"},
        {"document": "west", "title": "西山学会章程"},
    ]


def over_api(server: str, _two: Path, document: str) -> set[str]:
    answer = httpx2.post(f"{server}/v1/ask", json={"question": QUESTION, "document": document}).json()
    return {cited["document"] for post in answer["posts"] for cited in post["citations"]}


def over_search(server: str, _two: Path, document: str) -> set[str]:
    found = httpx2.post(f"{server}/v1/search", json={"question": QUESTION, "document": document}).json()
    return {hit["document"] for hit in found["hits"]}


def over_chat(server: str, _two: Path, document: str) -> set[str]:
    messages = [{"role": "user", "content": QUESTION}]
    body = {"model": "dutyfinder", "messages": messages, "document": document}
    completion = httpx2.post(f"{server}/v1/chat/completions", json=body).json()
    return {cited["document"] for cited in completion["citations"]}


def over_dify(server: str, _two: Path, document: str) -> set[str]:
    body = {"knowledge_id": document, "query": QUESTION}
    records = httpx2.post(f"{server}/dify/retrieval", json=body).json()["records"]
    return {record["metadata"]["document"] for record in records}


def over_mcp(server: str, _two: Path, document: str) -> set[str]:
    async def talk() -> Any:
        async with Client(f"{server}/mcp") as client:
            return await client.call_tool("find_owner", {"question": QUESTION, "document": document})

    answer = asyncio.run(talk()).structured_content
    return {cited["document"] for post in answer["posts"] for cited in post["citations"]}


def over_batch(_server: str, two: Path, document: str) -> set[str]:
    source, out = two.parent / "in.jsonl", two.parent / "out.jsonl"
    source.write_text(json.dumps({"id": 1, "question": QUESTION, "document": document}), encoding="utf-8")
    assert duty("ask", "--batch", source, "--out", out, "--home", two).returncode == 0
    answer = json.loads(out.read_text(encoding="utf-8"))
    return {cited["document"] for post in answer["posts"] for cited in post["citations"]}


def over_command_line(_server: str, two: Path, document: str) -> set[str]:
    answer = json.loads(duty("ask", QUESTION, "--document", document, "--json", "--home", two).stdout)
    return {cited["document"] for post in answer["posts"] for cited in post["citations"]}


@pytest.mark.parametrize("document", ["east", "west"])
@pytest.mark.parametrize(
    "channel", [over_api, over_search, over_chat, over_dify, over_mcp, over_batch, over_command_line]
)
def test_every_channel_can_stay_inside_a_document(
    server: str, two: Path, channel: Callable[[str, Path, str], set[str]], document: str
) -> None:
    assert channel(server, two, document) == {document}


@pytest.mark.parametrize(("chosen", "documents"), [(None, {"east", "west"}), ("west", {"west"}), ("north", set())])
def test_bots_answer_from_the_document_that_is_set(
    retriever: Retriever, two: Path, tmp_path: Path, chosen: str | None, documents: set[str]
) -> None:
    settings = settings_for(two, tmp_path, **({"bot_document": chosen} if chosen else {}))
    with service_of(retriever, settings) as service:
        reply = asyncio.run(Desk(service).reply(Message("test", "1", "c", "zhang", QUESTION)))
    assert {ranked.document for ranked in reply.posts} == documents
    assert (reply.text == LATER) is (chosen == "north")


def test_a_document_that_there_is_not_is_refused_with_those_that_there_are(retriever: Retriever) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown document 'wset'; did you mean west\? Allowed: east、west"):
        retriever.ask(QUESTION, document="wset")


def test_the_page_has_a_choice_of_documents_and_keeps_it(browser: Browser, server: str) -> None:
    with browsers.open_context(browser, server) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_text("在哪份文件里找：所有文件").click()
        page.get_by_role("link", name="西山学会章程").click()
        expect(page.get_by_text("在哪份文件里找：西山学会章程")).to_be_visible()
        page.get_by_role("combobox").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".post")).to_have_count(1)
        expect(page.locator(".where").first).to_have_text("第 1 条，西山学会章程 第 4 行")
        assert page.url.endswith("&document=west")
        page.get_by_text("在哪份文件里找").click()
        page.get_by_role("link", name="所有文件").click()
        expect(page.locator(".clarify button")).to_have_count(2)
        page.get_by_role("button", name="办公室（西山学会章程）").click()
        expect(page.locator(".scope")).to_contain_text("只在 办公室 里找")
        assert "&document=west" in page.url


def test_documents_may_come_in_any_order(tmp_path: Path, encoder: Encoder) -> None:
    corpus = load_corpus(write(tmp_path))
    build_index(replace(corpus, documents=corpus.documents[::-1]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder)
    for document in ("east", "west"):
        assert {hit.clause.document for hit in retriever.search("管理", document=document)} == {document}


def test_what_a_named_document_does_not_have_another_one_answers(retriever: Retriever) -> None:
    assert retriever.ask("东湖商会的期刊谁编辑").posts[0].document == "west"


def test_the_words_of_a_name_name_no_department(tmp_path: Path, encoder: Encoder) -> None:
    text = "监察室工作规程\n\n教务处职责\n1.负责期末考试的组织。\n监察室职责\n1.监督期末考试的组织。\n"
    (tmp_path / "exam.txt").write_text(text, encoding="utf-8")
    build_index(load_corpus([*write(tmp_path), tmp_path / "exam.txt"]), encoder, tmp_path / "home")
    retriever = Retriever(open_index(tmp_path / "home", encoder), encoder)
    assert retriever.ask("监察室工作规程里，期末考试的组织找谁").posts[0].post == Post("教务处", None)
