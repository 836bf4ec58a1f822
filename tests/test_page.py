"""The page as it is served, and the routes that feed it: what /, the assets, suggestions, posts and findings answer."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.check import check
from corpus.load import Corpus, load_corpus
from corpus.readers import SUFFIXES
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.routes.page import FOLDER, version_of
from tests.service import settings_for

HEAVIEST = 150_000  # bytes of HTML, style and scripts, unpacked; there are no fonts
VIEWS = ["/", "/map", "/overlaps", "/admin", "/posts/市场部", "/posts/市场部/互联互通", "/documents/telecom-branch"]


@pytest.fixture(scope="module")
def client(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = settings_for(home, tmp_path_factory.mktemp("database"))
    with TestClient(create_app(settings, encoder), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def small_client(small_home: Path, tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(create_app(settings_for(small_home, tmp_path), encoder), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("path", VIEWS)
def test_every_view_is_the_same_html(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.text == client.get("/").text


def test_the_policy_lets_nothing_inline_and_nobody_frame_it(client: TestClient) -> None:
    policy = dict(part.split(" ", 1) for part in client.get("/").headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert {policy[f"{kind}-src"] for kind in ("script", "style", "img", "connect")} == {"'self'"}
    html = client.get("/").text
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:", html) == []


def test_everything_that_the_html_names_is_served_from_here_for_a_year(client: TestClient) -> None:
    names = re.findall(r'(?:src|href)="(/assets/[^"]+)"', client.get("/").text)
    assert {Path(name).name for name in names} == {path.name for path in FOLDER.iterdir()} - {"index.html"}
    for name in names:
        response = client.get(name)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.content == (FOLDER / Path(name).name).read_bytes()
        assert ("Content-Encoding" in response.headers) is (len(response.content) >= 1024)
    assert not re.search(r"https?://(?!www\.w3\.org)", "".join(client.get(name).text for name in names))


def test_the_html_is_asked_for_anew(client: TestClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-cache"


def test_an_asset_that_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    name = re.findall(r'src="(/assets/[^"]+)"', client.get("/").text)[0]
    again = client.get(name, headers={"If-None-Match": client.get(name).headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("path", "large"), [("/v1/departments", True), ("/healthz", False)])
def test_large_answers_of_the_api_are_packed(client: TestClient, path: str, large: bool) -> None:
    assert ("Content-Encoding" in client.get(path).headers) is large


def test_a_client_that_cannot_unpack_gets_it_plain(client: TestClient) -> None:
    response = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in response.headers
    assert response.content.startswith(b"<!doctype html>")


def test_a_changed_asset_has_another_address(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert version_of(tmp_path) == version_of(FOLDER)
    (tmp_path / "words.js").write_text("export const ROLES = {};")
    assert version_of(tmp_path) != version_of(FOLDER)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/000000000000/main.js",
        "/assets/{version}/nothing.js",
        "/assets/{version}/index.html",
        "/assets/{version}/",
        "/assets/{version}/..%2Froutes%2Fpage.py",
    ],
)
def test_an_asset_that_is_not_there_is_a_404(client: TestClient, path: str) -> None:
    response = client.get(path.format(version=version_of(FOLDER)))
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_the_page_is_light() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < HEAVIEST


def test_the_page_offers_to_upload_what_is_read() -> None:
    accepted = re.search(r'ACCEPTED = "(.+)"', (FOLDER / "admin.js").read_text(encoding="utf-8"))
    assert accepted is not None
    assert tuple(accepted[1].split(",")) == SUFFIXES


def test_no_script_makes_markup_from_text() -> None:
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|"
        r"ContextualFragment|srcdoc"
    )
    assert {path.name: re.findall(sinks, path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.js")} == {
        path.name: [] for path in FOLDER.glob("*.js")
    }


def test_a_department_and_a_position_are_suggested_by_some_of_their_characters(client: TestClient) -> None:
    found = client.get("/v1/suggest", params={"q": "客服"}).json()["suggestions"]
    assert found[0] == {"kind": "department", "text": "客户服务部", "department": "客户服务部", "position": None}
    assert {
        "kind": "position",
        "text": "市场部·互联互通",
        "department": "市场部",
        "position": "互联互通",
    } in client.get("/v1/suggest", params={"q": "互联"}).json()["suggestions"]


def test_expected_questions_are_suggested_and_never_more_than_eight_entries(client: TestClient, corpus: Corpus) -> None:
    found = client.get("/v1/suggest", params={"q": "佣金"}).json()["suggestions"]
    assert len(found) == 8
    known = {question for questions in corpus.asked_as.values() for question in questions}
    assert {entry["text"] for entry in found if entry["kind"] == "question"} <= known
    assert all("佣金" in entry["text"] for entry in found)
    assert client.get("/v1/suggest", params={"q": "𠮷𠮷"}).json()["suggestions"] == []


def test_what_is_typed_in_traditional_or_full_width_characters_is_understood(client: TestClient) -> None:
    assert (
        client.get("/v1/suggest", params={"q": "ＶＩＰ客戶"}).json()["suggestions"][0]["position"] == "VIP客户服务经理"
    )


def test_every_example_is_answered_and_all_departments_have_one(client: TestClient) -> None:
    examples = client.get("/v1/suggest").json()["suggestions"]
    answers = [client.post("/v1/ask", json={"question": example["text"]}).json() for example in examples]
    assert len(answers) == 8
    assert [answer["abstained"] for answer in answers] == [False] * 8
    assert {answer["posts"][0]["department"] for answer in answers} == {
        "市场部", "政企客户部", "公众客户部", "客户服务部", "10000号运营中心",
    }  # fmt: skip


def test_without_expected_questions_the_posts_are_the_examples(small_client: TestClient) -> None:
    examples = small_client.get("/v1/suggest").json()["suggestions"]
    assert [example["text"] for example in examples] == [
        "财务部",
        "财务部·出纳",
        "财务部·会计",
        "人事部",
        "人事部·招聘专员",
    ]


def test_a_post_lists_its_duties_and_its_twins(small_client: TestClient) -> None:
    post = small_client.get("/v1/posts", params={"department": "财务部", "position": "出纳"}).json()
    assert [clause["text"] for clause in post["clauses"]] == ["办理现金收付。", "保管印章和支票。"]
    assert [(twin["share"], twin["own"], twin["clause"]["clause_id"]) for twin in post["twins"]] == [
        (1, "small/财务部/出纳/1", "small/人事部/招聘专员/2")
    ]


def test_a_post_knows_who_names_it(client: TestClient) -> None:
    post = client.get("/v1/posts", params={"department": "政企客户部", "position": "客户经理"}).json()
    named = [(partner["role"], partner["clause"]["position"]) for partner in post["partners"] if partner["own"] is None]
    assert named == [("supervise", "行业经理"), ("support", "售前支持")]
    department = client.get("/v1/posts", params={"department": "政企客户部"}).json()
    assert ("support", "telecom-branch/公众客户部/13") in [
        (partner["role"], partner["clause"]["clause_id"]) for partner in department["partners"]
    ]
    assert all(partner["role"] != "lead" for partner in [*post["partners"], *department["partners"]])


def test_a_post_has_the_facts_that_documents_say_of_it(tmp_path: Path, encoder: Encoder) -> None:
    first, second = tmp_path / "岗位.txt", tmp_path / "编制.txt"
    first.write_text(
        "财务部\n\n（一）会计\n直接上级：财务经理　定员：2人\n1.编制报表。\n（二）出纳\n1.收付现金。\n",
        encoding="utf-8",
    )
    second.write_text("财务部\n\n（一）会计\n直接下级：出纳\n1.核对账目。\n", encoding="utf-8")
    build_index(load_corpus([first, second]), encoder, tmp_path / "home")
    settings = settings_for(tmp_path / "home", tmp_path)
    with TestClient(create_app(settings, encoder), base_url="http://127.0.0.1") as client:
        accountant = client.get("/v1/posts", params={"department": "财务部", "position": "会计"}).json()
        cashier = client.get("/v1/posts", params={"department": "财务部", "position": "出纳"}).json()
    assert accountant["facts"] == [
        {"kind": "superior", "value": "财务经理", "source": "岗位", "line": 4},
        {"kind": "headcount", "value": "2人", "source": "岗位", "line": 4},
        {"kind": "subordinates", "value": "出纳", "source": "编制", "line": 4},
    ]
    assert cashier["facts"] == []


def test_a_post_that_is_not_there_is_a_404(client: TestClient) -> None:
    response = client.get("/v1/posts", params={"department": "市场部", "position": "火箭手"})
    assert (response.status_code, response.json()["error"]["field"]) == (404, "position")


def test_findings_are_those_of_corpus_check(client: TestClient, corpus: Corpus) -> None:
    found = client.get("/v1/findings").json()
    [findings] = check(corpus).values()
    kinds = [finding.kind for finding in findings]
    assert len([overlap for overlap in found["overlaps"] if overlap["share"] == 1]) == kinds.count("twin_clauses") == 16
    assert (
        len([overlap for overlap in found["overlaps"] if overlap["share"] < 1])
        == kinds.count("overlapping_clauses")
        == 4
    )
    assert [(gap["kind"], gap["line"]) for gap in found["gaps"]] == [
        (finding.kind, finding.line)
        for finding in findings
        if finding.kind in ("numbering_gap", "department_without_positions")
    ]


def test_suggestions_and_findings_are_those_of_the_index_whatever_became_of_its_documents(
    tmp_path: Path, encoder: Encoder
) -> None:
    document = tmp_path / "后勤.txt"
    document.write_text("后勤部主要职责\n1.管理食堂。\n3.维修电梯。\n", encoding="utf-8")
    [clause, _] = load_corpus([document]).clauses
    row = {"clause_id": clause.id, "digest": clause.digest, "provenance": "hand", "questions": ["吃饭的地方谁管"]}
    questions = tmp_path / "后勤.questions.jsonl"
    questions.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    build_index(load_corpus([document]), encoder, tmp_path / "home")
    document.unlink()
    questions.unlink()
    with TestClient(
        create_app(settings_for(tmp_path / "home", tmp_path), encoder), base_url="http://localhost"
    ) as client:
        found = client.get("/v1/findings").json()
        suggested = client.get("/v1/suggest", params={"q": "吃饭"}).json()["suggestions"]
    assert [(gap["kind"], gap["document"], gap["line"]) for gap in found["gaps"]] == [
        ("department_without_positions", "后勤", 1),
        ("numbering_gap", "后勤", 3),
    ]
    assert [entry["text"] for entry in suggested] == ["吃饭的地方谁管"]


def test_a_new_version_brings_its_own_suggestions(
    small_document: Path, small_home: Path, tmp_path: Path, encoder: Encoder
) -> None:
    app = create_app(settings_for(small_home, tmp_path), encoder)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/v1/suggest", params={"q": "审计"}).json()["suggestions"] == []
        text = small_document.read_text(encoding="utf-8") + "（二）审计专员\n1.审核账目。\n"
        small_document.write_text(text, encoding="utf-8")
        build_index(load_corpus([small_document]), encoder, small_home)
        app.state.service.refresh()
        [found] = client.get("/v1/suggest", params={"q": "审计"}).json()["suggestions"]
        assert found["position"] == "审计专员"


def test_the_quality_report_is_what_eval_left_in_the_home(small_client: TestClient, small_home: Path) -> None:
    assert small_client.get("/v1/admin/report").json()["error"]["message"].endswith("duty eval --json report.json")
    (small_home / "report.json").write_text(json.dumps({"metrics": {}}), encoding="utf-8")
    assert small_client.get("/v1/admin/report").json() == {"metrics": {}}
