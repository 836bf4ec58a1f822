"""Metrics, each a pure function. Averages are taken elsewhere, over all gold questions: an unanswered one scores 0.

A ranking is a sequence of ids, best first; `relevant` maps right ids to grades above 0. Grades enter nDCG linearly, as
in trec_eval (Järvelin and Kekäläinen 2002).
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Relevant = Mapping[str, int]
Floats = NDArray[np.float64]


def hit_at(ranking: Sequence[str], relevant: Relevant, k: int) -> float:
    """1 if one of the first k is right, else 0."""
    return float(any(item in relevant for item in ranking[:k]))


def reciprocal_rank_at(ranking: Sequence[str], relevant: Relevant, k: int) -> float:
    """1 / rank of the first right one among the first k, else 0."""
    return next((1 / rank for rank, item in enumerate(ranking[:k], 1) if item in relevant), 0.0)


def recall_at(ranking: Sequence[str], relevant: Relevant, k: int) -> float:
    """Share of the right ones that are among the first k; 0 when there are none."""
    return sum(item in relevant for item in ranking[:k]) / len(relevant) if relevant else 0.0


def ndcg_at(ranking: Sequence[str], relevant: Relevant, k: int) -> float:
    """Discounted cumulative gain of the first k over that of the best possible ranking, 0 to 1."""
    best = _dcg(sorted(relevant.values(), reverse=True)[:k])
    return _dcg([relevant.get(item, 0) for item in ranking[:k]]) / best if best else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def auroc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Probability that a random positive scores above a random negative, ties counting half (Mann-Whitney).

    NaN when there are no positives or no negatives.
    """
    values, flags = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    high, low = values[flags], np.sort(values[~flags])
    if not len(high) or not len(low):
        return math.nan
    below, not_above = np.searchsorted(low, high, side="left"), np.searchsorted(low, high, side="right")
    return float((below + not_above).sum() / 2 / (len(high) * len(low)))


class RiskCoverage(NamedTuple):
    """Answering the surest questions first: after each, the share answered and the share of those that is wrong."""

    coverage: Floats
    risk: Floats

    @property
    def area(self) -> float:
        """Mean risk over all coverages (AURC; Geifman and El-Yaniv 2017); lower is better."""
        return float(self.risk.mean())

    def coverage_at(self, risk: float) -> float:
        """The largest share that can be answered with at most this risk; 0 when none can."""
        within = self.coverage[self.risk <= risk]
        return float(within.max(initial=0.0))


def risk_coverage(confidences: ArrayLike, right: ArrayLike) -> RiskCoverage:
    """The curve over questions in order of confidence, shape (questions,) each; ties count as one step, at its end."""
    values, wrong = np.asarray(confidences, dtype=np.float64), ~np.asarray(right, dtype=bool)
    order = np.argsort(-values, kind="stable")
    answered = np.arange(1, len(values) + 1)
    # Questions of one confidence are answered or refused together: each takes the state at the end of its group.
    ends = np.searchsorted(-values[order], -values[order], side="right")
    risk = np.cumsum(wrong[order]) / answered
    return RiskCoverage(ends / len(values), risk[ends - 1])


class ReliabilityBin(NamedTuple):
    """Questions of about one confidence: how many, what they promised, what they kept."""

    questions: int
    confidence: float
    accuracy: float


def reliability(confidences: ArrayLike, right: ArrayLike, bins: int = 10) -> list[ReliabilityBin]:
    """Bins of equal width over [0, 1]; empty ones are left out."""
    values, flags = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    places = np.minimum((values * bins).astype(int), bins - 1)
    return [
        ReliabilityBin(int(members.sum()), float(values[members].mean()), float(flags[members].mean()))
        for members in (places == place for place in range(bins))
        if members.any()
    ]


def calibration_error(confidences: ArrayLike, right: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015).

    It is the mean gap between confidence and accuracy, weighted by bin size.
    """
    found = reliability(confidences, right, bins)
    return sum(part.questions * abs(part.confidence - part.accuracy) for part in found) / sum(
        part.questions for part in found
    )
