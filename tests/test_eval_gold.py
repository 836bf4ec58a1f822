"""Gold files: what the shipped ones cover, and that a bad one is refused with file, line and reason."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DocumentError, NotFoundError
from corpus.load import Corpus
from corpus.model import Post
from eval.gold import GoldQuestion, Kind, Relevant, read_gold
from eval.leaks import leaks
from eval.run import check_gold
from indexer.index import Index

GOLD = Path(__file__).parent.parent / "eval" / "gold"
LINE: dict[str, Any] = {
    "id": "a",
    "question": "现金找谁领",
    "kind": "everyday",
    "relevant": [{"department": "财务部", "position": "出纳", "clauses": ["1"], "grade": 2}],
}


@pytest.fixture(scope="module")
def dev() -> list[GoldQuestion]:
    return read_gold(GOLD / "dev.jsonl")


@pytest.fixture(scope="module")
def held_out() -> list[GoldQuestion]:
    return read_gold(GOLD / "test.jsonl")


@pytest.fixture(scope="module")
def shipped(dev: list[GoldQuestion], held_out: list[GoldQuestion]) -> list[GoldQuestion]:
    return [*dev, *held_out]


def owned(questions: list[GoldQuestion]) -> set[tuple[Post, str]]:
    """The clauses that some question has at grade 2. A role question marks whole posts, so it does not count."""
    return {
        (relevant.post, number)
        for question in questions
        if question.kind is not Kind.ROLE
        for relevant in question.relevant
        if relevant.grade == 2
        for number in relevant.clauses
    }


def test_there_are_enough_questions_of_every_kind(shipped: list[GoldQuestion]) -> None:
    kinds = Counter(question.kind for question in shipped)
    assert kinds[Kind.NONE] >= 150
    assert len(shipped) - kinds[Kind.NONE] >= 400
    assert 2 * kinds[Kind.EVERYDAY] >= len(shipped) - kinds[Kind.NONE]
    assert {kind: count for kind, count in kinds.items() if count < 30} == {}
    assert set(kinds) == set(Kind)


def test_both_splits_have_answerable_and_unanswerable_questions(
    dev: list[GoldQuestion], held_out: list[GoldQuestion]
) -> None:
    for questions in (dev, held_out):
        assert {question.kind for question in questions} == set(Kind)
        assert sum(not question.relevant for question in questions) >= 75


def test_every_post_and_department_owns_some_question(shipped: list[GoldQuestion], corpus: Corpus) -> None:
    asked = {relevant.post for question in shipped for relevant in question.relevant if relevant.grade == 2}
    assert {post for document in corpus.documents for post in document.posts} - asked == set()
    assert {post.department for post in asked} == {
        "市场部",
        "公众客户部",
        "政企客户部",
        "客户服务部",
        "10000号运营中心",
    }


def test_no_clause_is_asked_for_in_both_splits(dev: list[GoldQuestion], held_out: list[GoldQuestion]) -> None:
    assert owned(dev) & owned(held_out) == set()
    assert len(owned(dev)) > 50
    assert len(owned(held_out)) > 50


def test_ids_and_questions_are_unique_over_both_splits(shipped: list[GoldQuestion]) -> None:
    assert [name for name, count in Counter(question.id for question in shipped).items() if count > 1] == []
    asked = Counter((question.question, str(question.history)) for question in shipped)
    assert [text for text, count in asked.items() if count > 1] == []


def test_no_question_is_a_near_copy_of_an_expected_one(shipped: list[GoldQuestion], corpus: Corpus) -> None:
    given = [question for questions in (*corpus.asked_as.values(), *corpus.outside.values()) for question in questions]
    assert len(given) >= 7000
    assert [(leak.gold_id, leak.given) for leak in leaks(shipped, given)] == []


def test_every_marked_post_and_clause_is_in_the_corpus(
    dev: list[GoldQuestion], held_out: list[GoldQuestion], index: Index
) -> None:
    check_gold(dev, index, "dev.jsonl")
    check_gold(held_out, index, "test.jsonl")


def test_every_question_has_one_owner_and_names_a_post_once(shipped: list[GoldQuestion]) -> None:
    for question in shipped:
        assert not question.relevant or 2 in question.posts.values(), question.id
        assert len(question.posts) == len(question.relevant), question.id
        assert all(relevant.clauses for relevant in question.relevant), question.id


def test_a_follow_up_has_a_history(shipped: list[GoldQuestion]) -> None:
    assert [question.id for question in shipped if question.kind is Kind.FOLLOWUP and not question.history] == []


def write(path: Path, *rows: object) -> Path:
    """A gold file of these lines: objects as JSON, texts as they are."""
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    return path


def relevant(**changes: object) -> dict[str, Any]:
    return {**LINE, "relevant": [{**LINE["relevant"][0], **changes}]}


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


def test_a_question_with_all_its_parts(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "谁管现金"}, {"role": "assistant", "content": "出纳"}]
    marked = [
        {"department": "财务部", "position": None, "clauses": [2, "9.1"], "grade": 2},
        {"department": "人事部", "position": "招聘专员", "clauses": ["2"], "grade": 1},
    ]
    row = {
        "id": "b",
        "question": "那支票呢",
        "kind": "followup",
        "relevant": marked,
        "history": turns,
        "topic": "ignored",
    }
    first, second = read_gold(write(tmp_path / "g.jsonl", LINE, row))
    assert first == GoldQuestion(
        "a", "现金找谁领", Kind.EVERYDAY, (Relevant(Post("财务部", "出纳"), ("1",), 2),), (), 1
    )
    assert second.relevant == (
        Relevant(Post("财务部", None), ("2", "9.1"), 2),
        Relevant(Post("人事部", "招聘专员"), ("2",), 1),
    )
    assert second.posts == {Post("财务部", None): 2, Post("人事部", "招聘专员"): 1}
    assert (second.line, list(second.history)) == (2, turns)


def test_an_unanswerable_question(tmp_path: Path) -> None:
    (question,) = read_gold(write(tmp_path / "g.jsonl", {**LINE, "kind": "none", "relevant": []}))
    assert (question.kind, question.posts) == (Kind.NONE, {})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "JSONDecodeError"),
        ("", "JSONDecodeError"),
        ("[1]", "not a gold question"),
        (without(LINE, "id"), "KeyError('id')"),
        (without(LINE, "question"), "KeyError('question')"),
        (without(LINE, "kind"), "KeyError('kind')"),
        (without(LINE, "relevant"), "KeyError('relevant')"),
        ({**LINE, "relevant": [without(LINE["relevant"][0], "position")]}, "KeyError('position')"),
        ({**LINE, "id": None}, "None is not a text"),
        ({**LINE, "question": None}, "None is not a text"),
        ({**LINE, "question": " \t"}, "the question is empty"),
        ({**LINE, "kind": "slang"}, "'slang' is not a valid Kind"),
        (relevant(grade=3), "grade 3 is neither 1 nor 2"),
        (relevant(grade=0), "grade 0 is neither 1 nor 2"),
        (relevant(grade="2"), "grade '2' is neither 1 nor 2"),
        (relevant(clauses="10"), "clauses '10' is not a list of numbers"),
        ({**LINE, "kind": "none"}, "kind none with 1 relevant posts; only none has no post"),
        ({**LINE, "relevant": []}, "kind everyday with 0 relevant posts; only none has no post"),
        ({**LINE, "history": [{"role": "user"}]}, "KeyError('content')"),
        (LINE, "id 'a' is already used in this file"),
    ],
)
def test_a_bad_line_is_refused_with_file_line_and_reason(tmp_path: Path, row: object, reason: str) -> None:
    path = write(tmp_path / "mine.jsonl", LINE, {**LINE, "id": "b"}, row)
    with pytest.raises(DocumentError) as refusal:
        read_gold(path)
    assert refusal.value.message.startswith("mine.jsonl:3: ")
    assert reason in refusal.value.message


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(json.dumps(LINE).encode() + b"\n" + json.dumps(LINE, ensure_ascii=False).encode("gb18030"))
    with pytest.raises(DocumentError, match=r"^mine.jsonl:2: not a gold question"):
        read_gold(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"mine.jsonl: the file has no question"):
        read_gold(write(tmp_path / "mine.jsonl"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no gold file .*mine.jsonl"):
        read_gold(tmp_path / "mine.jsonl")
