"""The command line: what it prints, its exit codes, and that no traceback reaches a user.

Some of it as its own process.
"""

import json
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.versions import MANIFEST, IndexPaths
from tests.command import DUTY, duty, duty_process, refused
from tests.encoders import BigramEncoder
from tests.waiting import wait_until


def test_ask_json_is_the_answer_object(home: Path) -> None:
    result = duty_process("ask", "佣金怎么结算，找谁", "--json", "--home", home)
    answer = json.loads(result.stdout)
    assert result.returncode == 0
    assert result.stderr == ""
    assert (answer["posts"][0]["department"], answer["posts"][0]["position"]) == ("公众客户部", "社会渠道经理")
    assert answer["posts"][0]["citations"][0]["lines"] == [213, 213]
    assert answer["index_version"] == IndexPaths(home).current_version()


def test_ask_prints_the_answer_with_its_citation(home: Path) -> None:
    lines = duty_process("ask", "佣金怎么结算，找谁", "--home", home).stdout.splitlines()
    assert lines[0].startswith("由公众客户部·社会渠道经理参与办理[1]：")
    assert lines[2].startswith("公众客户部·社会渠道经理  参与  ")
    assert lines[3].strip() == "[1] 4 参与社会渠道代理考核、业务佣金结算及审核。 telecom-branch 第213行"


def test_an_abstention_is_done_not_failed(home: Path) -> None:
    result = duty("ask", "今天天气怎么样", "--home", home)
    assert result.returncode == 0
    assert result.stdout.startswith("职责文档里没有写这件事归谁管。")


def test_home_from_the_environment(home: Path) -> None:
    assert duty("ask", "佣金", "--json", DUTY_HOME=str(home)).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "the question is empty; allowed: 1 to 500 characters"),
        (["ask", "问" * 501], "the question has 501 characters"),
        (["ask", "佣金", "--department", "市场"], "unknown department '市场'; did you mean 市场部?"),
        (["ask"], "give a question, or --batch IN.jsonl --out OUT.jsonl"),
        (["ask", "佣金", "--batch", "x"], "give a question, or --batch"),
    ],
    ids=["empty", "501", "department", "nothing", "both"],
)
def test_usage_errors_exit_with_2(home: Path, arguments: list[str], message: str) -> None:
    assert message in refused(duty(*arguments, "--home", home), 2)


def test_a_misspelt_setting_is_refused(home: Path) -> None:
    assert "unknown setting DUTY_MODLE; did you mean DUTY_MODEL?" in refused(
        duty_process("ask", "佣金", DUTY_MODLE="x"), 2
    )


def test_click_usage_errors_exit_with_2() -> None:
    result = duty_process("ask", "--colour")
    assert result.returncode == 2
    assert "No such option" in result.stderr


def test_a_damaged_index_is_refused_and_a_new_build_heals_it(small_home: Path) -> None:
    name = IndexPaths(small_home).current_version()
    assert name is not None
    (IndexPaths(small_home).version(name) / "store.sqlite").write_bytes(b"damaged")
    message = refused(duty_process("ask", "编制年度预算", "--home", small_home), 1)
    assert "store.sqlite is damaged" in message
    assert "duty index" in message
    assert duty_process("index", "--home", small_home).returncode == 0
    assert duty("ask", "编制年度预算", "--home", small_home).returncode == 0


def test_a_home_of_the_version_before_is_rebuilt(small_home: Path) -> None:
    """Format 4 had no vectors of sentences."""
    name = IndexPaths(small_home).current_version()
    assert name is not None
    manifest = IndexPaths(small_home).version(name) / MANIFEST
    content = json.loads(manifest.read_text(encoding="utf-8"))
    assert content.pop("passages") == 8
    manifest.write_text(json.dumps(content | {"format": 4}), encoding="utf-8")
    message = refused(duty("ask", "编制年度预算", "--home", small_home), 1)
    assert "index format 4, but this dutyfinder reads format 8; rebuild it with: duty index" in message
    assert "8 clauses" in duty("index", "--home", small_home).stderr
    assert duty("ask", "编制年度预算", "--home", small_home).returncode == 0
    assert "format 4" in duty("index", "list", "--home", small_home).stdout


