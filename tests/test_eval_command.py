"""The forms of `duty eval`."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import eval as package
from corpus.load import load_corpus
from eval.gold import read_gold
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from tests import command
from tests.command import Result, failed, refused

# The duties of the small document, each asked for in nearly its words: post, number, question. The first one looks like
# markup.
DUTIES = [
    ("财务部", None, "1", "公司的资金[/b]谁来管理"),
    ("财务部", None, "2", "年度预算谁编制"),
    ("财务部", "出纳", "1", "现金收付谁办理"),
    ("财务部", "出纳", "2", "印章和支票谁保管"),
    ("财务部", "出纳", "2", "支票由谁保管"),
    ("财务部", "会计", "1", "账簿谁登记"),
    ("财务部", "会计", "1", "报表谁编制"),
    ("人事部", None, "1", "招聘和培训谁负责"),
    ("人事部", "招聘专员", "1", "岗位信息谁发布"),
    ("人事部", "招聘专员", "1", "简历谁来筛选"),
]


def duty(*arguments: object) -> Result:
    """On a terminal so wide that no table is wrapped."""
    return command.duty(*arguments, COLUMNS="200")


def duty_with(folder: Path, *arguments: object) -> Result:
    """Run `duty` in a process with the eval package of that folder in place of the installed one."""
    line = [sys.executable, "-m", "duty", *map(str, arguments)]
    return subprocess.run(
        line, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}, timeout=120, check=False, cwd=folder
    )


def rows_of(text: str) -> list[list[str]]:
    """The cells of printed tables."""
    return [[cell.strip() for cell in re.split("[│┃]", line.strip("│┃ "))] for line in text.splitlines()]


def entry(department: str, position: str | None, *numbers: str) -> dict[str, Any]:
    return {"department": department, "position": position, "clauses": list(numbers), "grade": 2}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "id": f"q{number}",
            "question": question,
            "kind": "official",
            "relevant": [entry(department, position, clause)],
        }
        for number, (department, position, clause, question) in enumerate(DUTIES)
    ]
    rows.append({"id": "none", "question": "月球上有没有水", "kind": "none", "relevant": []})
    return write(tmp_path / "mine.jsonl", *rows)


def test_gold_questions_as_table_object_and_page(small_home: Path, gold: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "out.json", tmp_path / "out.html"
    result = duty("eval", "--gold", gold, "--json", out, "--html", page, "--home", small_home)
    assert (result.returncode, result.stderr) == (0, "")
    content = json.loads(out.read_text(encoding="utf-8"))
    asked = {question["id"]: question for question in content["questions"]}
    assert [question["question"] for question in content["questions"]] == [
        question.question for question in read_gold(gold)
    ]
    assert asked["q3"]["expected"] == {"财务部·出纳": 2}
    assert asked["q3"]["clauses"][0] == "small/财务部/出纳/2"

    hits = [question["scores"]["hit@1"] for question in content["questions"] if question["kind"] != "none"]
    metrics = content["metrics"]
    assert (metrics["hit@1"]["value"], metrics["hit@1"]["questions"]) == (sum(hits) / 10, 10)
    assert metrics["citation exactness"] == {"value": 1.0, "interval": [1.0, 1.0], "questions": 11}
    assert metrics["refused when unanswerable"]["questions"] == 1

    rows = rows_of(result.stdout)
    html = page.read_text(encoding="utf-8")
    for name, measured in metrics.items():
        low, high = measured["interval"]
        assert [name, f"{measured['value']:.3f}", f"{low:.3f} to {high:.3f}", str(measured["questions"])] in rows
        assert f'<td>{name}</td><td class="number">{measured["value"]:.3f}</td>' in html
    assert [row[0] for row in rows if row[0].startswith(("kind", "department"))] == [
        "kind official",
        "kind none",
        "department 财务部",
        "department 人事部",
    ]
    assert "11 个问题（mine.jsonl）" in html


def test_the_shipped_test_split_is_what_is_scored(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it does what the project promises: exact citations, every answerable question tried, useful answers.

    Every eighth question of it; `make eval` asks them all.
    """
    split = Path(package.__path__[0]) / "gold" / "test.jsonl"
    questions = read_gold(split)[::8]
    monkeypatch.setattr("eval.command.read_gold", lambda path: questions if path == split else read_gold(path))
    out = tmp_path / "out.json"
    result = duty("eval", "--json", out, "--home", home)
    assert (result.returncode, result.stderr) == (0, "")
    content = json.loads(out.read_text(encoding="utf-8"))
    assert [question["id"] for question in content["questions"]] == [question.id for question in questions]
    answerable = sum(bool(question.relevant) for question in questions)
    values = {name: (measured["value"], measured["questions"]) for name, measured in content["metrics"].items()}
    assert values["citation exactness"][0] == 1
    assert values["hit@1"][1] == values["clause recall@10"][1] == answerable
    assert values["refused when unanswerable"][1] == len(questions) - answerable
    assert values["hit@1"][0] > 0.7
    assert values["answered when answerable"][0] > 0.9
    kinds = {name: part for name, part in content["slices"].items() if name.startswith("kind ")}
    assert {name.removeprefix("kind ") for name in kinds} == {question.kind.value for question in questions}
    assert sum(part["hit@1"]["questions"] for part in kinds.values() if "hit@1" in part) == answerable


