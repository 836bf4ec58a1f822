"""The fronts for chatbot platforms, through the clients that people use: openai, mcp, and Dify's rules."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from corpus.load import load_corpus
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.storage.database import Database
from tests.service import running, same_answer, settings_for
from tests.test_wording import FakeLLM

QUESTION = "佣金怎么结算，找谁"
CLAUSE = "telecom-branch/公众客户部/社会渠道经理/4"


@pytest.fixture(scope="module")
def server(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(create_app(settings_for(home, tmp_path_factory.mktemp("database")), encoder)) as address:
        yield address


@pytest.fixture(scope="module")
def asked(server: str) -> dict[str, Any]:
    """What /v1/ask answers."""
    return dict(httpx2.post(f"{server}/v1/ask", json={"question": QUESTION}).json())


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server}/v1", api_key="none needed", max_retries=0) as client:
        yield client


def citations_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [citation for post in answer["posts"] for citation in post["citations"]]


def test_a_completion_is_the_answer_with_its_citations(
    client: openai.OpenAI, asked: dict[str, Any], server: str
) -> None:
    before = int(time.time())
    completion = client.chat.completions.create(model="dutyfinder", messages=[{"role": "user", "content": QUESTION}])
    assert completion.object == "chat.completion"
    assert before <= completion.created <= time.time()
    assert completion.model == "dutyfinder"
    [choice] = completion.choices
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
    message = choice.message
    assert (message.role, message.content, message.refusal) == ("assistant", asked["answer"], None)
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion.model_extra is not None
    assert completion.model_extra["citations"] == citations_of(asked)
    assert message.annotations
    for annotation in message.annotations:
        cited = annotation.url_citation
        assert asked["answer"][cited.start_index : cited.end_index].startswith("[")
    first = message.annotations[0].url_citation
    assert first.title == "公众客户部·社会渠道经理 4"
    assert first.url.startswith(f"{server}/v1/clauses/telecom-branch/")
    assert httpx2.get(first.url).json()["clause_id"] == CLAUSE


def test_a_streamed_completion_is_the_same(client: openai.OpenAI, asked: dict[str, Any]) -> None:
    stream = client.chat.completions.create(
        model="dutyfinder",
        messages=[{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    assert len({(chunk.id, chunk.created, chunk.object) for chunk in chunks}) == 1
    assert (chunks[0].choices[0].delta.role, chunks[0].choices[0].delta.content) == ("assistant", "")
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == asked["answer"]
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    assert (chunks[-2].model_extra or {})["citations"] == citations_of(asked)
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_a_stream_ends_as_clients_expect(server: str) -> None:
    body = {"model": "dutyfinder", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    response = httpx2.post(f"{server}/v1/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = response.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(event.startswith("data: {") for event in events[:-2])
    assert all("usage" not in json.loads(event.removeprefix("data: ")) for event in events[:-2])


def test_history_is_honoured(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(
        model="dutyfinder",
        messages=[
            {"role": "system", "content": "你是助手"},
            {"role": "user", "content": "政企客户的年度预算计划谁来制定？"},
            {"role": "assistant", "content": "由营销分析负责。"},
            {"role": "user", "content": "那公众客户呢？"},
        ],
    )
    assert (completion.choices[0].message.content or "").startswith("由公众客户部·营销分析")


def test_the_completions_id_takes_feedback(client: openai.OpenAI, server: str) -> None:
    completion = client.chat.completions.create(model="dutyfinder", messages=[{"role": "user", "content": QUESTION}])
    verdict = {"answer_id": completion.id, "verdict": "right"}
    assert httpx2.post(f"{server}/v1/feedback", json=verdict).json() == {"status": "kept"}


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["dutyfinder"]
    assert client.models.retrieve("dutyfinder").object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ({"model": "gpt-4"}, openai.NotFoundError, "model_not_found"),
        ({"messages": []}, openai.BadRequestError, "bad_request"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, openai.BadRequestError, "bad_request"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, openai.BadRequestError, "bad_request"),
        ({"messages": [{"role": "user", "content": " "}]}, openai.BadRequestError, "bad_question"),
        ({"messages": [{"role": "user", "content": "问" * 501}]}, openai.BadRequestError, "bad_question"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            openai.BadRequestError,
            "bad_request",
        ),
    ],
    ids=["model", "no-message", "role", "last-role", "blank", "long", "image"],
)
def test_errors_are_openais(
    client: openai.OpenAI, body: dict[str, Any], kind: type[openai.APIStatusError], code: str
) -> None:
    request = {"model": "dutyfinder", "messages": [{"role": "user", "content": QUESTION}], **body}
    with pytest.raises(kind) as caught:
        client.post("/chat/completions", body=request, cast_to=object)
    error = caught.value.response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["code"] == code


def test_a_wrong_key_is_openais_error(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    settings = settings_for(home, tmp_path)
    database = Database.open(settings)
    _, secret = database.create_key("bot", ["ask"])
    database.close()
    with running(create_app(settings, encoder)) as address:
        with (
            openai.OpenAI(base_url=f"{address}/v1", api_key="wrong") as wrong,
            pytest.raises(openai.AuthenticationError),
        ):
            wrong.models.list()
        with openai.OpenAI(base_url=f"{address}/v1", api_key=secret) as right:
            assert len(list(right.models.list())) == 1


def test_ask_streams_its_sentences_and_then_the_answer(server: str, asked: dict[str, Any]) -> None:
    response = httpx2.post(f"{server}/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    events = [event.split("\n") for event in response.text.split("\n\n")[:-1]]
    deltas = [json.loads(data.removeprefix("data: "))["text"] for name, data in events[:-1] if name == "event: delta"]
    assert len(deltas) == len(events) - 1 >= 1
    assert "".join(deltas) == asked["answer"]
    assert events[-1][0] == "event: answer"
    assert same_answer(json.loads(events[-1][1].removeprefix("data: ")), asked)


# Dify

Retrieve = Callable[..., httpx2.Response]


@pytest.fixture
def retrieve(server: str) -> Retrieve:
    def post(**changes: Any) -> httpx2.Response:
        body = {
            "knowledge_id": "all",
            "query": QUESTION,
            "retrieval_setting": {"top_k": 3, "score_threshold": 0.0},
            **changes,
        }
        return httpx2.post(f"{server}/dify/retrieval", json=body)

    return post


def test_dify_gets_the_clauses_that_ask_cites(retrieve: Retrieve, asked: dict[str, Any]) -> None:
    records = retrieve(retrieval_setting={"top_k": 5, "score_threshold": 0.0}).json()["records"]
    best = sorted(citations_of(asked), key=lambda citation: -citation["score"])[:5]
    assert [record["metadata"]["clause_id"] for record in records] == [citation["clause_id"] for citation in best]
    assert records[0] == {
        "content": "公众客户部·社会渠道经理：参与社会渠道代理考核、业务佣金结算及审核。",
        "score": best[0]["score"],
        "title": "公众客户部·社会渠道经理 4",
        "metadata": {
            "clause_id": CLAUSE,
            "document": "telecom-branch",
            "title": "telecom-branch",
            "department": "公众客户部",
            "position": "社会渠道经理",
            "number": "4",
            "role": "participate",
            "lines": [213, 213],
        },
    }


def test_dify_gets_at_most_top_k_above_the_threshold(retrieve: Retrieve) -> None:
    assert len(retrieve(retrieval_setting={"top_k": 1, "score_threshold": 0.0}).json()["records"]) == 1
    records = retrieve(retrieval_setting={"top_k": 50, "score_threshold": 0.5}).json()["records"]
    scores = [record["score"] for record in records]
    assert scores == sorted(scores, reverse=True)
    assert scores
    assert min(scores) >= 0.5
    assert retrieve(retrieval_setting={"top_k": 5, "score_threshold": 1.0}).json() == {"records": []}


def test_dify_gets_nothing_where_ask_abstains(retrieve: Retrieve) -> None:
    assert retrieve(query="今天天气怎么样").json() == {"records": []}


def test_dify_knows_documents_by_their_slug(retrieve: Retrieve) -> None:
    assert retrieve(knowledge_id="telecom-branch").json() == retrieve().json()
    response = retrieve(knowledge_id="nothing")
    assert (response.status_code, response.json()["error_code"]) == (404, 2001)
    assert set(response.json()) == {"error_code", "error_msg"}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"knowledge_id": "", "query": ""}', b'{"knowledge_id": "all"}', b"null"]
)
def test_difys_probe_gets_no_records(server: str, content: bytes) -> None:
    response = httpx2.post(f"{server}/dify/retrieval", content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()) == (200, {"records": []})


@pytest.mark.parametrize(
    ("operator", "name", "value", "kept"),
    [
        ("contains", "department", "公众", True), ("contains", "department", "市场", False),
        ("not contains", "department", "市场", True), ("not contains", "department", "公众", False),
        ("start with", "clause_id", "telecom-branch/", True), ("start with", "clause_id", "x", False),
        ("end with", "clause_id", "/4", True), ("end with", "clause_id", "/5", False),
        ("is", "position", "社会渠道经理", True), ("is", "position", "渠道", False),
        ("is not", "position", "渠道", True), ("is not", "position", "社会渠道经理", False),
        ("in", "department", "市场部,公众客户部", True), ("in", "department", ["公众客户部"], True),
        ("in", "department", "市场部", False),
        ("not in", "department", "市场部", True), ("not in", "department", ["公众客户部"], False),
        ("empty", "author", None, True), ("empty", "department", None, False),
        ("not empty", "department", None, True), ("not empty", "author", None, False),
        ("=", "number", 4, True), ("=", "number", "5", False), ("≠", "number", 5, True), ("≠", "number", 4, False),
        (">", "number", 3, True), (">", "number", 4, False), ("<", "number", 5, True), ("<", "number", 4, False),
        ("≥", "number", 4, True), ("≥", "number", 5, False), ("≤", "number", 4, True), ("≤", "number", 3, False),
        ("before", "number", "5", True), ("before", "number", "4", False), ("after", "number", "3", True),
        ("after", "number", "4", False), (">", "department", 4, False),
    ],
)  # fmt: skip
def test_dify_filters_by_metadata(retrieve: Retrieve, operator: str, name: str, value: object, kept: bool) -> None:
    condition = {
        "conditions": [{"name": [name], "comparison_operator": operator, "value": value}],
        "logical_operator": "and",
    }
    records = retrieve(metadata_condition=condition, retrieval_setting={"top_k": 50, "score_threshold": 0.0}).json()[
        "records"
    ]
    assert (CLAUSE in [record["metadata"]["clause_id"] for record in records]) is kept


@pytest.mark.parametrize("spelling", ["logical_operator", "logic"])
@pytest.mark.parametrize(("word", "kept"), [("and", False), ("or", True)])
def test_dify_joins_conditions(retrieve: Retrieve, spelling: str, word: str, kept: bool) -> None:
    conditions = [
        {"name": ["department"], "comparison_operator": "is", "value": "公众客户部"},
        {"name": ["department"], "comparison_operator": "is", "value": "市场部"},
    ]
    assert bool(retrieve(metadata_condition={spelling: word, "conditions": conditions}).json()["records"]) is kept


def test_dify_may_send_null_for_the_condition(retrieve: Retrieve) -> None:
    assert retrieve(metadata_condition=None).json()["records"]


@pytest.mark.parametrize(
    "changes",
    [
        {"retrieval_setting": {"top_k": 0}},
        {"query": "问" * 501},
        {"metadata_condition": {"conditions": [{"name": ["number"], "comparison_operator": "like", "value": 1}]}},
        {"metadata_condition": {"logical_operator": "xor", "conditions": []}},
        {"knowledge_id": 5},
    ],
    ids=["top_k", "long", "operator", "logic", "type"],
)
def test_bad_requests_get_difys_error(retrieve: Retrieve, changes: dict[str, Any]) -> None:
    response = retrieve(**changes)
    assert response.status_code == 422
    assert set(response.json()) == {"error_code", "error_msg"}


def test_difys_keys(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    settings = settings_for(home, tmp_path)
    database = Database.open(settings)
    _, good = database.create_key("dify", ["ask"])
    _, feedback_only = database.create_key("other", ["feedback"])
    database.close()
    with running(create_app(settings, encoder)) as address:

        def code(authorization: str) -> tuple[int, int | None]:
            response = httpx2.post(f"{address}/dify/retrieval", json={}, headers={"Authorization": authorization})
            return response.status_code, response.json().get("error_code")

        assert code(f"Bearer {good}") == (200, None)
        assert code("Bearer") == (401, 1001)
        assert code(good) == (401, 1001)
        assert code("Bearer wrong") == (403, 1002)
        assert code(f"Bearer {feedback_only}") == (403, 1002)


# MCP


async def check_tools(client: Client, asked: dict[str, Any]) -> None:
    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == {"find_owner", "search_duties", "get_post"}
    assert all(tool.output_schema for tool in tools)
    found = (await client.call_tool("find_owner", {"question": QUESTION})).structured_content
    assert found is not None
    assert same_answer(found, asked)
    hits = (await client.call_tool("search_duties", {"question": QUESTION, "top_k": 2})).structured_content
    assert hits is not None
    assert (len(hits["hits"]), hits["hits"][0]["clause_id"]) == (2, CLAUSE)
    post = (await client.call_tool("get_post", {"department": "市场部", "position": "互联互通"})).structured_content
    assert post is not None
    assert post["clauses"][1]["text"] == "协商签订网间互联协议。"
    for tool, arguments, message in (
        ("find_owner", {"question": " "}, "the question is empty"),
        ("get_post", {"department": "火箭部"}, "no post 火箭部"),
    ):
        failed = await client.call_tool(tool, arguments)
        assert failed.is_error
        assert message in str(failed.content)


def test_mcp_over_http(server: str, asked: dict[str, Any]) -> None:
    async def talk() -> None:
        async with Client(f"{server}/mcp") as client:
            await check_tools(client, asked)

    asyncio.run(talk())


def test_mcp_over_stdio(home: Path, tmp_path: Path, asked: dict[str, Any]) -> None:
    environment = {
        **os.environ,
        "DUTY_HOME": str(home),
        "DUTY_DATABASE_URL": f"sqlite:///{tmp_path / 'service.sqlite'}",
    }
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "duty", "mcp"], env=environment)

    async def talk() -> None:
        async with Client(stdio_client(parameters)) as client:
            await check_tools(client, asked)

    asyncio.run(talk())


def test_mcp_over_stdio_speaks_the_llms_words_and_sees_a_new_index(
    small_home: Path, small_document: Path, encoder: Encoder, tmp_path: Path
) -> None:
    """As the HTTP server does."""
    llm = FakeLLM()
    llm.says = "由财务部负责，职责是「编制年度预算」[1]。"

    async def talk(address: str) -> None:
        environment = {
            **os.environ,
            "DUTY_HOME": str(small_home),
            "DUTY_DATABASE_URL": f"sqlite:///{tmp_path / 'service.sqlite'}",
            "DUTY_LLM_BASE_URL": f"{address}/v1",
            "DUTY_LLM_MODEL": "m",
        }
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "duty", "mcp"], env=environment)
        async with Client(stdio_client(parameters)) as client:
            first = await client.call_tool("find_owner", {"question": "编制年度预算"})
            assert first.structured_content is not None
            assert first.structured_content["answer"] == llm.says
            small_document.write_text(
                small_document.read_text(encoding="utf-8").replace("财务部", "计划部"), encoding="utf-8"
            )
            new = build_index(load_corpus([small_document]), encoder, small_home).version
            for _ in range(100):
                again = await client.call_tool("find_owner", {"question": "编制年度预算"})
                assert again.structured_content is not None
                if again.structured_content["index_version"] == new:
                    break
                await asyncio.sleep(0.1)
            assert again.structured_content["posts"][0]["department"] == "计划部"

    with running(llm.app) as address:
        asyncio.run(talk(address))


def test_mcp_needs_a_key_where_there_are_keys(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    settings = settings_for(home, tmp_path)
    database = Database.open(settings)
    database.create_key("bot", ["ask"])
    database.close()
    with running(create_app(settings, encoder)) as address:
        response = httpx2.post(f"{address}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "no_key")