def test_an_index_of_another_format_is_refused_and_a_new_build_heals_it(small_home: Path) -> None:
    name = IndexPaths(small_home).current_version()
    assert name is not None
    manifest = IndexPaths(small_home).version(name) / MANIFEST
    manifest.write_text(json.dumps({"format": 0, "corpus_paths": json.loads(manifest.read_text())["corpus_paths"]}))
    assert "index format 0" in refused(duty("ask", "编制年度预算", "--home", small_home), 1)
    assert duty("index", "--home", small_home).returncode == 0
    assert duty("ask", "编制年度预算", "--home", small_home).returncode == 0
    manifest.write_text("{}")
    (IndexPaths(small_home).current).write_text(name)
    assert "duty index --corpus PATH" in refused(duty("index", "--home", small_home), 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("binary.txt", b"\x00\x01\x02PK\x03\x04", "control character"),
        ("picture.txt", b"\xff\xd8\xff\xe0", "not text in an encoding that is read"),
        ("poem.txt", "床前明月光".encode(), "no duty found in 1 lines"),
        ("duties.zip", b"x", "files of type .zip are not read; allowed: .txt, .md, .html"),
    ],
    ids=["empty", "binary", "encoding", "no-duty", "type"],
)
def test_a_bad_document_is_refused_and_the_old_index_still_answers(
    small_home: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    before = IndexPaths(small_home).current_version()
    for command in (["index", "--corpus", tmp_path / name, "--home", small_home], ["corpus", "parse", tmp_path / name]):
        assert message in refused(duty(*command), 1)
    assert IndexPaths(small_home).current_version() == before
    assert duty("ask", "编制年度预算", "--home", small_home).returncode == 0


def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    assert "no such file or folder" in refused(
        duty("index", "--corpus", tmp_path / "none.txt", "--home", tmp_path / "home"), 1
    )
    assert not (tmp_path / "home").exists()


def test_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "国标.txt"
    path.write_bytes("财务部主要职责：\n1.负责编制预算。\n".encode("gb18030"))
    parsed = json.loads(duty_process("corpus", "parse", path, "--json").stdout)
    assert parsed["document"] == "国标"
    assert parsed["clauses"] == [
        {
            "clause_id": "国标/财务部/1",
            "department": "财务部",
            "position": None,
            "number": "1",
            "text": "负责编制预算。",
            "source_text": "1.负责编制预算。",
            "lines": [2, 2],
            "ocr": False,
        }
    ]


def test_index_again_keeps_the_documents_of_the_current_version(small_home: Path) -> None:
    result = duty("index", "--home", small_home)
    assert result.returncode == 0
    assert "8 clauses" in result.stderr
    assert "small" in result.stderr


def test_the_first_question_builds_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With vectors made up, since it is of the whole shipped document."""
    monkeypatch.setattr("indexer.encoders.encoder.load_encoder", lambda _: BigramEncoder())
    result = duty("ask", "佣金怎么结算，找谁", "--json", "--home", tmp_path / "home")
    assert result.returncode == 0
    assert json.loads(result.stdout)["posts"][0]["position"] == "社会渠道经理"
    assert "240 clauses and 6461 expected questions of telecom-branch" in result.stderr


def test_corpus_check_reports_the_findings_of_the_shipped_document(tmp_path: Path) -> None:
    lines = duty("corpus", "check", "--home", tmp_path).stdout.splitlines()
    assert any("302  numbering_gap" in line and "客户服务部: position 5 is missing before 6" in line for line in lines)
    assert any("department_without_positions" in line and "10000号运营中心" in line for line in lines)
    assert sum("twin_clauses" in line for line in lines) == 16


def test_batch_answers_in_order_with_ids(home: Path, tmp_path: Path) -> None:
    questions = [
        {"id": "a", "question": "佣金怎么结算，找谁"},
        {"id": 7, "question": "客户投诉接待", "department": "客户服务部"},
        {"id": "empty", "question": " "},
        {"id": "where", "question": "佣金", "department": "财务部"},
        {"id": "none", "question": "今天天气怎么样"},
    ]
    (tmp_path / "in.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in questions), encoding="utf-8"
    )
    result = duty_process("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--home", home)
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", 7, "empty", "where", "none"]
    assert answers[0]["posts"][0]["position"] == "社会渠道经理"
    assert answers[1]["posts"][0]["department"] == "客户服务部"
    assert [answer["abstained"] for answer in answers] == [False, False, True, True, True]
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        None,
        None,
        "bad_question",
        "unknown_name",
        None,
    ]
    assert list(answers[2])[:-1] == list(answers[0])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "in.jsonl:2: not JSON"),
        ('{"id": 1}', "in.jsonl:2: expected an object"),
        ("[1]", "in.jsonl:2: expected an object"),
    ],
    ids=["json", "question", "list"],
)
def test_a_bad_batch_is_refused_before_any_work(home: Path, tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "佣金"}\n' + line, encoding="utf-8")
    (tmp_path / "out.jsonl").write_text("what was there")
    result = duty("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--home", home)
    assert message in refused(result, 1)
    assert (tmp_path / "out.jsonl").read_text() == "what was there"


def test_serve_refuses_the_world(home: Path) -> None:
    assert "refused to listen on 0.0.0.0" in refused(duty_process("serve", "--host", "0.0.0.0", "--home", home), 1)


def ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz") as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def server(home: Path) -> Iterator[str]:
    """The address of `duty serve` in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([DUTY, "serve", "--port", str(port), "--home", home], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: ready(address))
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_request_of_the_readme(server: str) -> None:
    body = json.dumps({"question": "佣金怎么结算，找谁"}).encode()
    request = urllib.request.Request(f"{server}/v1/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    assert answer["posts"][0]["citations"][0]["clause_id"] == "telecom-branch/公众客户部/社会渠道经理/4"


def test_documents_come_go_and_versions_go_back(small_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "后勤.txt"
    file.write_text("后勤部主要职责\n1.管理食堂。\n2.维修电梯。\n", encoding="utf-8")
    first = IndexPaths(small_home).current_version()
    added = duty("corpus", "add", file, "--home", small_home)
    assert "10 clauses and 0 expected questions of small, 后勤" in added.stderr
    second = IndexPaths(small_home).current_version()
    assert "is taken by another document" in refused(duty("corpus", "add", file, "--home", small_home), 1)
    assert "is no name for a document" in refused(
        duty("corpus", "add", file, "--name", "../x", "--home", small_home), 2
    )
    assert duty("corpus", "list", "--home", small_home).stdout.splitlines() == [
        f"small  2 departments, 3 positions, 8 clauses, 0 findings  {small_home}/corpus/small.txt",
        f"后勤  1 departments, 0 positions, 2 clauses, 0 findings  {small_home}/corpus/后勤.txt",
    ]
    (small_home / "corpus" / "后勤.txt").write_text("后勤部主要职责\n1.管理食堂和超市。\n3.接待。\n", encoding="utf-8")
    (small_home / "questions.jsonl").write_text('{"question": "谁维修电梯"}\n', encoding="utf-8")
    dry = duty("index", "--dry-run", "--home", small_home)
    assert [line.split()[0] for line in dry.stdout.splitlines()[:4]] == ["added", "removed", "reworded", "owner"]
    assert dry.stdout.splitlines()[-1] == "1 added, 1 removed, 0 moved, 1 reworded, 1 saved questions change owner"
    assert IndexPaths(small_home).current_version() == second
    diff = json.loads(duty("index", "diff", first, second, "--json", "--home", small_home).stdout)
    assert (diff["from"], diff["to"], len(diff["added"])) == (first, second, 2)
    assert diff["owners"][0] == {
        "question": "谁维修电梯",
        "from": None,
        "to": {"department": "后勤部", "position": None},
    }
    assert duty("index", "rollback", "--home", small_home).returncode == 0
    assert IndexPaths(small_home).current_version() == first
    listed = duty("index", "list", "--home", small_home).stdout.splitlines()
    assert [line[:2] for line in listed] == ["  ", "* "]
    assert "no index version 'x'" in refused(duty("index", "rollback", "x", "--home", small_home), 1)
    assert duty("corpus", "remove", "后勤", "--home", small_home).returncode == 0
    assert "options go behind the verb" in refused(duty("index", "--home", small_home, "list"), 2)


def test_old_versions_are_kept_as_the_setting_says(small_home: Path) -> None:
    for _ in range(2):
        assert duty("index", "--home", small_home, DUTY_KEEP_VERSIONS="1").returncode == 0
    assert len([*IndexPaths(small_home).published()]) == 2


def test_expected_questions_that_no_longer_fit_are_reported(tmp_path: Path, home: Path) -> None:
    own = tmp_path / "home"
    shutil.copytree(home, own)
    other = tmp_path / "后勤.txt"
    other.write_text("后勤部主要职责\n1.管理食堂。\n", encoding="utf-8")
    assert duty("corpus", "add", other, "--home", own).returncode == 0
    document = own / "corpus" / "telecom-branch.txt"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("佣金结算", "酬金结算"), encoding="utf-8")
    said = duty("index", "--home", own).stderr
    assert "lines of expected questions no longer fit a clause; see: duty corpus check" in said
    assert "orphan_questions" in duty("corpus", "check", "--home", own).stdout
