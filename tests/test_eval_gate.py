"""The release gate: it stands for a real retriever and falls for a broken one.

And it says which metric and which questions.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DocumentError, NotFoundError
from corpus.load import Corpus
from eval.gate import regressions, write_baseline
from eval.gold import GoldQuestion, Relevant, read_gold
from eval.report import describe_regressions
from eval.run import Outcome, run_gold
from retriever.retriever import Retriever
from tests.test_eval_run import ABSTAIN, ANSWER_ALL, CASHIER, asked, made


@pytest.fixture(scope="module")
def gold() -> list[GoldQuestion]:
    return read_gold(Path(__file__).parent.parent / "eval" / "gold" / "test.jsonl")[::8]


@pytest.fixture(scope="module")
def outcomes(gold: list[GoldQuestion], retriever: Retriever, corpus: Corpus) -> list[Outcome]:
    return run_gold(gold, Retriever(retriever.index, retriever.encoder, ANSWER_ALL), corpus)


@pytest.fixture
def baseline(tmp_path: Path, outcomes: list[Outcome]) -> Path:
    path = tmp_path / "baseline.json"
    write_baseline(outcomes, path)
    return path


class Reversed(Retriever):
    """Gives the worst post first."""

    def posts(self, *arguments: Any, **options: Any) -> Any:
        result = super().posts(*arguments, **options)
        return dataclasses.replace(result, posts=result.posts[::-1])


def by_metric(outcomes: list[Outcome], baseline: Path) -> dict[str, tuple[str, ...]]:
    return {fall.metric: fall.broken for fall in regressions(outcomes, baseline)}


def test_the_baseline_is_every_score_by_question(outcomes: list[Outcome], baseline: Path) -> None:
    content = json.loads(baseline.read_text(encoding="utf-8"))
    assert list(content) == sorted(outcome.gold.id for outcome in outcomes)
    for outcome in outcomes:
        assert content[outcome.gold.id] == {name: round(value, 4) for name, value in outcome.scores.items()}
    assert len(baseline.read_text(encoding="utf-8").splitlines()) == len(outcomes) + 2, (
        "a line a question, for a readable diff"
    )


def test_a_run_passes_its_own_baseline(outcomes: list[Outcome], baseline: Path) -> None:
    assert regressions(outcomes, baseline) == []


def test_a_reversed_ranking_fails_with_its_questions(
    gold: list[GoldQuestion], outcomes: list[Outcome], baseline: Path, retriever: Retriever, corpus: Corpus
) -> None:
    broken = run_gold(gold, Reversed(retriever.index, retriever.encoder, ANSWER_ALL), corpus)
    found = {fall.metric: fall for fall in regressions(broken, baseline)}
    assert set(found) == {"hit@1", "hit@3", "MRR@10", "nDCG@5"}, "clauses, answers and citations are as before"
    before = {outcome.gold.id: outcome.scores for outcome in outcomes}
    lost = [o.gold.id for o in broken if o.gold.relevant and o.scores["hit@1"] < before[o.gold.id]["hit@1"]]
    assert len(lost) > 20
    assert found["hit@1"].broken == tuple(lost)
    assert found["hit@1"].now < 0.2
    assert found["hit@1"].before > 0.6
    assert found["hit@1"].p < 0.001
    said = describe_regressions([found["hit@1"]], broken).splitlines()
    assert (
        said[0]
        == f"hit@1 fell from {found['hit@1'].before:.3f} to {found['hit@1'].now:.3f} (p {found['hit@1'].p:.4f}):"
    )
    questions = {question.id: question.question for question in gold}
    assert said[1:] == [f"  {name} {questions[name]}" for name in lost]


def test_a_retriever_that_never_answers_fails(
    gold: list[GoldQuestion], baseline: Path, retriever: Retriever, corpus: Corpus
) -> None:
    silent = run_gold(gold, Retriever(retriever.index, retriever.encoder, ABSTAIN), corpus)
    found = by_metric(silent, baseline)
    assert {"hit@1", "hit@3", "MRR@10", "nDCG@5", "answered when answerable"} <= set(found)
    assert found["answered when answerable"] == tuple(outcome.gold.id for outcome in silent if outcome.gold.relevant)


def test_a_retriever_that_always_answers_fails(
    gold: list[GoldQuestion], tmp_path: Path, outcomes: list[Outcome], retriever: Retriever, corpus: Corpus
) -> None:
    """Against a baseline that refused everything, only the refusals fell."""
    path = tmp_path / "silent.json"
    write_baseline(run_gold(gold, Retriever(retriever.index, retriever.encoder, ABSTAIN), corpus), path)
    assert by_metric(outcomes, path) == {
        "refused when unanswerable": tuple(outcome.gold.id for outcome in outcomes if not outcome.gold.relevant)
    }


def test_one_question_is_noise(outcomes: list[Outcome], baseline: Path) -> None:
    first = next(number for number, outcome in enumerate(outcomes) if outcome.scores.get("hit@1"))
    changed = [*outcomes]
    changed[first] = dataclasses.replace(outcomes[first], posts=(), clauses=(), exact_citations=0)
    assert changed[first].scores["hit@1"] == 0
    assert regressions(changed, baseline) == []


def right(count: int) -> list[Outcome]:
    return [made(asked(f"问题{number}", Relevant(CASHIER, ("1",), 2), name=f"q{number:02}")) for number in range(count)]


@pytest.mark.parametrize(("broken", "fails"), [(5, False), (6, True)])
def test_as_many_questions_as_are_significant(tmp_path: Path, broken: int, fails: bool) -> None:
    """Five of one direction: p = 2 / 2^5 = .0625. Six: .03125."""
    write_baseline(right(40), tmp_path / "b.json")
    now = [
        dataclasses.replace(outcome, citations=10, exact_citations=9) if number < broken else outcome
        for number, outcome in enumerate(right(40))
    ]
    found = regressions(now, tmp_path / "b.json")
    assert [fall.metric for fall in found] == (["citation exactness"] if fails else [])
    if fails:
        (fall,) = found
        assert fall.broken == ("q00", "q01", "q02", "q03", "q04", "q05")
        assert (fall.before, fall.now) == pytest.approx((1, (34 + 6 * 0.9) / 40))
        assert fall.p == pytest.approx(2 / 2**6, abs=0.01)


def test_a_better_run_passes(tmp_path: Path) -> None:
    write_baseline([dataclasses.replace(outcome, posts=(), clauses=()) for outcome in right(20)], tmp_path / "b.json")
    assert regressions(right(20), tmp_path / "b.json") == []


def test_wins_elsewhere_do_not_hide_a_fall_of_another_metric(tmp_path: Path) -> None:
    then = [dataclasses.replace(outcome, exact_citations=0) for outcome in right(20)]
    now = [dataclasses.replace(outcome, posts=("x", "y", "z", *outcome.posts)) for outcome in right(20)]
    write_baseline(then, tmp_path / "b.json")
    assert set(by_metric(now, tmp_path / "b.json")) == {"hit@1", "hit@3", "MRR@10", "nDCG@5"}


def test_questions_of_one_run_only_do_not_count(tmp_path: Path) -> None:
    write_baseline(right(10), tmp_path / "b.json")
    wrong = [dataclasses.replace(outcome, posts=("x",), clauses=()) for outcome in right(30)]
    kept = right(10)
    assert regressions([*kept, *wrong[10:]], tmp_path / "b.json") == []
    assert regressions(kept[:3], tmp_path / "b.json") == []


def test_rounding_of_the_baseline_is_no_fall(tmp_path: Path) -> None:
    thirds = [dataclasses.replace(outcome, citations=3, exact_citations=2) for outcome in right(30)]
    write_baseline(thirds, tmp_path / "b.json")
    assert "0.6667" in (tmp_path / "b.json").read_text(encoding="utf-8")
    assert regressions(thirds, tmp_path / "b.json") == []


def test_a_missing_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no baseline .*b.json; make one with: duty eval --save-baseline"):
        regressions(right(2), tmp_path / "b.json")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[]", "expected scores by metric by question"),
        (b'{"q00": 3}', "expected scores by metric by question"),
        (b'{"q00": {"hit@1": "x"}}', "expected scores by metric by question"),
        (b'{"q00": {"hit@1": null}}', "expected scores by metric by question"),
        (b"{}", "has none of these questions"),
        (b'{"other": {"hit@1": 1.0}}', "has none of these questions"),
    ],
)
def test_a_baseline_that_is_none_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "b.json").write_bytes(content)
    with pytest.raises(DocumentError, match=f"b.json.*{reason}.*duty eval --save-baseline"):
        regressions(right(2), tmp_path / "b.json")
