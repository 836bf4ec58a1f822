"""Documents and versions over HTTP: who may, what is shown, and what is published."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from indexer.encoders.encoder import Encoder
from indexer.versions import IndexPaths
from server.app import create_app
from server.routes.previews import LASTS
from server.storage.database import Database
from tests.service import running, settings_for
from tests.test_access import bearer, code_of
from tests.test_corpus_readers import write_good
from tests.waiting import wait_until

pytestmark = pytest.mark.child

OTHER = "后勤部主要职责\n1.管理食堂。\n2.维修电梯。\n3.接待来访\n（一）司机\n1.驾驶公务车。\n".encode()
DOCUMENTS = "/v1/admin/documents"


@pytest.fixture
def client(small_home: Path, tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    settings = settings_for(small_home, tmp_path, max_upload_bytes="100000", max_body_bytes="1000")
    with TestClient(
        create_app(settings, encoder), base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        yield client


def upload(client: TestClient, content: bytes = OTHER, **query: str) -> Any:
    return client.post(DOCUMENTS, params={"filename": "后勤.txt"} | query, content=content)


def added(client: TestClient) -> str:
    """Publish the small document; the version."""
    preview = upload(client).json()["preview"]
    return str(client.post(f"{DOCUMENTS}/{preview}/publish").json()["version"])


def slugs(client: TestClient) -> list[str]:
    return [document["slug"] for document in client.get(DOCUMENTS).json()["documents"]]


def test_the_documents_of_the_index(client: TestClient) -> None:
    assert client.get(DOCUMENTS).json() == {
        "documents": [{"slug": "small", "departments": 2, "positions": 3, "clauses": 8, "findings": 0}]
    }


def test_a_preview_shows_what_is_read_and_publishes_nothing(client: TestClient, small_home: Path) -> None:
    version = IndexPaths(small_home).current_version()
    shown = upload(client).json()
    assert shown["document"] == "后勤"
    assert shown["clauses"][0] == {
        "clause_id": "后勤/后勤部/1",
        "department": "后勤部",
        "position": None,
        "number": "1",
        "text": "管理食堂。",
        "source_text": "1.管理食堂。",
        "lines": [2, 2],
        "ocr": False,
    }
    assert [clause["position"] for clause in shown["clauses"]] == [None, None, None, "司机"]
    assert (len(shown["diff"]["added"]), shown["diff"]["removed"]) == (4, [])
    assert (IndexPaths(small_home).current_version(), slugs(client)) == (version, ["small"])


def test_a_preview_is_published_once_and_served(client: TestClient, small_home: Path) -> None:
    preview = upload(client).json()["preview"]
    published = client.post(f"{DOCUMENTS}/{preview}/publish", json={})
    assert (published.status_code, published.json()["version"]) == (200, IndexPaths(small_home).current_version())
    assert slugs(client) == ["small", "后勤"]
    again = client.post(f"{DOCUMENTS}/{preview}/publish")
    assert (again.status_code, code_of(again)) == (404, "not_found")

    wait_until(lambda: client.get("/readyz").json()["index_version"] == published.json()["version"])
    answer = client.post("/v1/ask", json={"question": "谁驾驶公务车"}).json()
    assert (answer["posts"][0]["department"], answer["posts"][0]["position"]) == ("后勤部", "司机")


def test_an_upload_of_the_same_name_replaces_and_its_preview_says_how(client: TestClient) -> None:
    added(client)
    changed = OTHER.decode().replace("2.维修电梯。", "2.维修电梯和锅炉。").encode()
    shown = upload(client, changed).json()
    assert [pair["to"]["text"] for pair in shown["diff"]["reworded"]] == ["维修电梯和锅炉。"]
    assert (shown["diff"]["added"], shown["diff"]["removed"], shown["diff"]["moved"]) == ([], [], [])
    assert client.post(f"{DOCUMENTS}/{shown['preview']}/publish").status_code == 200
    assert slugs(client) == ["small", "后勤"]
    assert client.get("/v1/admin/versions").json()["versions"][0]["clauses"] == 12


def test_the_preview_of_a_new_text_is_read_with_the_hints_of_the_old(client: TestClient, small_home: Path) -> None:
    added(client)
    (small_home / "corpus" / "后勤.hints.yaml").write_text("noise: [4]\n", encoding="utf-8")
    assert [clause["number"] for clause in upload(client).json()["clauses"]] == ["1", "2", "1"]


def test_a_document_of_another_format_under_a_chosen_name(client: TestClient, tmp_path: Path) -> None:
    write_good(tmp_path / "a.docx")
    shown = upload(client, (tmp_path / "a.docx").read_bytes(), filename="某厂.docx", name="factory").json()
    assert (shown["document"], [clause["text"] for clause in shown["clauses"]]) == ("factory", ["记账。", "报税。"])


def test_versions_differences_and_back_again(client: TestClient, small_home: Path) -> None:
    first = str(IndexPaths(small_home).current_version())
    second = added(client)
    listed = client.get("/v1/admin/versions").json()["versions"]
    assert [(one["version"], one["current"], one["clauses"]) for one in listed] == [
        (second, True, 12),
        (first, False, 8),
    ]
    assert listed[0]["documents"] == ["small", "后勤"]
    assert listed[0]["created"].endswith("+00:00")
    (small_home / "questions.jsonl").write_text('{"question": "谁驾驶公务车接领导"}\n', encoding="utf-8")
    found = client.get("/v1/admin/versions/diff", params={"from": first, "to": second}).json()
    assert (found["from"], found["to"], len(found["added"])) == (first, second, 4)
    change = found["owners"][0]
    assert (change["question"], change["to"]) == ("谁驾驶公务车接领导", {"department": "后勤部", "position": "司机"})
    assert client.post("/v1/admin/rollback").json() == {"version": first}
    assert client.post("/v1/admin/rollback", json={"version": second}).json() == {"version": second}
    assert IndexPaths(small_home).current_version() == second


def test_a_document_is_removed(client: TestClient) -> None:
    added(client)
    assert client.delete(f"{DOCUMENTS}/small").status_code == 200
    assert slugs(client) == ["后勤"]
    last = client.delete(f"{DOCUMENTS}/后勤")
    assert (last.status_code, "is the only document" in last.text) == (422, True)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("DELETE", f"{DOCUMENTS}/nothing", 404, "not_found"),
        ("DELETE", f"{DOCUMENTS}/..%2F..%2Fetc", 404, "not_found"),
        ("POST", f"{DOCUMENTS}/{'0' * 32}/publish", 404, "not_found"),
        ("POST", f"{DOCUMENTS}/..%2F..%2Findex/publish", 404, "not_found"),
        ("POST", DOCUMENTS, 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=../up.txt", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=a%5Cb.txt", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=a%00.txt", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=.txt", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=..", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=a.txt&name=..%2Fup", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=a.txt&name=all", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename={'x' * 300}.txt", 422, "bad_request"),
        ("POST", f"{DOCUMENTS}?filename=a.exe", 422, "bad_document"),
        ("POST", f"{DOCUMENTS}?filename=a.txt", 422, "bad_document"),
        ("POST", f"{DOCUMENTS}?filename=a.docx", 422, "bad_document"),
        ("GET", "/v1/admin/versions/diff?from=x&to=y", 404, "not_found"),
        ("GET", "/v1/admin/versions/diff?from=x", 422, "bad_request"),
    ],
)  # fmt: skip
def test_bad_requests_are_refused_and_leave_nothing(
    client: TestClient, small_home: Path, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path)
    assert (response.status_code, code_of(response)) == (status, code), response.text
    assert str(small_home) not in response.text
    assert not (small_home / "corpus").exists()
    assert [*(small_home / "previews").glob("*")] == []


def test_rollback_to_no_version_is_refused(client: TestClient) -> None:
    assert client.post("/v1/admin/rollback").status_code == 404
    assert client.post("/v1/admin/rollback", json={"version": "../x"}).status_code == 404
    assert client.post("/v1/admin/rollback", json={"versions": "x"}).status_code == 422


def test_uploads_have_their_own_limit(client: TestClient) -> None:
    shown = upload(client, OTHER + b" " * 90_000)
    assert shown.status_code == 200
    too_large = upload(client, OTHER + b" " * 100_000)
    assert (too_large.status_code, code_of(too_large)) == (413, "too_large")
    assert "DUTY_MAX_UPLOAD_BYTES" in too_large.text


def test_previews_end_and_are_bounded(client: TestClient, small_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.routes.previews.MAX_PREVIEWS", 3)
    first = upload(client).json()["preview"]
    for _ in range(3):
        last = upload(client).json()["preview"]
    assert len([*(small_home / "previews").iterdir()]) == 3
    assert client.post(f"{DOCUMENTS}/{first}/publish").status_code == 404
    old = time.time() - LASTS - 1
    os.utime(small_home / "previews" / last, (old, old))
    assert client.post(f"{DOCUMENTS}/{last}/publish").status_code == 404


def test_while_another_build_runs_one_is_told_to_come_again(client: TestClient, small_home: Path) -> None:
    preview = upload(client).json()["preview"]
    with FileLock(IndexPaths(small_home).lock):
        for response in (
            client.post(f"{DOCUMENTS}/{preview}/publish"),
            client.delete(f"{DOCUMENTS}/small"),
            client.post("/v1/admin/rollback"),
        ):
            assert (response.status_code, code_of(response), response.headers["Retry-After"]) == (
                503,
                "build_running",
                "5",
            )
    assert client.post(f"{DOCUMENTS}/{preview}/publish").status_code == 200


ROUTES = [
    ("GET", "/v1/admin/versions"),
    ("GET", "/v1/admin/versions/diff?from=x&to=y"),
    ("POST", "/v1/admin/rollback"),
    ("GET", DOCUMENTS),
    ("POST", f"{DOCUMENTS}?filename=a.txt"),
    ("POST", f"{DOCUMENTS}/{'0' * 32}/publish"),
    ("DELETE", f"{DOCUMENTS}/small"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_only_an_admin_key_opens_these_routes(
    small_home: Path, tmp_path: Path, encoder: Encoder, method: str, path: str
) -> None:
    settings = settings_for(small_home, tmp_path)
    database = Database.open(settings)
    keys = {scope: database.create_key(scope, [scope])[1] for scope in ("ask", "feedback", "admin")}
    database.close()
    with TestClient(
        create_app(settings, encoder), base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        assert client.request(method, path).status_code == 401
        for scope in ("ask", "feedback"):
            refused = client.request(method, path, headers=bearer(keys[scope]))
            assert (refused.status_code, code_of(refused)) == (403, "forbidden")
        assert client.request(method, path, headers=bearer(keys["admin"])).status_code not in (401, 403, 500)


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] != "GET"])
def test_a_page_of_another_site_can_change_nothing(
    client: TestClient, small_home: Path, method: str, path: str
) -> None:
    version = IndexPaths(small_home).current_version()
    response = client.request(method, path, headers={"Origin": "https://evil.example"}, content=OTHER)
    assert (response.status_code, code_of(response)) == (403, "cross_site")
    assert IndexPaths(small_home).current_version() == version


def test_no_question_fails_while_documents_come_and_go(small_home: Path, tmp_path: Path, encoder: Encoder) -> None:
    statuses: list[int] = []
    versions: set[str] = set()
    stop = threading.Event()

    def ask(server: str) -> None:
        while not stop.is_set():
            response = httpx2.post(f"{server}/v1/ask", json={"question": f"现金收付谁办理{len(statuses)}"})
            statuses.append(response.status_code)
            versions.add(response.json().get("index_version", ""))

    with running(create_app(settings_for(small_home, tmp_path, rate_per_minute="100000"), encoder)) as server:
        asking = threading.Thread(target=ask, args=(server,))
        asking.start()
        try:
            for _ in range(2):
                shown = httpx2.post(
                    f"{server}{DOCUMENTS}", params={"filename": "后勤.txt"}, content=OTHER, timeout=60
                ).json()
                published = httpx2.post(f"{server}{DOCUMENTS}/{shown['preview']}/publish", timeout=60)
                assert published.status_code == 200
                time.sleep(0.7)
                assert httpx2.delete(f"{server}{DOCUMENTS}/后勤", timeout=60).status_code == 200
                time.sleep(0.7)
        finally:
            stop.set()
            asking.join()
    assert set(statuses) == {200}
    assert len(versions) > 2
