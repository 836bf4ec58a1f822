"""A clause's passages: which texts get vectors."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.passages import LONG, passages, sentences
from tests.documents import parse

MEETINGS = "负责全院各类会议的组织、记录和会务保障，编写会议纪要并督促落实；"
CARS = "负责公务用车的调度、保养、年检和驾驶员的日常安全教育；"
SEALS = "管理印章。"
VISITORS = "接待来访（“重要客人。”）"


def test_a_long_clause_has_a_passage_for_each_sentence() -> None:
    clause = parse(f"办公室职责\n1.{MEETINGS}{CARS}{SEALS}{VISITORS}\n", "doc").clauses[0]
    assert passages(clause) == [
        f"办公室：{MEETINGS}{CARS}{SEALS}{VISITORS}",
        f"办公室：{MEETINGS}",
        f"办公室：{CARS}{SEALS}",  # too short to stand alone
        f"办公室：{VISITORS}",
    ]


def test_a_short_clause_and_a_long_sentence_have_one() -> None:
    for text in (SEALS + VISITORS, MEETINGS.replace("；", "，") + CARS):
        clause = parse(f"办公室职责\n1.{text}\n", "doc").clauses[0]
        assert passages(clause) == [f"办公室：{text}"]


@given(st.text(alphabet="职责管。；！?\n”）a ", max_size=3 * LONG))
def test_sentences_make_up_the_text(text: str) -> None:
    spans = sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert len(spans) == 1 or all(start < end for start, end in spans)
