"""The service in operation: bad input, limits, logs, metrics, readiness, the cache, and a new index under load."""

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from corpus.load import load_corpus
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.versions import IndexPaths, point_to
from retriever.retriever import Retriever
from server.app import create_app
from server.logs import JsonLines
from server.storage.database import Database
from tests.command import DUTY
from tests.service import running, same_answer, settings_for
from tests.waiting import wait_until

QUESTION = {"question": "佣金怎么结算，找谁"}


@pytest.fixture(scope="module")
def server(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = settings_for(home, tmp_path_factory.mktemp("database"), timeout_seconds="2", rate_per_minute="100000")
    with running(create_app(settings, encoder)) as address:
        yield address


def app_client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)


def still_serves(server: str) -> bool:
    return httpx2.post(f"{server}/v1/ask", json=QUESTION).status_code == 200


def raw(server: str, *parts: bytes, pause: float = 0.0) -> bytes:
    """What the server says to bytes sent one part after another."""
    address = urlsplit(server)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        connection.shutdown(socket.SHUT_WR) if not pause else None
        received = b""
        while piece := connection.recv(65536):
            received += piece
            if b"}}" in received:
                break
    return received


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions", "/dify/retrieval", "/v1/feedback", "/mcp"])
def test_a_body_of_10_mb_is_refused(server: str, path: str) -> None:
    response = httpx2.post(f"{server}{path}", content=b'{"question": "' + b"x" * 10_000_000 + b'"}')
    assert response.status_code == 413
    assert "longer than 1000000 bytes" in response.text
    assert still_serves(server)


def test_a_long_body_without_a_length_is_refused(server: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    response = httpx2.post(f"{server}/v1/ask", content=chunks())
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_a_slow_client_is_not_waited_for(server: str) -> None:
    head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    answer = raw(server, head, b'{"question":', pause=0.01)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "too_slow"
    assert still_serves(server)


def test_bytes_that_are_no_http_are_refused(server: str) -> None:
    assert b" 400 " in raw(server, b"\x00\xff nonsense\r\n\r\n").partition(b"\r\n")[0]
    assert still_serves(server)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"question": NaN}', b'"x"', b'{"question": 1e999}', b'{"\\ud800": 1}'],
    ids=["empty", "half", "bytes", "deep", "nan", "text", "infinity", "surrogate-name"],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/feedback", "/v1/session", "/v1/chat/completions"])
