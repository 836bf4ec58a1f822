"""A run on real indexes: what is kept of each question, what it scores, and the numbers over all of them."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from corpus.errors import DocumentError
from corpus.load import Corpus, load_corpus
from corpus.model import Clause, Post
from eval.gold import GoldQuestion, Kind, Relevant, read_gold
from eval.run import Outcome, check_gold, clause_ids, run_gold
from eval.summary import Measured, Summary, summarise
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.index import Index, open_index
from retriever.confidence import CEILING, Calibration, Features, Logistic
from retriever.query import Turn
from retriever.retriever import Retriever
from tests.conftest import SMALL

FLAT = Logistic(Features(*[0.0] * len(Features._fields)), bias=1.0)
ANSWER_ALL = Calibration(FLAT, threshold=0.0, threshold_asked=0.0, sure=0.0)


class RefuseAll(Calibration):
    def covers(self, found: Features, *, asks: bool = True) -> bool:
        return False


ABSTAIN = RefuseAll(FLAT, threshold=1.1, threshold_asked=1.1, sure=1.1)

CASHIER, ACCOUNTANT, FINANCE = Post("财务部", "出纳"), Post("财务部", "会计"), Post("财务部", None)
RECRUITER = Post("人事部", "招聘专员")
POST_SCORES = ("hit@1", "hit@3", "MRR@10", "nDCG@5", "answered when answerable")


def asked(
    question: str, *relevant: Relevant, name: str = "a", line: int = 1, history: tuple[Turn, ...] = ()
) -> GoldQuestion:
    return GoldQuestion(name, question, Kind.OFFICIAL if relevant else Kind.NONE, relevant, history, line)


SEALS = asked("保管印章和支票", Relevant(CASHIER, ("2",), 2), name="seals")
TWINS = asked("办理现金收付", Relevant(CASHIER, ("1",), 2), Relevant(RECRUITER, ("2",), 1), name="twins", line=2)
MISLABELLED = asked("登记账簿，编制报表", Relevant(CASHIER, ("2",), 2), name="mislabelled", line=3)
WEATHER = asked("今天天气怎么样", name="weather", line=4)
QUESTIONS = [SEALS, TWINS, MISLABELLED, WEATHER]


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    path = tmp_path_factory.mktemp("small") / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    return load_corpus([path])


@pytest.fixture(scope="module")
def small(small_corpus: Corpus, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("home")
    build_index(small_corpus, encoder, folder)
    index = open_index(folder, encoder)
    yield index
    index.store.close()


def test_outcomes_when_everything_is_answered(small: Index, small_corpus: Corpus, encoder: Encoder) -> None:
    retriever = Retriever(small, encoder, ANSWER_ALL)
    progress: list[tuple[int, int]] = []
    seals, twins, mislabelled, weather = run_gold(
        QUESTIONS, retriever, small_corpus, lambda *done: progress.append(done)
    )
    assert progress == [(1, 4), (2, 4), (3, 4), (4, 4)]

    assert (seals.gold, seals.posts[0], seals.nearest) == (SEALS, "财务部·出纳", ())
    assert seals.clauses == tuple(hit.clause.id for hit in retriever.search("保管印章和支票"))
    assert seals.clauses[0] == "small/财务部/出纳/2"
    assert seals.relevant_clauses == {"small/财务部/出纳/2": 2}
    assert (seals.first_right, seals.abstained) == (True, False)
    assert seals.confidence == pytest.approx(CEILING / (1 + np.exp(-1)))
    assert seals.citations == seals.exact_citations >= 1
    assert seals.milliseconds > 0
    assert seals.scores == {
        **dict.fromkeys(("hit@1", "hit@3", "MRR@10", "nDCG@5", "clause recall@5", "clause recall@10"), 1.0),
        "answered when answerable": 1.0,
        "citation exactness": 1.0,
    }

    assert twins.relevant_clauses == {"small/财务部/出纳/1": 2, "small/人事部/招聘专员/2": 1}
    assert set(twins.posts[:2]) == {"财务部·出纳", "人事部·招聘专员"}
    assert twins.scores["hit@1"] == 1
    assert twins.scores["clause recall@5"] == 1

    assert mislabelled.posts[0] == "财务部·会计"
    assert not mislabelled.first_right
    rank = mislabelled.posts.index("财务部·出纳") + 1 if "财务部·出纳" in mislabelled.posts else None
    assert mislabelled.scores["hit@1"] == 0
    assert mislabelled.scores["MRR@10"] == (1 / rank if rank else 0)

    assert weather.relevant_clauses == {}
    assert weather.scores == {"refused when unanswerable": 0.0, "citation exactness": 1.0}
    assert not weather.first_right


def test_an_abstention_scores_0_and_refuses(small: Index, small_corpus: Corpus, encoder: Encoder) -> None:
    answered = run_gold(QUESTIONS, Retriever(small, encoder, ANSWER_ALL), small_corpus)
    outcomes = run_gold(QUESTIONS, Retriever(small, encoder, ABSTAIN), small_corpus)
    for outcome, other in zip(outcomes, answered, strict=True):
        assert (outcome.abstained, outcome.posts) == (True, ())
        assert outcome.nearest == other.posts[:3]
        assert outcome.first_right == other.first_right, "what would have been said first is judged all the same"
    for outcome in outcomes[:3]:
        assert {name: outcome.scores[name] for name in POST_SCORES} == dict.fromkeys(POST_SCORES, 0.0)
        assert "refused when unanswerable" not in outcome.scores
    assert outcomes[3].scores["refused when unanswerable"] == 1
    assert "hit@1" not in outcomes[3].scores


def test_a_question_is_searched_for_once_with_the_history_of_a_follow_up(
    small: Index, small_corpus: Corpus, encoder: Encoder
) -> None:
    heard: list[Any] = []

    class Listening(Retriever):
        def find(self, *arguments: Any, **options: Any) -> Any:
            heard.append(options["history"])
            return super().find(*arguments, **options)

    turns = (Turn(role="user", content="保管印章和支票"), Turn(role="assistant", content="出纳"))
    run_gold([asked("那现金呢", Relevant(CASHIER, ("1",), 2), history=turns)], Listening(small, encoder), small_corpus)
    assert heard == [turns]


def with_clauses(corpus: Corpus, clauses: list[Clause]) -> Corpus:
    document = dataclasses.replace(corpus.documents[0], clauses=tuple(clauses))
    return dataclasses.replace(corpus, documents=(document,))


@pytest.mark.parametrize("changes", [{"text": "保管印章。"}, {"lines": (1, 1)}, {"id": "other/财务部/出纳/2"}])
def test_citations_that_differ_from_the_corpus_are_not_exact(
    small: Index, small_corpus: Corpus, encoder: Encoder, changes: dict[str, Any]
) -> None:
    """The index cites the clause about seals, which now reads otherwise, stands elsewhere, or is another one."""
    changed = [
        dataclasses.replace(clause, **changes) if clause.id == "small/财务部/出纳/2" else clause
        for clause in small_corpus.clauses
    ]
    retriever = Retriever(small, encoder, ANSWER_ALL)
    (same,) = run_gold([SEALS], retriever, small_corpus)
    (outcome,) = run_gold([SEALS], retriever, with_clauses(small_corpus, changed))
    assert same.scores["citation exactness"] == 1
    assert outcome.exact_citations == outcome.citations - 1
    assert outcome.scores["citation exactness"] == pytest.approx(1 - 1 / outcome.citations)


def test_every_citation_of_the_shipped_corpus_is_exact(retriever: Retriever, corpus: Corpus) -> None:
    gold = read_gold(Path(__file__).parent.parent / "eval" / "gold" / "test.jsonl")[::5]
    outcomes = run_gold(gold, retriever, corpus)
    assert sum(outcome.citations for outcome in outcomes) > len(outcomes) > 80
    assert {outcome.scores.get("citation exactness", 1.0) for outcome in outcomes} == {1.0}


def test_an_unmarked_clause_of_the_same_number_elsewhere_is_not_right(small_corpus: Corpus) -> None:
    gold = asked("x", Relevant(FINANCE, ("1", "2"), 2), Relevant(CASHIER, ("1",), 1))
    assert clause_ids(small_corpus)(gold) == {"small/财务部/1": 2, "small/财务部/2": 2, "small/财务部/出纳/1": 1}


def test_gold_that_the_index_has_passes(small: Index) -> None:
    check_gold(QUESTIONS, small, "g.jsonl")


@pytest.mark.parametrize(
    ("relevant", "reason"),
    [
        (Relevant(Post("财务部", "厨师"), ("1",), 2), "财务部·厨师, which no document has"),
        (Relevant(Post("后勤部", None), ("1",), 2), "后勤部, which no document has"),
        (Relevant(CASHIER, ("1", "3"), 1), "clause 3 of 财务部·出纳; it has 1, 2"),
        (Relevant(ACCOUNTANT, ("2",), 2), "clause 2 of 财务部·会计; it has 1"),
    ],
)
def test_gold_that_the_index_does_not_have_is_refused(small: Index, relevant: Relevant, reason: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        check_gold([SEALS, asked("x", Relevant(CASHIER, ("1",), 2), relevant, name="bad", line=7)], small, "g.jsonl")
    assert refusal.value.message.startswith("g.jsonl:7: bad marks ")
    assert reason in refusal.value.message


def made(gold: GoldQuestion, **changes: Any) -> Outcome:
    """An outcome that found what the gold question marks, at rank 1."""
    posts = tuple(str(post) for post in gold.posts)
    clauses = {f"{post}/{number}": 2 for post, number in ((r.post, n) for r in gold.relevant for n in r.clauses)}
    found = Outcome(
        gold=gold,
        posts=posts,
        nearest=() if posts else ("财务部",),
        clauses=tuple(clauses),
        relevant_clauses=clauses,
        confidence=0.9 if posts else 0.2,
        first_right=bool(posts),
        citations=2,
        exact_citations=2,
        milliseconds=5.0,
    )
    return dataclasses.replace(found, **changes)


OUTCOMES = [
    made(asked("一", Relevant(CASHIER, ("1",), 2)), milliseconds=1.0),
    made(
        asked("二", Relevant(RECRUITER, ("1",), 2)),
        posts=("财务部", "人事部·招聘专员"),
        first_right=False,
        confidence=0.6,
    ),
    made(
        asked("三", Relevant(FINANCE, ("1", "2"), 2), Relevant(RECRUITER, ("1",), 1)),
        posts=(),
        nearest=("财务部",),
        clauses=(),
    ),
    made(
        dataclasses.replace(asked("四", Relevant(CASHIER, ("1",), 2)), kind=Kind.SHORT),
        exact_citations=1,
        milliseconds=9.0,
    ),
    made(asked("五")),
    made(asked("六"), posts=("财务部",), nearest=(), citations=0, exact_citations=0),
]


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarise(OUTCOMES)


def test_means_are_over_the_questions_that_have_the_metric(summary: Summary) -> None:
    values = {name: (measured.value, measured.count) for name, measured in summary.metrics.items()}
    assert values["hit@1"] == (2 / 4, 4)
    assert values["hit@3"] == (3 / 4, 4)
    assert values["MRR@10"] == ((1 + 1 / 2 + 0 + 1) / 4, 4)
    assert values["nDCG@5"] == pytest.approx(((1 + 1 / np.log2(3) + 0 + 1) / 4, 4))
    assert values["clause recall@5"] == (3 / 4, 4)
    assert values["answered when answerable"] == (3 / 4, 4)
    assert values["refused when unanswerable"] == (1 / 2, 2)
    assert values["citation exactness"] == pytest.approx(((1 + 1 + 1 + 0.5 + 1) / 5, 5))


def test_numbers_of_the_confidence(summary: Summary) -> None:
    """Confidences .9 .6 .9 .9 .2 .2; right: yes no yes yes no no; answerable: the first four."""
    values = {name: measured.value for name, measured in summary.metrics.items()}
    confidences, right = [0.9, 0.6, 0.9, 0.9, 0.2, 0.2], [True, False, True, True, False, False]
    assert [outcome.confidence for outcome in OUTCOMES] == confidences
    assert [outcome.first_right for outcome in OUTCOMES] == right
    assert values["AUROC answerable"] == 1
    assert values["AUROC first right"] == roc_auc_score(right, confidences) == 1
    assert values["area under risk-coverage"] == pytest.approx((0 + 0 + 0 + 1 / 4 + 3 / 6 + 3 / 6) / 6)
    assert values["coverage at 5% risk"] == 3 / 6
    assert values["calibration error"] == pytest.approx((3 * 0.1 + 1 * 0.6 + 2 * 0.2) / 6)
    assert summary.curve.coverage.tolist() == [0.5, 0.5, 0.5, pytest.approx(4 / 6), 1, 1]
    assert np.array(summary.bins) == pytest.approx(np.array([(2, 0.2, 0), (1, 0.6, 0), (3, 0.9, 1)]))


def test_covered_and_right_are_two_questions_to_the_confidence() -> None:
    """A wrong answer to an answerable question is a positive of the one and a negative of the other."""
    outcomes = [
        OUTCOMES[0],
        dataclasses.replace(OUTCOMES[1], confidence=0.8),
        dataclasses.replace(OUTCOMES[4], confidence=0.85),
    ]
    metrics = summarise(outcomes).metrics
    assert (metrics["AUROC answerable"].value, metrics["AUROC first right"].value) == (0.5, 1.0)


def test_every_interval_holds_its_value(summary: Summary) -> None:
    for name, measured in summary.metrics.items():
        assert measured.interval.low <= measured.value <= measured.interval.high, name
    assert summary.metrics["hit@1"].interval == (0.0, 1.0)


def test_slices_by_kind_and_by_the_department_that_owns(summary: Summary) -> None:
    """A department that is only also right has no part in a slice. Kinds first, then departments, the largest first."""
    slices = summary.slices
    assert list(slices) == ["kind official", "kind none", "kind short", "department 财务部", "department 人事部"]
    hits = {name: (part["hit@1"].value, part["hit@1"].count) for name, part in slices.items() if "hit@1" in part}
    assert hits == {
        "kind official": (1 / 3, 3),
        "kind short": (1.0, 1),
        "department 财务部": (2 / 3, 3),
        "department 人事部": (0.0, 1),
    }
    assert slices["kind none"]["refused when unanswerable"] == Measured(
        0.5, slices["kind none"]["refused when unanswerable"].interval, 2
    )
    assert "refused when unanswerable" not in slices["kind official"]


def test_latency_percentiles(summary: Summary) -> None:
    assert summary.latency_ms == {"p50": 5.0, "p95": pytest.approx(8.0), "p99": pytest.approx(8.8)}


@pytest.mark.parametrize("kept", [slice(0, 4), slice(4, 6)], ids=["answerable", "unanswerable"])
def test_a_number_that_is_undefined_is_left_out(kept: slice) -> None:
    metrics = summarise(OUTCOMES[kept]).metrics
    assert "AUROC answerable" not in metrics
    assert metrics["calibration error"].count == len(OUTCOMES[kept])
    assert not any(np.isnan(measured.value) for measured in metrics.values())


def test_nothing_to_summarise_is_refused() -> None:
    with pytest.raises(ValueError, match="no outcomes"):
        summarise([])
