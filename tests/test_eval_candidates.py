"""Feedback becomes gold only through a person.

What is proposed, what is refused, and that the gold file is left alone.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DocumentError, NotFoundError
from corpus.load import load_corpus
from eval.candidates import accept, candidates
from eval.gold import GoldQuestion, Kind, read_gold
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.index import Index, open_index
from tests.conftest import SMALL

FEEDBACK: dict[str, Any] = {
    "answer_id": "f1",
    "question": "报销的钱找谁领",
    "verdict": "wrong",
    "department": "财务部",
    "position": "出纳",
    "comment": "不是会计",
}
POSTS = [{"department": "财务部", "position": None}, {"department": "财务部", "position": "会计"}]
OLD: dict[str, Any] = {
    "id": "old",
    "question": "公章在谁手里",
    "kind": "everyday",
    "relevant": [{"department": "财务部", "position": "出纳", "clauses": ["2"], "grade": 2}],
}
REVIEWED: dict[str, Any] = {
    **OLD,
    "id": "feedback-f1",
    "question": "报销的钱找谁领",
    "provenance": {"answer_id": "f1", "verdict": "wrong", "comment": None},
    "accepted": True,
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.txt").write_text(SMALL, encoding="utf-8")
    build_index(load_corpus([folder / "small.txt"]), encoder, folder / "home")
    index = open_index(folder / "home", encoder)
    yield index
    index.store.close()


def write(path: Path, *rows: object) -> Path:
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    return path


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


def test_what_feedback_proposes(tmp_path: Path, small: Index) -> None:
    """A corrected verdict, one that confirms the first post, and one that says nothing of use.

    And what gold has or came before.
    """
    right = {"answer_id": "f2", "question": " 年底的账谁来算 ", "verdict": "right", "posts": POSTS}
    known = GoldQuestion("k", "谁盖章", Kind.EVERYDAY, (), (), 1)
    feedback = write(
        tmp_path / "feedback.jsonl",
        FEEDBACK,
        right,
        {"answer_id": "f3", "question": "谁管食堂", "verdict": "wrong"},
        {"answer_id": "f4", "question": "谁管食堂", "verdict": "right", "posts": []},
        {"answer_id": "f5", "question": "谁盖章", "verdict": "right", "posts": POSTS},
        {**FEEDBACK, "answer_id": "f6", "department": "人事部", "position": "招聘专员"},
        {"answer_id": "f7", "question": "谁管招聘", "verdict": "wrong", "department": "人事部", "posts": POSTS},
    )
    found = candidates(feedback, [known], small)
    assert found == [
        {
            "id": "feedback-f1",
            "question": "报销的钱找谁领",
            "kind": "everyday",
            "relevant": [{"department": "财务部", "position": "出纳", "clauses": [], "grade": 2}],
            "provenance": {"answer_id": "f1", "verdict": "wrong", "comment": "不是会计"},
            "accepted": False,
        },
        {
            "id": "feedback-f2",
            "question": "年底的账谁来算",
            "kind": "everyday",
            "relevant": [{"department": "财务部", "position": None, "clauses": [], "grade": 2}],
            "provenance": {"answer_id": "f2", "verdict": "right", "comment": None},
            "accepted": False,
        },
        {
            "id": "feedback-f7",
            "question": "谁管招聘",
            "kind": "everyday",
            "relevant": [{"department": "人事部", "position": None, "clauses": [], "grade": 2}],
            "provenance": {"answer_id": "f7", "verdict": "wrong", "comment": None},
            "accepted": False,
        },
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**FEEDBACK, "position": "厨师"}, "财务部·厨师 is in no document of this index"),
        ({**FEEDBACK, "department": "后勤部", "position": None}, "后勤部 is in no document of this index"),
        (
            {
                "answer_id": "x",
                "question": "x",
                "verdict": "right",
                "posts": [{"department": "食堂", "position": None}],
            },
            "食堂 is in no",
        ),
        ({**FEEDBACK, "verdict": "maybe"}, "verdict 'maybe'; allowed: right, wrong"),
        (without(FEEDBACK, "verdict"), "verdict is missing or no text"),
        (without(FEEDBACK, "question"), "question is missing or no text"),
        ({**FEEDBACK, "answer_id": None}, "answer_id is missing or no text"),
        (
            {"answer_id": "x", "question": "x", "verdict": "right", "posts": ["财务部"]},
            "posts must be a list of objects",
        ),
        ("{", "expected a JSON object"),
        ("[]", "expected a JSON object"),
    ],
)
def test_bad_feedback_is_refused_with_its_line(tmp_path: Path, small: Index, row: object, reason: str) -> None:
    """Blank lines are passed over, and counted."""
    with pytest.raises(DocumentError) as refusal:
        candidates(write(tmp_path / "feedback.jsonl", FEEDBACK, "", row), [], small)
    assert refusal.value.message.startswith("feedback.jsonl:3: ")
    assert reason in refusal.value.message


def test_missing_files_are_refused(tmp_path: Path, small: Index) -> None:
    with pytest.raises(NotFoundError, match=r"no such file: .*none.jsonl"):
        candidates(tmp_path / "none.jsonl", [], small)
    with pytest.raises(NotFoundError, match=r"no such file: .*none.jsonl"):
        accept(tmp_path / "none.jsonl", tmp_path / "gold.jsonl", [])


@pytest.mark.parametrize("accepted", [False, None, "true", 1])
def test_nothing_enters_gold_unless_accepted_is_true(tmp_path: Path, accepted: object) -> None:
    gold = write(tmp_path / "gold.jsonl", OLD)
    before = gold.read_bytes()
    reviewed = write(tmp_path / "reviewed.jsonl", {**REVIEWED, "accepted": accepted}, without(REVIEWED, "accepted"))
    assert accept(reviewed, gold, []) == (0, [])
    assert gold.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold.jsonl", "reviewed.jsonl"]


# Spacing, escapes and line ends that a rewrite would not keep.
ODD = b'{"question":"\\u516c\\u7ae0", "id": "old",  "kind":"none","relevant":[ ],"note":"\xe6\x97\xa7"}'


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""], ids=["lf", "crlf", "no end"])
def test_accepted_questions_are_added_and_the_rest_is_kept_byte_for_byte(tmp_path: Path, end: bytes) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_bytes(ODD + end)
    follow_up = {
        **without(REVIEWED, "provenance"),
        "id": "second",
        "question": "那支票呢",
        "kind": "followup",
        "history": [{"role": "user", "content": "谁管章"}],
    }
    reviewed = write(tmp_path / "reviewed.jsonl", REVIEWED, {**REVIEWED, "id": "no", "accepted": False}, follow_up)
    assert accept(reviewed, gold, []) == (2, [])
    added = (
        '{"id": "feedback-f1", "question": "报销的钱找谁领", "kind": "everyday", '
        '"relevant": [{"department": "财务部", "position": "出纳", "clauses": ["2"], "grade": 2}]}\n'
    )
    content = gold.read_bytes()
    assert content.startswith(ODD + (end or b"\n") + added.encode())
    read = read_gold(gold)
    assert [question.id for question in read] == ["old", "feedback-f1", "second"]
    assert [dict(turn) for turn in read[2].history] == follow_up["history"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold.jsonl", "reviewed.jsonl"]


def test_the_first_accepted_question_makes_the_gold_file(tmp_path: Path) -> None:
    assert accept(write(tmp_path / "reviewed.jsonl", REVIEWED), tmp_path / "gold.jsonl", []) == (1, [])
    (question,) = read_gold(tmp_path / "gold.jsonl")
    assert (question.id, question.question) == ("feedback-f1", "报销的钱找谁领")


def test_what_is_accepted_and_still_refused(tmp_path: Path) -> None:
    """No clause, a near-copy of what the system was given, an id that gold or this file has; the good one goes in."""
    gold = write(tmp_path / "gold.jsonl", OLD)
    before = gold.read_bytes()
    reviewed = write(
        tmp_path / "reviewed.jsonl",
        {**REVIEWED, "relevant": [*OLD["relevant"], {**OLD["relevant"][0], "position": None, "clauses": []}]},
        {**REVIEWED, "id": "copy", "question": "现金支票找谁领取"},
        {**REVIEWED, "id": "old"},
        {**REVIEWED, "id": "good", "question": "差旅费去哪儿要"},
        {**REVIEWED, "id": "good", "question": "谁来结一下工程款"},
    )
    added, refused = accept(reviewed, gold, ["谁管食堂", "现金支票找谁领用？"])
    assert added == 1
    assert refused == [
        "reviewed.jsonl:1: no clause is marked; name the numbers that say so",
        "reviewed.jsonl:2: a near-copy (0.75) of the expected question '现金支票找谁领用？'",
        "reviewed.jsonl:3: id 'old' is in gold.jsonl already",
        "reviewed.jsonl:5: id 'good' is in gold.jsonl already",
    ]
    assert gold.read_bytes().startswith(before)
    assert [question.question for question in read_gold(gold)] == ["公章在谁手里", "差旅费去哪儿要"]


def test_an_accepted_question_that_nothing_covers(tmp_path: Path) -> None:
    row = {**REVIEWED, "kind": "none", "relevant": []}
    assert accept(write(tmp_path / "reviewed.jsonl", row), tmp_path / "gold.jsonl", []) == (1, [])
    assert read_gold(tmp_path / "gold.jsonl")[0].kind is Kind.NONE


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**REVIEWED, "kind": "slang"}, "'slang' is not a valid Kind"),
        ({**REVIEWED, "question": " "}, "the question is empty"),
        (without(REVIEWED, "relevant"), "KeyError('relevant')"),
        ("{", "expected a JSON object"),
    ],
)
def test_a_bad_accepted_line_is_refused_and_nothing_is_written(tmp_path: Path, row: object, reason: str) -> None:
    gold = write(tmp_path / "gold.jsonl", OLD)
    before = gold.read_bytes()
    with pytest.raises(DocumentError) as refusal:
        accept(write(tmp_path / "reviewed.jsonl", REVIEWED, row), gold, [])
    assert refusal.value.message.startswith("reviewed.jsonl:2: ")
    assert reason in refusal.value.message
    assert gold.read_bytes() == before


def test_a_malformed_gold_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", OLD, "{")
    before = gold.read_bytes()
    with pytest.raises(DocumentError, match=r"^gold.jsonl:2: not a gold question"):
        accept(write(tmp_path / "reviewed.jsonl", REVIEWED), gold, [])
    assert gold.read_bytes() == before


def test_a_mark_that_the_index_does_not_have_is_refused(tmp_path: Path, index: Index) -> None:
    row = {
        "id": "feedback-9",
        "question": "开年会的礼品谁去领",
        "kind": "everyday",
        "relevant": [{"department": "市场部", "position": "互联互通", "clauses": ["99"], "grade": 2}],
        "accepted": True,
    }
    reviewed = tmp_path / "reviewed.jsonl"
    reviewed.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    added, refused = accept(reviewed, tmp_path / "gold.jsonl", [], index)
    assert added == 0
    assert refused == ["reviewed.jsonl:1: feedback-9 marks clause 99 of 市场部·互联互通; it has 1, 2, 3, 4, 5"]
    assert not (tmp_path / "gold.jsonl").exists()
