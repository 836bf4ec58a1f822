"""Other organisations and their questions."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.model import Post
from eval import organisations
from eval.gold import Kind, read_gold
from eval.leaks import leaks
from eval.organisations import OTHER, read_organisations
from eval.reading import LABELS
from indexer.background import read_bank

EVERYDAY, UNCOVERED = 25, 15  # at least so many questions of an organisation


def questions_of_documents() -> list[Path]:
    return sorted((OTHER / "documents").glob("*.jsonl"))


def test_there_are_fifteen_and_more_with_enough_questions() -> None:
    paths = questions_of_documents()
    assert len(paths) >= 15
    for path in paths:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        kinds = [row["kind"] for row in rows]
        assert kinds.count("everyday") >= EVERYDAY
        assert kinds.count("none") >= UNCOVERED
        assert all(bool(row["lines"]) == (row["kind"] != "none") for row in rows)
        assert len({row["id"] for row in rows}) == len({row["question"] for row in rows}) == len(rows)
        assert (LABELS / f"{path.stem}.tsv").exists()


def test_the_invented_ones_have_both_kinds_and_right_posts() -> None:
    for organisation in read_organisations(()):
        kinds = [question.kind for question in organisation.questions]
        assert kinds.count(Kind.EVERYDAY) >= EVERYDAY
        assert kinds.count(Kind.NONE) >= UNCOVERED
        posts = {clause.post for clause in organisation.corpus.clauses}
        for question in organisation.questions:
            assert question.posts <= posts
            assert bool(question.posts) == question.covered == (question.kind is not Kind.NONE)


def test_a_document_is_asked_as_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, labels, documents = tmp_path / "other", tmp_path / "labels", tmp_path / "documents"
    for folder in (other / "documents", labels, documents):
        folder.mkdir(parents=True)
    (documents / "某校.txt").write_text(
        "财务处职责\n1.收取学费。\n2.发放工资。\n保卫处职责\n1.看守大门。\n", encoding="utf-8"
    )
    (labels / "某校.tsv").write_text("2\t财务处\t\n3\t财务处\t\n5\t保卫处\t\n", encoding="utf-8")
    rows = [
        {"id": "a", "question": "学费交哪", "kind": "everyday", "lines": ["2"]},
        {"id": "b", "question": "大门", "kind": "short", "lines": ["5:保卫处"]},
        {"id": "c", "question": "食堂太咸", "kind": "none", "lines": []},
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (other / "documents" / "某校.jsonl").write_text(text, encoding="utf-8")
    monkeypatch.setattr(organisations, "OTHER", other)
    monkeypatch.setattr(organisations, "LABELS", labels)
    (found,) = read_organisations([documents])
    assert [(question.covered, set(question.posts)) for question in found.questions] == [
        (True, {Post("财务处", None)}),
        (True, {Post("保卫处", None)}),
        (False, set()),
    ]
    assert [len(question.clauses) for question in found.questions] == [1, 1, 0]


def test_nothing_that_the_system_was_given_is_asked_of_others() -> None:
    given = {question for duty in read_bank() for question in duty.questions}
    gold = read_gold(OTHER.parent / "gold" / "dev.jsonl")[0]
    asked = [
        row["question"] if "question" in row else row["text"]
        for path in [*OTHER.rglob("questions.jsonl"), *OTHER.rglob("queries.jsonl"), *questions_of_documents()]
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]
    found = leaks([replace(gold, id=str(number), question=text) for number, text in enumerate(asked)], given)
    assert [(leak.gold, leak.given) for leak in found] == []