def test_gold_of_one_sort_is_scored_without_what_it_leaves_undefined(
    small_home: Path, gold: Path, tmp_path: Path
) -> None:
    unanswerable = gold.read_text(encoding="utf-8").splitlines()[-1]
    (tmp_path / "part.jsonl").write_text(unanswerable + "\n", encoding="utf-8")
    result = duty("eval", "--gold", tmp_path / "part.jsonl", "--home", small_home)
    assert (result.returncode, result.stderr) == (0, "")
    names = {row[0] for row in rows_of(result.stdout)}
    assert {"calibration error", "refused when unanswerable"} <= names
    assert not {"AUROC answerable", "AUROC first right", "hit@1"} & names


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "mine.jsonl:2: not a gold question (JSONDecodeError"),
        (
            {"id": "a", "question": "x", "kind": "short", "relevant": [entry("市场部", "厨师", "1")]},
            "mine.jsonl:2: a marks 市场部·厨师, which no document has",
        ),
        (
            {"id": "a", "question": "x", "kind": "short", "relevant": [entry("市场部", "互联互通", "9")]},
            "mine.jsonl:2: a marks clause 9 of 市场部·互联互通; it has 1, 2",
        ),
    ],
    ids=["json", "post", "clause"],
)
def test_bad_gold_is_refused_before_any_question_is_asked(
    home: Path, tmp_path: Path, row: object, message: str
) -> None:
    text = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
    first = json.dumps({"id": "ok", "question": "月球", "kind": "none", "relevant": []}, ensure_ascii=False)
    (tmp_path / "mine.jsonl").write_text(f"{first}\n{text}\n", encoding="utf-8")
    result = duty("eval", "--gold", tmp_path / "mine.jsonl", "--json", tmp_path / "out.json", "--home", home)
    assert message in refused(result, 1)
    assert result.stdout == ""
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--gold", "none.jsonl"], 1, "no gold file none.jsonl"),
        (
            ["--dataset", "nowhere"],
            1,
            "no such file: nowhere/corpus.jsonl; a data set has corpus.jsonl, queries.jsonl and qrels",
        ),
        (["--run-out", "run.trec"], 2, "--run-out is for --dataset DIR"),
        (["--dataset", "nowhere", "--gate"], 2, "--dataset goes with --run-out and --json only"),
        (["--dataset", "nowhere", "--html", "x.html"], 2, "--dataset goes with --run-out and --json only"),
        (["accept", "none.jsonl", "--into", "gold.jsonl"], 1, "no such file: none.jsonl"),
        (["candidates", "none.jsonl", "--out", "out.jsonl"], 1, "no such file: none.jsonl"),
    ],
)
def test_what_cannot_be_done_is_refused(home: Path, arguments: list[str], status: int, message: str) -> None:
    place = ["--home", str(home)]
    line = [*arguments, *place] if arguments[0] in {"accept", "candidates"} else [*place, *arguments]
    assert message in refused(duty("eval", *line), status)


def test_compare_prints_every_configuration(small_home: Path, gold: Path) -> None:
    """The none question shares no word with any clause, so BM25 finds nothing for it."""
    result = duty("eval", "--gold", gold, "--compare", "--home", small_home)
    assert (result.returncode, result.stderr) == (0, "")
    printed = result.stdout[result.stdout.index("full configuration:") :]
    assert printed.startswith("full configuration: hybrid, expected questions, model in use; * p < 0.05")
    rows = rows_of(printed)
    titles = [row[0] for row in rows if row[0].endswith("model in use")]
    assert (
        titles
        == [
            f"{side}, {variant}, model in use"
            for variant in ("expected questions", "no expected questions")
            for side in ("hybrid", "dense only", "BM25 only")
        ][1:]
    )
    hits = [row for row in rows if row[0] == "hit@1"]
    assert len(hits) == 5
    # The small document has no expected questions to leave out.
    same = hits[2]
    assert (same[1], same[3:]) == (same[2], ["+0.000", "1.0000", "", "0", "0"])


# The posts and numbers of the small document, each with the duties of another post.
MIXED_UP = """\
一、财务部主要职责
1.登记账簿，编制报表。
2.发布岗位信息，筛选简历。
（一）出纳
1.负责招聘和培训。
2.负责公司资金管理。
（二）会计
1.保管印章和支票。
二、人事部主要职责
1.办理现金收付。
（一）招聘专员
1.编制年度预算。
2.登记账簿，编制报表。
"""


