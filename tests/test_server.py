"""The HTTP API, in process, on the real index."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.errors import IndexDamagedError, ServeError
from indexer.encoders.encoder import Encoder
from retriever.result import Result
from retriever.retriever import Retriever
from server.answer import answered
from server.app import create_app
from server.objects import answer_object
from server.run import check_address
from tests.service import settings_for

ANSWER_KEYS = [
    "id", "question", "answer", "abstained", "confidence", "sure", "posts", "clarify", "nearest", "index_version",
    "timings_ms",
]  # fmt: skip


@pytest.fixture(scope="module")
def client(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = settings_for(home, tmp_path_factory.mktemp("database"))
    with TestClient(
        create_app(settings, encoder), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        yield client


def test_ask_gives_the_answer_of_the_contract(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": "佣金怎么结算，找谁"}).json()
    assert list(body) == ANSWER_KEYS
    assert body["answer"].startswith("由公众客户部·社会渠道经理参与办理[1]：参与社会渠道代理考核、业务佣金结算及审核。")
    post = body["posts"][0]
    assert (post["department"], post["position"], post["role"]) == ("公众客户部", "社会渠道经理", "participate")
    citation = post["citations"][0]
    assert citation == {
        "ref": 1,
        "clause_id": "telecom-branch/公众客户部/社会渠道经理/4",
        "number": "4",
        "text": "参与社会渠道代理考核、业务佣金结算及审核。",
        "source": "telecom-branch",
        "document": "telecom-branch",
        "title": "telecom-branch",
        "lines": [213, 213],
        "ocr": False,
        "score": citation["score"],
        "role": "participate",
        "highlights": [[13, 17]],
    }
    assert body["abstained"] is False
    assert body["posts"][0]["score"] == body["confidence"]


def test_ask_is_what_the_command_line_prints(client: TestClient, retriever: Retriever) -> None:
    over_http = client.post("/v1/ask", json={"question": "积分商城谁运营", "top_k": 3}).json()
    in_process = answer_object(answered(retriever.ask("积分商城谁运营", top_k=3)))
    for varying in ("id", "timings_ms"):
        del over_http[varying], in_process[varying]
    assert over_http == in_process


def test_ask_within_a_department_and_position(client: TestClient) -> None:
    body = {"question": "客户投诉接待", "department": "客户服务部", "position": "服务投诉处理", "top_k": 1}
    assert client.post("/v1/ask", json=body).json()["posts"][0]["department"] == "客户服务部"


def test_ask_and_search_within_a_document(client: TestClient) -> None:
    body = {"question": "客户投诉接待", "document": "telecom-branch"}
    assert client.post("/v1/ask", json=body).json()["posts"][0]["department"] == "客户服务部"
    assert client.post("/v1/search", json=body).json()["hits"][0]["source"] == "telecom-branch"
    for route in ("/v1/ask", "/v1/search"):
        refused = client.post(route, json=body | {"document": "telecom"})
        assert (refused.status_code, refused.json()["error"]["field"]) == (422, "document")
        assert "did you mean telecom-branch?" in refused.json()["error"]["message"]


def test_a_follow_up_is_understood_with_its_history(client: TestClient) -> None:
    history = [
        {"role": "user", "content": "政企客户的年度预算计划谁来制定？"},
        {"role": "assistant", "content": "由营销分析负责。"},
    ]
    body = client.post("/v1/ask", json={"question": "那公众客户呢？", "history": history}).json()
    assert (body["posts"][0]["department"], body["posts"][0]["position"]) == ("公众客户部", "营销分析")


@pytest.mark.parametrize(
    "history", [[{"role": "system", "content": "x"}], [{"role": "user"}], "x", [{"role": "user", "content": "x"}] * 51]
)
def test_bad_history_is_refused(client: TestClient, history: object) -> None:
    response = client.post("/v1/ask", json={"question": "佣金", "history": history})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "bad_request")
    assert response.json()["error"]["field"].startswith("history")


def test_abstention_names_the_nearest_posts(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": "今天天气怎么样"}).json()
    assert (body["abstained"], body["posts"], body["clarify"]) == (True, [], None)
    assert 1 <= len(body["nearest"]) <= 3
    assert body["answer"].startswith("职责文档里没有写这件事归谁管。最接近的是")


def test_twins_are_asked_back(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": "客户投诉接待和处理，撰写投诉报告"}).json()
    assert {option["department"] for option in body["clarify"]["options"]} == {"公众客户部", "客户服务部"}
    assert body["answer"].endswith(body["clarify"]["question"])


def test_search_gives_clause_hits(client: TestClient) -> None:
    body = client.post("/v1/search", json={"question": "佣金结算", "top_k": 3}).json()
    assert len(body["hits"]) == 3
    first = body["hits"][0]
    assert (first["department"], first["position"], first["clause_id"]) == (
        "公众客户部",
        "社会渠道经理",
        "telecom-branch/公众客户部/社会渠道经理/4",
    )


def test_departments_are_the_whole_tree(client: TestClient) -> None:
    departments = client.get("/v1/departments").json()["departments"]
    assert [(entry["department"], len(entry["clauses"]), len(entry["positions"])) for entry in departments] == [
        ("市场部", 6, 15),
        ("政企客户部", 7, 9),
        ("公众客户部", 13, 10),
        ("客户服务部", 28, 5),
        ("10000号运营中心", 4, 0),
    ]
    clauses = [clause for entry in departments for part in (entry, *entry["positions"]) for clause in part["clauses"]]
    assert len({clause["clause_id"] for clause in clauses}) == 240


@pytest.mark.parametrize(
    "clause_id", ["telecom-branch/市场部/1", "telecom-branch/客户服务部/9.1", "telecom-branch/市场部/互联互通/2"]
)
def test_one_clause(client: TestClient, clause_id: str) -> None:
    body = client.get(f"/v1/clauses/{clause_id}").json()
    assert body["clause_id"] == clause_id
    assert body["source_text"].endswith(body["text"][-4:])


def test_a_document_with_line_numbers(client: TestClient) -> None:
    lines = client.get("/v1/documents/telecom-branch").json()["lines"]
    assert lines[212] == {"line": 213, "text": "4.参与社会渠道代理考核、业务佣金结算及审核。"}
    assert [line["line"] for line in lines] == list(range(1, 313))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health(client: TestClient, retriever: Retriever, path: str) -> None:
    assert client.get(path).json() == {"status": "ok", "index_version": retriever.index.version}


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ('{"question": ', 400, "bad_json", None),
        ("{}", 422, "bad_request", "question"),
        ('{"question": 5}', 422, "bad_request", "question"),
        ('{"question": ""}', 422, "bad_question", "question"),
        ('{"question": "  \\n"}', 422, "bad_question", "question"),
        ('{"question": "' + "问" * 501 + '"}', 422, "bad_question", "question"),
        ('{"question": "a\\u0000b"}', 422, "bad_question", "question"),
        ('{"question": "a\\ud800b"}', 422, "bad_question", "question"),
        ('{"question": "佣金", "department": "财务部"}', 422, "unknown_name", "department"),
        ('{"question": "佣金", "position": "火箭手"}', 422, "unknown_name", "position"),
        ('{"question": "佣金", "top_k": 0}', 422, "bad_request", "top_k"),
        ('{"question": "佣金", "colour": "red"}', 422, "bad_request", "colour"),
        ("[]", 422, "bad_request", None),
    ],
    ids=[
        "bad-json", "no-question", "wrong-type", "empty", "blank", "501", "control", "surrogate", "department",
        "position", "top_k", "unknown-field", "list",
    ],
)  # fmt: skip
@pytest.mark.parametrize("route", ["/v1/ask", "/v1/search"])
def test_bad_input_gets_the_one_error_body(
    client: TestClient, route: str, body: str, status: int, code: str, field: str | None
) -> None:
    response = client.post(route, content=body.encode(), headers={"content-type": "application/json"})
    assert response.status_code == status
    error = response.json()["error"]
    assert (error["code"], error.get("field")) == (code, field)
    assert error["message"]
    assert set(response.json()) == {"error"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/clauses/telecom-branch/市场部/99", 404, "not_found"),
        ("GET", "/v1/documents/nothing", 404, "not_found"),
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/ask", 405, "method_not_allowed"),
    ],
)
def test_unknown_things(client: TestClient, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


class Broken(Retriever):
    """A retriever that fails in the middle of a question."""

    def __init__(self, inner: Retriever, error: Exception) -> None:
        super().__init__(inner.index, inner.encoder)
        self._error = error

    def ask(self, *_arguments: object, **_options: object) -> Result:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "code", "logged"),
    [
        (IndexDamagedError("/secret/path is damaged"), 503, "index_damaged", "/secret/path is damaged"),
        (ZeroDivisionError("secret"), 500, "failed", "unexpected ZeroDivisionError"),
    ],
    ids=["index", "unexpected"],
)
def test_failures_inside_leak_nothing(
    home: Path,
    tmp_path: Path,
    retriever: Retriever,
    error: Exception,
    status: int,
    code: str,
    logged: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_app(settings_for(home, tmp_path), retriever.encoder)
    app.state.service.serve(Broken(retriever, error))
    with caplog.at_level(logging.ERROR):
        response = TestClient(app, base_url="http://127.0.0.1").post("/v1/ask", json={"question": "佣金"})
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert "secret" not in response.text
    assert logged in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.0.1"])
def test_loopback_needs_no_key(host: str) -> None:
    check_address(host, has_keys=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
def test_other_addresses_are_refused(host: str) -> None:
    with pytest.raises(ServeError, match="without API keys only this machine may ask"):
        check_address(host, has_keys=False)
    check_address(host, has_keys=True)
