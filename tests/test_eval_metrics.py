"""Every metric by hand, and against the implementations that others keep."""

import math

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG
from sklearn.metrics import roc_auc_score

from eval.metrics import (
    auroc,
    calibration_error,
    hit_at,
    ndcg_at,
    recall_at,
    reciprocal_rank_at,
    reliability,
    risk_coverage,
)

RANKING = ["a", "b", "c", "d", "e", "f"]
RELEVANT = {"b": 1, "e": 2, "x": 2}

IDS = [f"d{number}" for number in range(12)]
rankings = st.lists(st.sampled_from(IDS), min_size=1, max_size=12, unique=True)
judgements = st.dictionaries(st.sampled_from(IDS), st.integers(1, 3), min_size=1, max_size=8)
# Few different values, so that ties are common.
judged_confidences = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]), st.booleans()), min_size=1, max_size=25
)


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 1.0), (3, 1.0)])
def test_hit(k: int, expected: float) -> None:
    assert hit_at(RANKING, RELEVANT, k) == expected


@pytest.mark.parametrize(
    ("ranking", "k", "expected"),
    [(RANKING, 10, 1 / 2), (RANKING, 1, 0.0), (["c", "d", "e"], 10, 1 / 3), (["c", "d", "e"], 2, 0.0), ([], 10, 0.0)],
)
def test_reciprocal_rank(ranking: list[str], k: int, expected: float) -> None:
    assert reciprocal_rank_at(ranking, RELEVANT, k) == expected


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 1 / 3), (4, 1 / 3), (5, 2 / 3), (10, 2 / 3)])
def test_recall(k: int, expected: float) -> None:
    assert recall_at(RANKING, RELEVANT, k) == expected


def test_ndcg_with_grades() -> None:
    """Found: grade 1 at rank 2, grade 2 at rank 5. Best: 2, 2, 1."""
    gain = 1 / math.log2(3) + 2 / math.log2(6)
    best = 2 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at(RANKING, RELEVANT, 5) == pytest.approx(gain / best)
    assert ndcg_at(RANKING, RELEVANT, 2) == pytest.approx((1 / math.log2(3)) / (2 + 2 / math.log2(3)))
    assert ndcg_at(["x", "e", "b"], RELEVANT, 5) == pytest.approx(1)
    assert ndcg_at(["a"], RELEVANT, 5) == 0


def test_nothing_found_scores_0() -> None:
    for metric in (hit_at, reciprocal_rank_at, recall_at, ndcg_at):
        assert metric([], RELEVANT, 5) == 0


def test_nothing_to_find_scores_0() -> None:
    for metric in (hit_at, reciprocal_rank_at, recall_at, ndcg_at):
        assert metric(RANKING, {}, 5) == 0


@settings(deadline=None, max_examples=200)
@given(rankings, judgements, st.integers(1, 12))
def test_ranking_metrics_are_those_of_trec_eval(ranking: list[str], relevant: dict[str, int], k: int) -> None:
    qrels = [ir_measures.Qrel("q", item, grade) for item, grade in relevant.items()]
    # trec_eval sorts by score, and ties by id.
    run = [ir_measures.ScoredDoc("q", item, float(len(ranking) - place)) for place, item in enumerate(ranking)]
    theirs = ir_measures.pytrec_eval.calc_aggregate([Success @ k, nDCG @ 5, nDCG @ k, R @ k], qrels, run)
    # This RR takes no cut-off: it is given the first ten.
    theirs |= ir_measures.pytrec_eval.calc_aggregate([RR], qrels, run[:10])
    assert hit_at(ranking, relevant, k) == theirs[Success @ k]
    assert reciprocal_rank_at(ranking, relevant, 10) == pytest.approx(theirs[RR])
    assert ndcg_at(ranking, relevant, 5) == pytest.approx(theirs[nDCG @ 5])
    assert ndcg_at(ranking, relevant, k) == pytest.approx(theirs[nDCG @ k])
    assert recall_at(ranking, relevant, k) == pytest.approx(theirs[R @ k])


def test_auroc_by_hand() -> None:
    """Positives .9 and .4 against negatives .4 and .1: two and two wins, less half for the tie."""
    assert auroc([0.9, 0.4, 0.4, 0.1], [True, True, False, False]) == 3.5 / 4
    assert auroc([1, 2], [False, True]) == 1
    assert auroc([1, 2], [True, False]) == 0
    assert auroc([1, 1, 1], [True, False, False]) == 0.5


@pytest.mark.parametrize("positive", [[True, True], [False, False], []])
def test_auroc_of_one_class_is_undefined(positive: list[bool]) -> None:
    assert math.isnan(auroc([0.5] * len(positive), positive))