def test_malformed_bodies_are_refused(server: str, path: str, content: bytes) -> None:
    response = httpx2.post(f"{server}{path}", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert set(response.json()) == {"error"}
    assert "Traceback" not in response.text
    assert "site-packages" not in response.text


def test_surrogates_in_history_are_refused(server: str) -> None:
    body = '{"question": "那呢", "history": [{"role": "user", "content": "a\\ud800"}]}'
    response = httpx2.post(f"{server}/v1/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422


def test_streams_dropped_half_way_leave_the_server_whole(server: str) -> None:
    async def drop(client: httpx2.AsyncClient) -> None:
        headers = {"Accept": "text/event-stream"}
        async with client.stream("POST", f"{server}/v1/ask", json=QUESTION, headers=headers) as response:
            async for _ in response.aiter_bytes(1):
                return

    async def drop_all() -> None:
        async with httpx2.AsyncClient() as client:
            await asyncio.gather(*(drop(client) for _ in range(50)))

    asyncio.run(drop_all())
    assert still_serves(server)


def test_more_requests_than_allowed_at_once_get_503(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    with running(create_app(settings_for(home, tmp_path, max_concurrent="1", timeout_seconds="5"), encoder)) as address:
        split = urlsplit(address)
        with socket.create_connection((str(split.hostname), int(split.port or 0))) as slow:
            slow.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
            while (response := httpx2.post(f"{address}/v1/ask", json=QUESTION)).status_code == 200:
                pass  # the slow one has not arrived yet
            assert (response.status_code, response.json()["error"]["code"]) == (503, "busy")
            assert response.headers["Retry-After"] == "1"
            assert httpx2.get(f"{address}/healthz").status_code == 200


def test_a_request_has_an_id_that_logs_name_and_no_question(
    home: Path, encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), app_client(create_app(settings_for(home, tmp_path), encoder)) as client:
        caplog.handler.setFormatter(JsonLines())
        response = client.post("/v1/ask", json=QUESTION, headers={"X-Request-ID": "abc-1"})
        client.get(f"/v1/nowhere/{QUESTION['question']}?q={QUESTION['question']}")
        bad = client.post("/v1/ask", json=QUESTION, headers={"X-Request-ID": "bad id\n"})
    lines = [json.loads(line) for line in caplog.text.splitlines() if line.startswith("{")]
    assert response.headers["X-Request-ID"] == "abc-1"
    assert bad.headers["X-Request-ID"] != "bad id\n"
    [line] = [line for line in lines if line.get("request_id") == "abc-1" and line["message"] == "request"]
    assert (line["method"], line["route"], line["status"], line["caller"]) == (
        "POST",
        "/v1/ask",
        200,
        "local:testclient",
    )
    assert QUESTION["question"] not in caplog.text
    assert "佣金" not in caplog.text


def test_a_logged_exception_is_its_kind_and_place() -> None:
    """Also where a library logs one that says what was asked."""
    try:
        raise RuntimeError(f"cannot handle {QUESTION}")
    except RuntimeError:
        record = logging.LogRecord("mcp", logging.ERROR, __file__, 1, "it failed", None, sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "it failed"
    assert line["exception"].startswith("RuntimeError\n")
    assert "佣金" not in str(line)


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("/v1/ask", QUESTION),
        ("/v1/search", QUESTION),
        (
            "/v1/chat/completions",
            {"model": "dutyfinder", "messages": [{"role": "user", "content": QUESTION["question"]}]},
        ),
        (
            "/dify/retrieval",
            {
                "knowledge_id": "all",
                "query": QUESTION["question"],
                "retrieval_setting": {"top_k": 3, "score_threshold": 0},
            },
        ),
    ],
    ids=["ask", "search", "chat", "dify"],
)
def test_a_defect_is_logged_with_its_place_and_without_the_question(
    home: Path,
    encoder: Encoder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    route: str,
    body: dict[str, object],
) -> None:
    """The error says what was asked, as errors of libraries do."""

    def fail(_: Retriever, question: str, *__: object, **___: object) -> None:
        raise RuntimeError(f"cannot handle {question}")

    with caplog.at_level(logging.INFO), app_client(create_app(settings_for(home, tmp_path), encoder)) as client:
        caplog.handler.setFormatter(JsonLines())
        for name in ("ask", "search"):
            monkeypatch.setattr(Retriever, name, fail)
        response = client.post(route, json=body)
    assert response.status_code == 500
    [line] = [json.loads(line) for line in caplog.text.splitlines() if '"level": "error"' in line]
    assert line["message"].startswith("unexpected RuntimeError\n")
    assert "in fail" in line["message"]
    for shown in (caplog.text, response.text):
        assert "佣金" not in shown


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_metrics_count_what_happened(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    with app_client(create_app(settings_for(home, tmp_path), encoder)) as client:
        names = ("duty_answers_total", "duty_abstentions_total", "duty_cache_hits_total", "duty_confidence_count")
        before = [value(name) for name in names]
        requests = value("duty_requests_total", route="/v1/ask", method="POST", status="200")
        for question in ("佣金怎么结算，找谁", "佣金怎么结算，找谁", "今天天气怎么样"):
            client.post("/v1/ask", json={"question": question})
        text = client.get("/metrics").text
        version = client.get("/readyz").json()["index_version"]
    assert [value(name) - was for name, was in zip(names, before, strict=True)] == [3, 1, 1, 3]
    assert value("duty_requests_total", route="/v1/ask", method="POST", status="200") == requests + 3
    assert f'duty_index_info{{version="{version}"}} 1.0' in text
    assert "duty_index_age_seconds " in text
    assert 'duty_stage_seconds_bucket{le="0.005",stage="encode"}' in text


def test_a_repeated_question_is_answered_from_the_cache_under_a_new_id(
    home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    with app_client(create_app(settings_for(home, tmp_path), encoder)) as client:
        first, again = (client.post("/v1/ask", json=QUESTION).json() for _ in range(2))
        other = client.post("/v1/ask", json={**QUESTION, "top_k": 1}).json()
    assert same_answer(first, again)
    assert first["id"] != again["id"]
    assert list(again["timings_ms"]) == ["total"]
    assert len(other["posts"]) == 1


def test_the_cache_keeps_no_more_than_it_may(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    hits = value("duty_cache_hits_total")
    with app_client(create_app(settings_for(home, tmp_path, cache_answers="0"), encoder)) as client:
        for _ in range(2):
            client.post("/v1/ask", json=QUESTION)
    assert value("duty_cache_hits_total") == hits


def test_readiness_follows_the_index(small_home: Path, encoder: Encoder, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    with app_client(create_app(settings_for(empty, tmp_path), encoder)) as client:
        assert client.get("/healthz").json() == {"status": "ok", "index_version": None}
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["error"]["code"]) == (503, "index_missing")
        assert client.post("/v1/ask", json=QUESTION).status_code == 503
        shutil.copytree(small_home / "index", empty / "index")
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/v1/ask", json={"question": "编制年度预算"}).status_code == 200


def test_a_new_index_is_swapped_in_with_no_failed_request(small_home: Path, encoder: Encoder, tmp_path: Path) -> None:
    """Requests go on all the while; each answer is of one version, and the cache of the old one is not used again."""
    question = {"question": "编制年度预算"}
    text = (tmp_path / "small.txt").read_text(encoding="utf-8").replace("财务部", "计划部")
    with running(create_app(settings_for(small_home, tmp_path, rate_per_minute="1000000"), encoder)) as address:
        old = httpx2.get(f"{address}/readyz").json()["index_version"]
        answers: list[httpx2.Response] = []
        stop = threading.Event()

        def ask() -> None:
            with httpx2.Client() as client:
                while not stop.is_set():
                    answers.append(client.post(f"{address}/v1/ask", json=question))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        (tmp_path / "small.txt").write_text(text, encoding="utf-8")
        new = build_index(load_corpus([tmp_path / "small.txt"]), encoder, small_home).version
        wait_until(lambda: httpx2.get(f"{address}/readyz").json()["index_version"] == new)
        after = httpx2.post(f"{address}/v1/ask", json=question).json()
        stop.set()
        for thread in threads:
            thread.join()
        point_to(IndexPaths(small_home), old)  # rollback is the same swap
        wait_until(lambda: httpx2.get(f"{address}/readyz").json()["index_version"] == old)
    assert {response.status_code for response in answers} == {200}
    owners = {old: "财务部", new: "计划部"}
    assert {(body["index_version"], body["posts"][0]["department"]) for body in (one.json() for one in answers)} <= set(
        owners.items()
    )
    assert (after["index_version"], after["posts"][0]["department"]) == (new, "计划部")


def test_a_damaged_new_index_is_not_served(small_home: Path, encoder: Encoder, tmp_path: Path) -> None:
    paths = IndexPaths(small_home)
    refused = value("duty_index_swaps_total", outcome="refused")
    with app_client(create_app(settings_for(small_home, tmp_path), encoder)) as client:
        old = str(paths.current_version())
        shutil.copytree(paths.version(old), paths.version("20990101T000000000000Z"))
        (paths.version("20990101T000000000000Z") / "store.sqlite").write_bytes(b"damaged")
        point_to(paths, "20990101T000000000000Z")
        wait_until(lambda: value("duty_index_swaps_total", outcome="refused") > refused)
        assert client.get("/readyz").json()["index_version"] == old
        assert client.post("/v1/ask", json={"question": "编制年度预算"}).status_code == 200


def test_several_workers_serve_swap_and_drain(small_home: Path, encoder: Encoder, tmp_path: Path) -> None:
    """`duty serve --workers 2` as it is run.

    Feedback on the other worker's answer, one metrics page, a stop that ends well.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(DUTY), "serve", "--port", str(port), "--workers", "2", "--home", str(small_home)]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, stderr=log, env={**os.environ, "DUTY_MAX_BODY_BYTES": "5000"})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(address), 60)
        old = httpx2.get(f"{address}/readyz").json()["index_version"]
        for _ in range(10):  # a connection each: either worker
            given = httpx2.post(f"{address}/v1/ask", json={"question": "编制年度预算"}).json()
            verdict = {"answer_id": given["id"], "verdict": "right"}
            assert httpx2.post(f"{address}/v1/feedback", json=verdict).status_code == 200
        assert "duty_answers_total 10.0" in httpx2.get(f"{address}/metrics").text
        new = build_index(load_corpus([tmp_path / "small.txt"]), encoder, small_home).version
        seen: list[str] = []

        def everyone_changed() -> bool:
            seen.append(httpx2.get(f"{address}/readyz").json()["index_version"])
            return len(seen) > 20 and set(seen[-20:]) == {new}

        wait_until(everyone_changed)
        assert set(seen) <= {old, new}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0 or sys.exc_info()[0] is not None
        log.close()
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert "Traceback" not in "".join(lines)


def answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def test_answers_on_their_way_are_kept_when_the_server_stops(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    settings = settings_for(home, tmp_path)
    with app_client(create_app(settings, encoder)) as client:
        ids = [client.post("/v1/ask", json=QUESTION).json()["id"] for _ in range(5)]
    database = Database.open(settings)
    assert all(database.answer(one) for one in ids)
    database.close()
