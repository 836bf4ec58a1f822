"""Expected questions: reading the file, and attaching them to clauses whose wording they were written for."""

import json
import re
from pathlib import Path

import pytest

from corpus.beside.questions import ExpectedQuestions, attach, questions_path, read_questions
from corpus.errors import DocumentError
from corpus.load import SHIPPED, load_document
from corpus.model import Finding, text_digest
from tests.documents import parse

DOCUMENT = parse("财务部职责\n1.记账。\n2.报税。\n", "doc")
ROW = {"clause_id": "doc/财务部/1", "digest": text_digest("记账。"), "provenance": "hand", "questions": ["谁记账？"]}


def entry(clause_id: str, text: str, *questions: str, line: int = 1) -> ExpectedQuestions:
    return ExpectedQuestions(clause_id, text_digest(text), "hand", questions, line)


@pytest.mark.parametrize(
    ("document", "questions"), [("a/duties.txt", "a/duties.questions.jsonl"), ("v1.2.md", "v1.2.questions.jsonl")]
)
def test_questions_path(document: str, questions: str) -> None:
    assert questions_path(Path(document)) == Path(questions)


def test_read_counts_lines_and_skips_blank_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.questions.jsonl"
    path.write_text(f"\n{json.dumps(ROW)}\n  \n{json.dumps({**ROW, 'questions': []})}\n", encoding="utf-8")
    assert read_questions(path) == [
        entry("doc/财务部/1", "记账。", "谁记账？", line=2),
        entry("doc/财务部/1", "记账。", line=4),
    ]


def test_no_file_no_questions(tmp_path: Path) -> None:
    assert read_questions(tmp_path / "gone.questions.jsonl") == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{", "expected a JSON object with clause_id, digest, provenance and questions", id="no-json"),
        pytest.param("[]", "expected a JSON object", id="list"),
        pytest.param("7", "expected a JSON object", id="number"),
        pytest.param(json.dumps({"clause_id": "x"}), "(KeyError('digest')). Mend the line", id="missing-key"),
        pytest.param(
            json.dumps({**ROW, "questions": "谁？"}), "questions must be a list of texts that are not empty", id="text"
        ),
        pytest.param(json.dumps({**ROW, "questions": [1]}), "questions must be a list of texts", id="numbers"),
        pytest.param(
            json.dumps({**ROW, "questions": ["谁？", " "]}), "questions must be a list of texts", id="blank-question"
        ),
    ],
)
def test_malformed_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "a.questions.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{line}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=rf"^a\.questions\.jsonl:2: .*{re.escape(message)}"):
        read_questions(path)


def test_attach_collects_the_lines_of_one_clause() -> None:
    expected = [
        entry("doc/财务部/2", "报税。", "谁报税？"),
        entry("doc/财务部/1", "记账。", "谁记账？"),
        entry("doc/财务部/2", "报税。", "税归谁？"),
    ]
    assert attach(DOCUMENT, expected) == ({"doc/财务部/2": ("谁报税？", "税归谁？"), "doc/财务部/1": ("谁记账？",)}, ())


def test_attach_reports_questions_of_no_clause() -> None:
    message = "2 expected questions, but the document has no such clause; correct the clause_id or delete the line"
    assert attach(DOCUMENT, [entry("doc/财务部/9", "记账。", "谁？", "哪个？", line=4)]) == (
        {},
        (Finding("orphan_questions", 4, f"doc/财务部/9: {message}"),),
    )


def test_attach_reports_questions_for_other_wording() -> None:
    message = (
        f"1 expected questions were written for other wording; review them and set digest to {text_digest('记账。')}"
    )
    assert attach(DOCUMENT, [entry("doc/财务部/1", "记帐。", "谁？")]) == (
        {},
        (Finding("orphan_questions", 1, f"doc/财务部/1: {message}"),),
    )


def test_shipped_questions_cover_every_clause_eight_times_or_more() -> None:
    path = SHIPPED / "telecom-branch.txt"
    document = load_document(path)
    attached, orphans = attach(document, read_questions(questions_path(path)))
    assert min(len(attached.get(clause.id, ())) for clause in document.clauses) >= 8
    assert len({question for questions in attached.values() for question in questions}) > 4000
    assert orphans == ()
