"""The leak check: near-copies are found, others are not, and nothing is missed for the sake of speed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.gold import GoldQuestion, Kind
from eval.leaks import Leak, leaks

texts = st.text(alphabet="现金谁领？", min_size=1, max_size=8).filter(lambda text: text.strip("？") != "")


def asked(text: str, name: str = "a") -> GoldQuestion:
    return GoldQuestion(name, text, Kind.NONE, (), (), 1)


def pairs(text: str) -> set[str]:
    letters = text.replace("？", "")
    return {letters[place : place + 2] for place in range(len(letters) - 1)} or {letters}


def test_a_near_copy_is_named_with_its_similarity() -> None:
    """Seven bigrams each, six of them in common."""
    found = list(leaks([asked("现金支票找谁领取", "gz-1")], ["报销找谁", "现金支票找谁领用？"]))
    assert found == [Leak("gz-1", "现金支票找谁领取", "现金支票找谁领用？", 6 / 8)]


@pytest.mark.parametrize(
    ("gold", "given_text", "leaked"),
    [
        ("谁管现金", "谁管现金", True),
        ("谁管现金？", "谁，管现金。", True),
        ("VIP客户找谁", "vip客户找谁", True),
        ("ＶＩＰ客户找谁", "VIP客户找谁", True),
        ("abcdef", "abcdxy", False),  # 3 of 7
        ("abcde", "abcdx", True),  # 3 of 5: just the limit
        ("abcd", "abcx", False),  # 2 of 4
        ("谁管现金", "现金归谁", False),
    ],
)
def test_what_counts_as_a_near_copy(gold: str, given_text: str, leaked: bool) -> None:
    assert bool(list(leaks([asked(gold)], [given_text]))) is leaked


def test_each_copy_of_a_question_is_named_once() -> None:
    found = list(leaks([asked("谁管现金"), asked("谁管账本", "b")], ["谁管现金", "谁管账本", "谁管现金", "谁管现金啊"]))
    assert [(leak.gold_id, leak.given) for leak in found] == [("a", "谁管现金"), ("a", "谁管现金啊"), ("b", "谁管账本")]


def test_nothing_given_nothing_leaks() -> None:
    assert list(leaks([asked("谁管现金")], [])) == []


@settings(deadline=None, max_examples=200)
@given(st.lists(texts, max_size=6), st.lists(texts, max_size=6, unique=True))
def test_leaks_are_those_of_all_pairs(gold: list[str], given_texts: list[str]) -> None:
    expected = [
        (str(number), other)
        for number, text in enumerate(gold)
        for other in given_texts
        if 10 * len(pairs(text) & pairs(other)) >= 6 * len(pairs(text) | pairs(other))
    ]
    questions = [asked(text, str(number)) for number, text in enumerate(gold)]
    assert [(leak.gold_id, leak.given) for leak in leaks(questions, given_texts)] == expected