@settings(deadline=None)
@given(judged_confidences)
def test_auroc_is_that_of_scikit_learn(judged: list[tuple[float, bool]]) -> None:
    judged = [*judged, (0.5, True), (0.3, False)]
    scores, positive = [score for score, _ in judged], [flag for _, flag in judged]
    assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def test_risk_coverage_by_hand() -> None:
    """Surest first: right, then a tie of a right and a wrong one, then wrong."""
    curve = risk_coverage([0.2, 0.6, 0.9, 0.6], [False, True, True, False])
    assert curve.coverage.tolist() == [0.25, 0.75, 0.75, 1.0]
    assert curve.risk.tolist() == [0.0, 1 / 3, 1 / 3, 0.5]
    assert curve.area == pytest.approx((0 + 1 / 3 + 1 / 3 + 1 / 2) / 4)
    assert [curve.coverage_at(risk) for risk in (0.0, 0.33, 0.34, 0.5)] == [0.25, 0.25, 0.75, 1.0]


def test_coverage_at_a_risk_that_is_met_again_later() -> None:
    curve = risk_coverage([0.9, 0.8, 0.7, 0.6, 0.5], [False, True, True, True, True])
    assert curve.risk.tolist() == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert (curve.coverage_at(0.2), curve.coverage_at(0.19)) == (1.0, 0.0)


@settings(deadline=None, max_examples=300)
@given(judged_confidences, st.sampled_from([0.0, 0.05, 0.2, 0.5]))
def test_risk_coverage_is_that_of_every_threshold(judged: list[tuple[float, bool]], risk: float) -> None:
    """The slow way: for each question, answer all that are at least as sure, and count."""
    steps = []
    for threshold in sorted((confidence for confidence, _ in judged), reverse=True):
        answered = [right for confidence, right in judged if confidence >= threshold]
        steps.append((len(answered) / len(judged), answered.count(False) / len(answered)))
    curve = risk_coverage([confidence for confidence, _ in judged], [right for _, right in judged])
    assert list(zip(curve.coverage.tolist(), curve.risk.tolist(), strict=True)) == steps
    assert curve.area == pytest.approx(sum(found for _, found in steps) / len(steps))
    assert curve.coverage_at(risk) == max((coverage for coverage, found in steps if found <= risk), default=0)


def test_risk_coverage_does_not_depend_on_the_order_of_questions() -> None:
    confidences, right = np.array([0.5, 0.5, 0.5, 0.9]), np.array([True, False, False, True])
    orders = [[0, 1, 2, 3], [1, 2, 0, 3], [3, 2, 1, 0]]
    assert {risk_coverage(confidences[order], right[order]).area for order in orders} == {(0 + 3 * 0.5) / 4}


def test_reliability_by_hand() -> None:
    """Bins are [0, .1), [.1, .2) and so on; the last holds 1 too; those without a question are left out."""
    confidences, right = [0.0, 0.05, 0.1, 0.95, 1.0, 0.99], [False, True, True, True, True, False]
    found = reliability(confidences, right)
    assert np.array(found) == pytest.approx(np.array([(2, 0.025, 0.5), (1, 0.1, 1.0), (3, 0.98, 2 / 3)]))
    expected = (2 * 0.475 + 1 * 0.9 + 3 * (0.98 - 2 / 3)) / 6
    assert calibration_error(confidences, right) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [(0.75, [True, True, True, False], 0.0), (1.0, [True, True], 0.0), (1.0, [False], 1.0), (0.5, [True], 0.5)],
)
def test_calibration_error_of_one_confidence(confidence: float, right: list[bool], expected: float) -> None:
    assert calibration_error([confidence] * len(right), right) == pytest.approx(expected)


def test_wider_bins_average_over_more() -> None:
    """Two opposite gaps are two errors in bins of their own, and none in a common one."""
    assert calibration_error([0.2, 0.3], [False, True], bins=10) == pytest.approx((0.2 + 0.7) / 2)
    assert calibration_error([0.2, 0.8], [False, True], bins=1) == pytest.approx(0)


@settings(deadline=None)
@given(judged_confidences, st.integers(1, 20))
def test_bins_hold_every_question_once(judged: list[tuple[float, bool]], bins: int) -> None:
    confidences, right = [confidence for confidence, _ in judged], [flag for _, flag in judged]
    found = reliability(confidences, right, bins)
    assert sum(part.questions for part in found) == len(judged)
    assert sum(part.questions * part.confidence for part in found) == pytest.approx(sum(confidences))
    assert sum(part.questions * part.accuracy for part in found) == pytest.approx(sum(right))
    assert 0 <= calibration_error(confidences, right, bins) <= 1
