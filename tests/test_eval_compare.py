"""Ablations: what changed between two runs, and that each configuration really lacks what its name says."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.load import Corpus, load_corpus
from eval.compare import COMPARED, Difference, dense_only, differences, lexical_only, run_configurations
from eval.gold import Relevant
from eval.run import Outcome
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.hits import Hits
from indexer.index import Index, open_index
from indexer.passages import clause_text
from retriever.fuse import Views
from tests.test_eval_run import CASHIER, RECRUITER, asked, made


def right(count: int) -> list[Outcome]:
    return [made(asked(f"问题{number}", Relevant(CASHIER, ("1",), 2), name=f"q{number}")) for number in range(count)]


def second_best(outcome: Outcome) -> Outcome:
    return dataclasses.replace(outcome, posts=("x", *outcome.posts))


def test_equal_runs_do_not_differ() -> None:
    assert differences(right(5), right(5)) == [Difference(metric, 1.0, 1.0, 1.0, (), ()) for metric in COMPARED]


def test_means_p_and_the_questions_that_changed() -> None:
    """Of ten, q0 to q7 lose the first place and q9 wins it."""
    full, other = right(10), [second_best(outcome) for outcome in right(8)] + right(10)[8:]
    full[9] = second_best(full[9])
    found = {difference.metric: difference for difference in differences(full, other)}
    hit = found["hit@1"]
    assert (hit.full, hit.other) == pytest.approx((0.9, 0.2))
    assert hit.lost == tuple(f"q{number}" for number in range(8))
    assert hit.won == ("q9",)
    assert hit.p == pytest.approx(2 * (1 + 9) / 2**9, abs=0.012)  # of 9 signs, none or one against the rest
    assert found["MRR@10"].other == pytest.approx((8 * 0.5 + 2) / 10)
    assert found["hit@3"] == Difference("hit@3", 1.0, 1.0, 1.0, (), ())


def test_the_difference_is_the_same_from_both_sides() -> None:
    full, other = right(6), [second_best(outcome) for outcome in right(6)]
    for one, two in zip(differences(full, other), differences(other, full), strict=True):
        assert (one.full, one.other, one.p, one.lost, one.won) == (two.other, two.full, two.p, two.won, two.lost)


def test_unanswerable_questions_do_not_count() -> None:
    nothing = [made(asked("天气", name="none"))]
    assert [found.full for found in differences(right(2) + nothing, right(2) + nothing)] == [1.0] * len(COMPARED)
    assert differences(nothing, nothing) == []


@pytest.mark.parametrize("other", [right(2), right(3)[::-1], []], ids=["fewer", "order", "none"])
def test_runs_of_different_questions_are_refused(other: list[Outcome]) -> None:
    with pytest.raises(ValueError, match="different questions"):
        differences(right(3), other)


def test_one_sided_views_keep_one_side() -> None:
    views = Views(*(Hits(np.array([number]), np.array([0.5], np.float32)) for number in range(3)))
    dense, lexical = dense_only(views), lexical_only(views)
    assert [found.ordinals.tolist() for found in dense] == [[0], [1], []]
    assert [found.ordinals.tolist() for found in lexical] == [[], [], [2]]


SALARY = asked("这个月工钱找谁领", Relevant(CASHIER, ("1",), 2), name="slang")
LETTERS = asked("保管印章", Relevant(CASHIER, ("2",), 2), name="letters")
HIRING = asked("想招几个新人", Relevant(RECRUITER, ("1",), 2), name="hiring")
GOLD = [SALARY, LETTERS, HIRING]


@pytest.fixture
def asked_corpus(small_document: Path) -> Corpus:
    """The small document, where one clause is known to be asked for in slang."""
    return dataclasses.replace(
        load_corpus([small_document]), asked_as={"small/财务部/出纳/1": ("工钱找谁领", "工资谁发")}
    )


@pytest.fixture
def asked_index(asked_corpus: Corpus, tmp_path: Path, encoder: Encoder) -> Iterator[Index]:
    build_index(asked_corpus, encoder, tmp_path / "asked")
    index = open_index(tmp_path / "asked", encoder)
    yield index
    index.store.close()


def test_each_configuration_lacks_what_its_name_says(
    asked_corpus: Corpus, asked_index: Index, encoder: Encoder
) -> None:
    stages: set[str] = set()
    encoders = {"model in use": encoder, "base model": encoder}
    runs = run_configurations(GOLD, asked_corpus, encoders, lambda stage, done, total: stages.add(stage))
    assert list(runs) == [
        f"{side}, {variant}, {model}"
        for model in ("model in use", "base model")
        for variant in ("expected questions", "no expected questions")
        for side in ("hybrid", "dense only", "BM25 only")
    ]
    assert set(runs) <= stages
    for name, outcomes in runs.items():
        assert [outcome.gold for outcome in outcomes] == GOLD
        if name.endswith("model in use"):
            twin = runs[name.replace("model in use", "base model")]
            assert [outcome.clauses for outcome in twin] == [outcome.clauses for outcome in outcomes]

    dense = runs["dense only, no expected questions, model in use"]
    bare = runs["BM25 only, no expected questions, model in use"]
    expanded = runs["BM25 only, expected questions, model in use"]
    # The slang shares 找 with no clause that helps, and everything with the expected question.
    assert expanded[0].clauses[0] == "small/财务部/出纳/1"
    assert "small/财务部/出纳/1" not in bare[0].clauses[:1]
    assert expanded[0].scores["hit@1"] == 1
    assert bare[0].scores["hit@1"] == 0
    # No abstention is among what is compared: dense vectors find something for any question.
    assert not any(outcome.abstained for outcome in dense)
    # Dense only is the order of the clauses' own vectors, words or not.
    clauses = asked_corpus.clauses
    vectors = encoder.encode_passages([clause_text(clause) for clause in clauses])
    for outcome in dense:
        nearest = clauses[int(np.argmax(vectors @ encoder.encode_question(outcome.gold.question)))]
        assert nearest.id in outcome.clauses[:3]
        assert len(outcome.clauses) == len(clauses)
    # BM25 only finds none but clauses that share a token with the question.
    tokeniser = asked_index.tokeniser
    texts = {clause.id: set(tokeniser.tokens(clause_text(clause))) for clause in clauses}
    for outcome in bare:
        tokens = set(tokeniser.tokens(outcome.gold.question))
        assert all(tokens & texts[clause] for clause in outcome.clauses), outcome
    assert bare[1].clauses[0] == "small/财务部/出纳/2"
    # Nothing shares a token with the third question, so nothing is found, which scores 0.
    assert (bare[2].posts, bare[2].clauses, bare[2].scores["MRR@10"]) == ((), (), 0)