def test_the_gate_stands_on_its_own_baseline_and_falls_when_the_answers_are_broken(
    small_home: Path, small_document: Path, gold: Path, tmp_path: Path, encoder: Encoder
) -> None:
    """With a copy of the eval package, and an index that gives duties to the wrong posts.

    The test may write the baseline of the copy.
    """
    place = tmp_path / "place"
    left_out = shutil.ignore_patterns("gold", "other", "baseline.json", "__pycache__")
    shutil.copytree(package.__path__[0], place / "eval", ignore=left_out)
    evaluate = ("eval", "--gold", gold, "--home", small_home)

    assert duty_with(place, *evaluate, "--save-baseline").returncode == 0
    saved = (place / "eval" / "baseline.json").read_text(encoding="utf-8")
    assert set(json.loads(saved)) == {"none", *(f"q{number}" for number in range(10))}
    passed = duty_with(place, *evaluate, "--gate")
    assert (passed.returncode, passed.stderr) == (0, "")
    assert "fell from" not in passed.stdout

    small_document.write_text(MIXED_UP, encoding="utf-8")
    build_index(load_corpus([small_document]), encoder, small_home)
    fallen = duty_with(place, *evaluate, "--gate", "--save-baseline")
    assert (place / "eval" / "baseline.json").read_text(encoding="utf-8") == saved, (
        "what falls through the gate is no baseline"
    )
    message = failed(fallen, 1)
    assert re.search(r"\d metrics fell significantly below eval/baseline.json: hit@1[,;]", message)
    assert "mend what broke, or accept it with: duty eval --save-baseline" in message
    said = fallen.stdout[fallen.stdout.index("hit@1 fell from") :].splitlines()
    assert re.fullmatch(r"hit@1 fell from (1\.000|0\.[5-9]\d\d) to 0\.[012]\d\d \(p 0\.0\d{3}\):", said[0])
    broken = said[1 : next(number for number, line in enumerate(said[1:], 1) if not line.startswith("  "))]
    assert len(broken) >= 6
    assert set(broken) <= {f"  q{number} {question}" for number, (*_, question) in enumerate(DUTIES)}


def test_feedback_to_candidates_to_gold(small_home: Path, gold: Path, tmp_path: Path) -> None:
    feedback = write(
        tmp_path / "feedback.jsonl",
        {
            "answer_id": "f1",
            "question": "报销的钱找谁领",
            "verdict": "wrong",
            "department": "财务部",
            "position": "出纳",
        },
        {
            "answer_id": "f2",
            "question": "新人去哪儿报到",
            "verdict": "right",
            "posts": [{"department": "人事部", "position": None}],
        },
        {"answer_id": "f3", "question": "谁管食堂", "verdict": "wrong"},
    )
    out = tmp_path / "candidates.jsonl"
    result = duty("eval", "candidates", feedback, "--out", out, "--home", small_home)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith(f"2 candidates in {out}; review them, then: duty eval accept {out} --into")
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["accepted"]) for row in found] == [("feedback-f1", False), ("feedback-f2", False)]

    before = gold.read_bytes()
    nothing = duty("eval", "accept", out, "--into", gold, "--home", small_home)
    assert (nothing.returncode, nothing.stderr) == (0, f"0 questions added to {gold}\n")
    assert gold.read_bytes() == before

    for row in found:
        row["accepted"] = True
    found[0]["relevant"][0]["clauses"] = ["1"]
    result = duty("eval", "accept", write(out, *found), "--into", gold, "--home", small_home)
    assert result.stderr.splitlines() == [
        "not added: candidates.jsonl:2: no clause is marked; name the numbers that say so",
        f"1 questions added to {gold}",
    ]
    assert gold.read_bytes().startswith(before)
    assert read_gold(gold)[-1].question == "报销的钱找谁领"


def test_a_leak_of_the_shipped_expected_questions_is_not_accepted(home: Path, tmp_path: Path) -> None:
    given = next((Path(package.__path__[0]).parent / "corpus" / "documents").glob("*.questions.jsonl"))
    question = json.loads(given.read_text(encoding="utf-8").splitlines()[0])["questions"][0]
    row = {
        "id": "copy",
        "question": f"{question}？",
        "kind": "everyday",
        "relevant": [entry("市场部", None, "1")],
        "accepted": True,
    }
    gold = tmp_path / "gold.jsonl"
    result = duty("eval", "accept", write(tmp_path / "reviewed.jsonl", row), "--into", gold, "--home", home)
    assert f"not added: reviewed.jsonl:1: a near-copy (1.00) of the expected question {question!r}" in result.stderr
    assert not gold.exists()


def test_an_unknown_post_in_feedback_is_refused(small_home: Path, tmp_path: Path) -> None:
    row = {"answer_id": "f1", "question": "x", "verdict": "wrong", "department": "财务部", "position": "厨师"}
    result = duty(
        "eval", "candidates", write(tmp_path / "f.jsonl", row), "--out", tmp_path / "out.jsonl", "--home", small_home
    )
    assert "f.jsonl:1: 财务部·厨师 is in no document of this index" in refused(result, 1)
    assert not (tmp_path / "out.jsonl").exists()
