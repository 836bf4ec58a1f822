"""Who may do what: keys, scopes, rates, sessions, the proxy, other sites."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from eval.candidates import candidates
from indexer.encoders.encoder import Encoder
from indexer.index import Index
from server.app import create_app
from server.storage.database import Database
from tests.command import duty, refused
from tests.service import settings_for

QUESTION = {"question": "佣金怎么结算，找谁"}
MakeClient = Callable[..., TestClient]


@pytest.fixture
def make(home: Path, tmp_path: Path, encoder: Encoder) -> Iterator[MakeClient]:
    """A maker of clients: its arguments are settings; `address` is where the client calls from."""
    opened: list[TestClient] = []

    def client(address: str = "10.9.9.9", **environment: str) -> TestClient:
        app: FastAPI = create_app(settings_for(home, tmp_path, **environment), encoder)
        made = TestClient(app, base_url="http://localhost", client=(address, 5000), raise_server_exceptions=False)
        opened.append(made.__enter__())
        return made

    yield client
    for one in opened:
        one.__exit__(None, None, None)


@pytest.fixture
def database(home: Path, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(settings_for(home, tmp_path))
    yield database
    database.close()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def code_of(response: object) -> str:
    return str(response.json()["error"]["code"])  # type: ignore[attr-defined]


def test_without_keys_nobody_is_asked_for_one(make: MakeClient) -> None:
    client = make()
    assert client.post("/v1/ask", json=QUESTION).status_code == 200
    assert client.post("/v1/ask", json=QUESTION, headers=bearer("whatever")).status_code == 200
    assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("ask", [200, 403, 403, 403]), ("feedback", [403, 200, 403, 403]), ("admin", [200, 200, 200, 200])],
)
def test_a_key_may_do_what_its_scope_says(make: MakeClient, database: Database, scope: str, allowed: list[int]) -> None:
    _, admin = database.create_key("admin", ["admin"])
    _, secret = database.create_key("bot", [scope])
    client = make()
    answer_id = client.post("/v1/ask", json=QUESTION, headers=bearer(admin)).json()["id"]
    responses = [
        client.post("/v1/ask", json=QUESTION, headers=bearer(secret)),
        client.post("/v1/feedback", json={"answer_id": answer_id, "verdict": "right"}, headers=bearer(secret)),
        client.get("/v1/feedback/export", headers=bearer(secret)),
        client.get("/metrics", headers=bearer(secret)),
    ]
    assert [response.status_code for response in responses] == allowed
    assert all(code_of(response) == "forbidden" for response in responses if response.status_code == 403)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "no_key"),
        ({"Authorization": "Basic abc"}, "no_key"),
        ({"Authorization": "Bearer"}, "no_key"),
        (bearer("duty_wrong"), "bad_key"),
        (bearer("ключ".encode().decode("latin-1")), "bad_key"),
        ({"Cookie": "duty_session=wrong"}, "bad_key"),
        ({"X-Remote-User": "admin"}, "no_key"),
    ],
    ids=["none", "basic", "no-secret", "wrong", "not-ascii", "cookie", "proxy-header"],
)
def test_once_there_is_a_key_others_are_refused(
    make: MakeClient, database: Database, headers: dict[str, str], code: str
) -> None:
    database.create_key("bot", ["ask"])
    response = make().post(
        "/v1/ask", json=QUESTION, headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    )
    assert (response.status_code, code_of(response)) == (401, code)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "duty_wrong" not in response.text


def test_a_key_is_revoked_at_once_and_the_last_one_opens_nothing(make: MakeClient, database: Database) -> None:
    key, secret = database.create_key("bot", ["ask"])
    client = make()
    assert client.post("/v1/ask", json=QUESTION, headers=bearer(secret)).status_code == 200
    database.revoke_key(key.id)
    assert client.post("/v1/ask", json=QUESTION, headers=bearer(secret)).status_code == 401
    assert client.post("/v1/ask", json=QUESTION).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_health_needs_no_key(make: MakeClient, database: Database, path: str) -> None:
    database.create_key("bot", ["ask"])
    assert make().get(path).status_code == 200


def test_rates_are_counted_by_key(make: MakeClient, database: Database) -> None:
    _, busy = database.create_key("busy", ["ask"])
    _, quiet = database.create_key("quiet", ["ask"])
    client = make(rate_per_minute="3")
    statuses = [client.post("/v1/ask", json=QUESTION, headers=bearer(busy)).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = client.post("/v1/ask", json=QUESTION, headers=bearer(busy))
    assert code_of(refused) == "too_many"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.post("/v1/ask", json=QUESTION, headers=bearer(quiet)).status_code == 200


def test_keys_cannot_be_tried_without_end(make: MakeClient, database: Database) -> None:
    database.create_key("bot", ["ask"])
    client = make(rate_per_minute="3")
    assert [client.get("/v1/models", headers=bearer(f"{i}")).status_code for i in range(4)] == [401, 401, 401, 429]


@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", False)])
def test_a_session_that_began_encrypted_is_never_sent_in_clear(
    make: MakeClient, database: Database, scheme: str, secure: bool
) -> None:
    """Over plain HTTP a browser would not keep a cookie that is Secure."""
    _, secret = database.create_key("zhang", ["ask"])
    response = make().post(f"{scheme}://localhost/v1/session", json={"key": secret})
    assert ("Secure" in response.headers["set-cookie"].split("; ")) == secure


def test_signing_in_gives_a_cookie_that_no_script_and_no_other_site_gets(make: MakeClient, database: Database) -> None:
    _, secret = database.create_key("zhang", ["ask"])
    client = make()
    response = client.post("/v1/session", json={"key": secret})
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=43200" in cookie
    assert client.post("/v1/ask", json=QUESTION).status_code == 200
    assert client.post("/v1/ask", json=QUESTION, headers={"Origin": "https://evil.example.com"}).status_code == 403
    assert client.delete("/v1/session").status_code == 204
    client.cookies.clear()
    client.cookies.set("duty_session", cookie.split("=")[1].split(";")[0])
    assert client.post("/v1/ask", json=QUESTION).status_code == 401


def test_signing_in_with_a_wrong_key_is_refused(make: MakeClient, database: Database) -> None:
    database.create_key("zhang", ["ask"])
    response = make().post("/v1/session", json={"key": "duty_wrong"})
    assert (response.status_code, code_of(response)) == (401, "bad_key")


def test_open_lets_everyone_ask_but_makes_nobody_an_admin(make: MakeClient, database: Database) -> None:
    database.create_key("admin", ["admin"])
    client = make(page_access="open")
    assert client.post("/v1/ask", json=QUESTION).status_code == 200
    assert client.get("/v1/feedback/export").status_code == 403
    assert client.post("/v1/ask", json=QUESTION, headers=bearer("wrong")).status_code == 401


@pytest.mark.parametrize(
    ("address", "status"), [("10.0.0.5", 200), ("10.0.0.6", 401), ("127.0.0.1", 401), ("testclient", 401)]
)
def test_the_proxys_header_counts_from_the_proxy_only(make: MakeClient, address: str, status: int) -> None:
    client = make(address, page_access="proxy", proxy_addresses="10.0.0.5", proxy_header="X-User")
    assert client.post("/v1/ask", json=QUESTION, headers={"X-User": "zhang"}).status_code == status
    assert client.post("/v1/ask", json=QUESTION).status_code == 401


def test_audit_and_feedback_record_the_proxys_user(make: MakeClient, database: Database) -> None:
    client = make("10.0.0.5", page_access="proxy", proxy_addresses="10.0.0.0/24", audit="on")
    user = {"X-Remote-User": "zhang"}
    answer_id = client.post("/v1/ask", json=QUESTION, headers=user).json()["id"]
    assert (
        client.post("/v1/feedback", json={"answer_id": answer_id, "verdict": "right"}, headers=user).status_code == 200
    )
    record = database.answer(answer_id)
    assert record is not None
    assert (record.asked_by, record.question) == ("user:zhang", QUESTION["question"])
    [given] = database.feedback()
    assert (given["given_by"], given["question"]) == ("user:zhang", QUESTION["question"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://intranet.example.com"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_a_page_of_another_site_may_not_ask(make: MakeClient, headers: dict[str, str], status: int) -> None:
    client = make(cors_origins="https://intranet.example.com")
    assert client.post("/v1/ask", json=QUESTION, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:8000", 200), ("[::1]:80", 200), ("evil.example.com", 403), ("", 403)]
)
def test_without_keys_only_loopback_names_are_answered(make: MakeClient, host: str, status: int) -> None:
    assert make().post("/v1/ask", json=QUESTION, headers={"Host": host}).status_code == status


def test_allowed_hosts_are_answered(make: MakeClient) -> None:
    client = make(allowed_hosts="duty.example.com")
    assert client.get("/v1/models", headers={"Host": "duty.example.com:8000"}).status_code == 200
    assert client.get("/v1/models", headers={"Host": "other.example.com"}).status_code == 403


def test_cors_is_off_unless_configured(make: MakeClient) -> None:
    asking = {"Origin": "https://intranet.example.com", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in make().options("/v1/ask", headers=asking).headers
    allowed = make(cors_origins="https://intranet.example.com").options("/v1/ask", headers=asking)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (
        200,
        "https://intranet.example.com",
    )


def test_security_headers_are_on_every_answer(make: MakeClient) -> None:
    client = make()
    for response in (
        client.post("/v1/ask", json=QUESTION),
        client.get("/nowhere"),
        client.post("/v1/ask", content=b"{"),
    ):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert response.headers["X-Frame-Options"] == "DENY"


def test_without_audit_no_question_is_kept(make: MakeClient, database: Database, index: Index, tmp_path: Path) -> None:
    client = make()
    answer_id = client.post("/v1/ask", json=QUESTION).json()["id"]
    assert client.post("/v1/feedback", json={"answer_id": answer_id, "verdict": "right"}).json() == {"status": "kept"}
    record = database.answer(answer_id)
    assert record is not None
    assert (record.question, record.asked_by) == (None, None)
    assert record.posts[0] == {"department": "公众客户部", "position": "社会渠道经理"}
    assert database.feedback()[0]["question"] is None


def test_exported_feedback_becomes_candidates(make: MakeClient, index: Index, tmp_path: Path) -> None:
    client = make()
    answer_id = client.post("/v1/ask", json=QUESTION).json()["id"]
    right = {"department": "市场部", "position": "互联互通", "comment": "其实归这里"}
    for body in ({"verdict": "wrong", **right, **QUESTION}, {"verdict": "right"}):
        assert client.post("/v1/feedback", json={"answer_id": answer_id, **body}).status_code == 200
    exported = client.get("/v1/feedback/export")
    assert [json.loads(line)["verdict"] for line in exported.text.splitlines()] == ["wrong", "right"]
    (tmp_path / "feedback.jsonl").write_bytes(exported.content)
    [candidate] = candidates(tmp_path / "feedback.jsonl", [], index)
    assert candidate["question"] == QUESTION["question"]
    assert candidate["relevant"][0]["position"] == "互联互通"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"answer_id": "0" * 32, "verdict": "right"}, 404, "answer_id"),
        ({"answer_id": "\ud800", "verdict": "right"}, 422, "answer_id"),
        ({"verdict": "right"}, 422, "answer_id"),
        ({"answer_id": "x", "verdict": "maybe"}, 422, "verdict"),
        ({"answer_id": "x", "verdict": "wrong", "department": "火箭部"}, 422, "department"),
        ({"answer_id": "x", "verdict": "wrong", "department": "市场部", "position": "火箭手"}, 422, "position"),
        ({"answer_id": "x", "verdict": "wrong", "position": "互联互通"}, 422, "department"),
        ({"answer_id": "x", "verdict": "wrong", "comment": "长" * 2001}, 422, "comment"),
        ({"answer_id": "x", "verdict": "wrong", "stars": 5}, 422, "stars"),
    ],
)
def test_bad_feedback_is_refused(make: MakeClient, body: dict[str, str], status: int, field: str) -> None:
    response = make().post("/v1/feedback", content=json.dumps(body), headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["error"].get("field")) == (status, field)


def test_a_key_from_the_command_line(home: Path, tmp_path: Path, make: MakeClient) -> None:
    where = {"DUTY_HOME": str(home), "DUTY_DATABASE_URL": f"sqlite:///{tmp_path / 'service.sqlite'}"}
    made = json.loads(duty("key", "create", "--name", "机器人", "--scope", "ask", "--json", **where).stdout)
    assert set(made) == {"id", "key"}
    client = make()
    assert client.post("/v1/ask", json=QUESTION, headers=bearer(made["key"])).status_code == 200
    listed = duty("key", "list", **where).stdout
    assert made["id"] in listed
    assert "机器人  ask  " in listed
    assert made["key"] not in listed
    assert duty("key", "revoke", made["id"], **where).returncode == 0
    assert "revoked" in duty("key", "list", **where).stdout
    assert client.post("/v1/ask", json=QUESTION, headers=bearer(made["key"])).status_code == 401
    assert "no key 'nobody'; run: duty key list" in refused(duty("key", "revoke", "nobody", **where), 1)


def test_the_audit_is_read_on_the_command_line(home: Path, tmp_path: Path, make: MakeClient) -> None:
    where = {"DUTY_HOME": str(home), "DUTY_DATABASE_URL": f"sqlite:///{tmp_path / 'service.sqlite'}"}
    client = make(audit="on")
    given = client.post("/v1/ask", json=QUESTION).json()
    client.__exit__(None, None, None)  # writes what is on its way
    [row] = [json.loads(line) for line in duty("audit", **where).stdout.splitlines()]
    assert (row["id"], row["question"], row["asked_by"]) == (given["id"], QUESTION["question"], "local:10.9.9.9")
    assert row["posts"][0] == {"department": "公众客户部", "position": "社会渠道经理"}
    assert (row["index_version"], row["answered_at"][10]) == (given["index_version"], "T")


def test_an_unknown_scope_is_a_usage_error(tmp_path: Path) -> None:
    assert duty("key", "create", "--name", "x", "--scope", "root", "--home", tmp_path).returncode == 2
