"""Outcomes -> numbers: means with intervals, abstention, calibration, latency, and slices by kind and department."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics import ReliabilityBin, RiskCoverage, auroc, calibration_error, reliability, risk_coverage
from eval.run import Outcome
from eval.significance import Interval, bootstrap, bootstrap_of

RISK = 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """A number over `count` questions, with its 95% bootstrap interval."""

    value: float
    interval: Interval
    count: int


@dataclass(frozen=True)
class Summary:
    """All numbers of one run. `slices` maps a name such as `kind everyday` to its means."""

    metrics: Mapping[str, Measured]
    slices: Mapping[str, Mapping[str, Measured]]
    curve: RiskCoverage
    bins: Sequence[ReliabilityBin]
    latency_ms: Mapping[str, float]


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """Raises ValueError when there are no outcomes."""
    if not outcomes:
        raise ValueError("no outcomes to summarise")
    confidences = [outcome.confidence for outcome in outcomes]
    right = [outcome.first_right for outcome in outcomes]
    return Summary(
        metrics={**means(outcomes), **_abstention(outcomes)},
        slices={name: means(members) for name, members in _slices(outcomes).items()},
        curve=risk_coverage(confidences, right),
        bins=reliability(confidences, right),
        latency_ms=_percentiles([outcome.milliseconds for outcome in outcomes]),
    )


def means(outcomes: Iterable[Outcome]) -> dict[str, Measured]:
    """The mean of each per-question metric over the questions that have it."""
    values: dict[str, list[float]] = {}
    for outcome in outcomes:
        for name, value in outcome.scores.items():
            values.setdefault(name, []).append(value)
    return {name: Measured(float(np.mean(found)), bootstrap(found), len(found)) for name, found in values.items()}


def _abstention(outcomes: Sequence[Outcome]) -> dict[str, Measured]:
    """Numbers of the confidence as a whole, which are no means over questions.

    Those that are undefined here are left out.
    """
    confidences = np.array([outcome.confidence for outcome in outcomes])
    answerable = np.array([bool(outcome.gold.relevant) for outcome in outcomes])
    right = np.array([outcome.first_right for outcome in outcomes])
    statistics: dict[str, Callable[[NDArray[np.int64]], float]] = {
        "AUROC answerable": lambda chosen: auroc(confidences[chosen], answerable[chosen]),
        "AUROC first right": lambda chosen: auroc(confidences[chosen], right[chosen]),
        "area under risk-coverage": lambda chosen: risk_coverage(confidences[chosen], right[chosen]).area,
        f"coverage at {RISK:.0%} risk": lambda chosen: risk_coverage(confidences[chosen], right[chosen]).coverage_at(
            RISK
        ),
        "calibration error": lambda chosen: calibration_error(confidences[chosen], right[chosen]),
    }
    everything = np.arange(len(outcomes))
    return {
        name: Measured(statistic(everything), bootstrap_of(statistic, len(outcomes), resamples=500), len(outcomes))
        for name, statistic in statistics.items()
        if not math.isnan(statistic(everything))
    }


def _slices(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    slices: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        slices.setdefault(f"kind {outcome.gold.kind}", []).append(outcome)
        for department in dict.fromkeys(
            relevant.post.department for relevant in outcome.gold.relevant if relevant.grade == 2
        ):
            slices.setdefault(f"department {department}", []).append(outcome)
    return dict(sorted(slices.items(), key=lambda item: (item[0].split()[0] != "kind", -len(item[1]))))


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{percent}": float(np.percentile(values, percent)) for percent in (50, 95, 99)}
