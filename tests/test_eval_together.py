"""Organisations in one home."""

from corpus.model import Post
from eval.beir import corpus_of
from eval.gold import Kind
from eval.organisations import Asked, Organisation
from eval.together import measure
from indexer.encoders.encoder import Encoder
from tests.documents import parse


def organisation(name: str, duty: str, question: str) -> Organisation:
    document = parse(f"{name}章程\n\n办公室职责\n1.负责公章的保管和使用登记。\n2.{duty}\n", name)
    asked = (
        Asked("1", "公章的保管找谁", Kind.EVERYDAY, frozenset({Post("办公室", None)}), {}),
        Asked("2", question, Kind.EVERYDAY, frozenset({Post("办公室", None)}), {}),
        Asked("3", "食堂几点开饭", Kind.NONE, frozenset(), {}),
    )
    return Organisation(name, corpus_of(document), asked)


def test_each_covered_question_is_asked_in_every_way(encoder: Encoder) -> None:
    east = organisation("东湖商会", "组织年会。", "年会谁组织")
    west = organisation("西山学会", "负责期刊的编辑发行。", "期刊谁编辑")
    # Among both the seal is either one's, and the first document's comes first.
    assert measure([west, east], encoder) == [
        [(True, True, True, True), (True, True, True, True)],
        [(True, False, True, True), (True, True, True, True)],
    ]
