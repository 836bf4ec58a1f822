"""A build takes over what did not change, and says the same as one from nothing."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.load import Corpus, load_corpus
from indexer.build import build_index
from indexer.dense import DenseIndex
from indexer.encoders.encoder import Encoder, Progress, Vectors
from indexer.index import CLAUSE_VECTORS, OUTSIDE_VECTORS, QUESTION_VECTORS, Index, open_index
from indexer.passages import clause_text
from indexer.versions import IndexPaths
from retriever.retriever import Retriever
from tests.conftest import SMALL


class OneByOne:
    """The shipped encoder, each text by itself: in batches a vector depends a little on its neighbours. It counts."""

    def __init__(self, inner: Encoder) -> None:
        self.name, self.identity, self.dimension = inner.name, inner.identity, inner.dimension
        self.encode_question = inner.encode_question
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.encoded += texts
        return np.array([self.encode_question(text) for text in texts], dtype=np.float32)


@pytest.fixture(scope="module")
def alone(encoder: Encoder) -> OneByOne:
    return OneByOne(encoder)


def corpus_of(folder: Path, text: str, questions: Sequence[str] = (), outside: Sequence[str] = ()) -> Corpus:
    """A corpus of one document; the questions are asked about its first clause."""
    folder.mkdir(exist_ok=True)
    (folder / "small.txt").write_text(text, encoding="utf-8")
    clause = load_corpus([folder]).clauses[0]
    row = {"clause_id": clause.id, "digest": clause.digest, "provenance": "hand", "questions": list(questions)}
    (folder / "small.questions.jsonl").write_text(json.dumps(row) if questions else "", encoding="utf-8")
    (folder / "small.outside").write_text("\n".join(outside), encoding="utf-8")
    return load_corpus([folder])


def folder_of(home: Path) -> Path:
    name = IndexPaths(home).current_version()
    assert name is not None
    return IndexPaths(home).version(name)


def assert_same_index(one: Path, other: Path, encoder: Encoder) -> None:
    for kind in (CLAUSE_VECTORS, QUESTION_VECTORS, OUTSIDE_VECTORS):
        for name in ("vectors.faiss", "texts.npy"):
            assert (one / kind / name).read_bytes() == (other / kind / name).read_bytes(), (kind, name)
        assert DenseIndex.load(one / kind).scale == DenseIndex.load(other / kind).scale
    words = [json.loads((folder / "dictionary.json").read_text(encoding="utf-8")) for folder in (one, other)]
    known = [{word: count for word, count in content["frequencies"].items() if count} for content in words]
    assert known[0] == known[1]
    assert words[0]["total"] == words[1]["total"]
    tokens = [np.load(folder / "tokens.npz") for folder in (one, other)]
    for name in ("texts", "words", "ends", "numbers", "vocabulary"):
        assert np.array_equal(tokens[0][name], tokens[1][name]), name


LINES = SMALL.splitlines()
DUTIES = [number for number, line in enumerate(LINES) if line[0].isdigit()]
WORDINGS = ["审核合同。", "编制年度预算。", "办理现金收付。", "组织安全生产检查和隐患整改。", "VIP客户接待。"]


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.sampled_from(DUTIES), st.sampled_from(WORDINGS)), max_size=4),
    questions=st.lists(st.sampled_from(WORDINGS), max_size=2),
    new_post=st.booleans(),
)
def test_a_build_on_an_earlier_one_is_the_same_as_one_from_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    alone: OneByOne,
    edits: list[tuple[int, str]],
    questions: list[str],
    new_post: bool,
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    build_index(
        corpus_of(folder / "documents", SMALL, ["谁管钱？", "谁管账？"], ["谁修电梯？"]), alone, folder / "earlier"
    )
    lines = list(LINES)
    for number, wording in edits:
        lines[number] = lines[number][:2] + wording
    text = "\n".join([*lines, *(["（二）培训专员", "1.组织岗前培训。"] if new_post else [])])
    changed = corpus_of(folder / "documents", text, questions, ["谁修电梯？", "食堂几点开饭？"])
    build_index(changed, alone, folder / "earlier")
    build_index(changed, alone, folder / "nothing")
    assert_same_index(folder_of(folder / "earlier"), folder_of(folder / "nothing"), alone)


def test_only_what_changed_is_encoded(tmp_path: Path, encoder: Encoder) -> None:
    alone = OneByOne(encoder)
    home = tmp_path / "home"
    build_index(corpus_of(tmp_path / "a", SMALL, ["谁管钱？"], ["谁修电梯？"]), alone, home)
    alone.encoded.clear()
    build_index(corpus_of(tmp_path / "a", SMALL, ["谁管钱？"], ["谁修电梯？"]), alone, home)
    assert alone.encoded == []
    build_index(
        corpus_of(tmp_path / "a", SMALL.replace("登记账簿", "装订账簿"), ["谁管钱？"], ["谁修空调？"]), alone, home
    )
    assert alone.encoded[:2] == ["财务部会计：装订账簿，编制报表。", "谁修空调？"]


@pytest.mark.parametrize("damage", ["clauses/texts.npy", "clauses/vectors.faiss", "tokens.npz", "manifest.json"])
def test_nothing_is_taken_from_a_damaged_version(tmp_path: Path, encoder: Encoder, damage: str) -> None:
    alone = OneByOne(encoder)
    home = tmp_path / "home"
    build_index(corpus_of(tmp_path / "a", SMALL), alone, home)
    content = bytearray((folder_of(home) / damage).read_bytes())
    content[len(content) // 2] ^= 255
    (folder_of(home) / damage).write_bytes(bytes(content))
    alone.encoded.clear()
    build_index(corpus_of(tmp_path / "a", SMALL), alone, home)
    assert len(alone.encoded) == 8
    open_index(home, alone).store.close()


def test_nothing_is_taken_from_a_version_of_another_model(tmp_path: Path, encoder: Encoder) -> None:
    home = tmp_path / "home"
    build_index(corpus_of(tmp_path / "a", SMALL), OneByOne(encoder), home)
    own = {clause_text(clause) for clause in corpus_of(tmp_path / "a", SMALL).clauses}
    other = OneByOne(encoder)
    other.identity = "f" * 64
    build_index(corpus_of(tmp_path / "a", SMALL), other, home)
    assert len([text for text in other.encoded if text in own]) == 8


def test_the_shipped_corpus_answers_alike_after_a_build_that_changed_nothing(
    index: Index, home: Path, corpus: Corpus, encoder: Encoder, tmp_path: Path
) -> None:
    shutil.copytree(home, tmp_path / "home")
    build_index(corpus, encoder, tmp_path / "home")
    assert_same_index(folder_of(tmp_path / "home"), folder_of(home), encoder)
    before, after = Retriever(index, encoder), Retriever(open_index(tmp_path / "home", encoder), encoder)
    for question in ("佣金怎么结算，找谁", "谁修电梯", "投诉处理"):
        assert [str(post.post) for post in after.ask(question).posts] == [
            str(post.post) for post in before.ask(question).posts
        ]
