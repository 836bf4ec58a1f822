"""Is it more than noise: bootstrap intervals, and a paired randomisation test between two configurations."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEED = 20261123
RESAMPLES = 2000
PERMUTATIONS = 10000


class Interval(NamedTuple):
    low: float
    high: float


def bootstrap(values: Sequence[float], resamples: int = RESAMPLES, level: float = 0.95) -> Interval:
    """Percentile bootstrap interval of a mean (Efron and Tibshirani 1993)."""
    scores = np.asarray(values, dtype=np.float64)
    return bootstrap_of(lambda chosen: float(scores[chosen].mean()), len(scores), resamples, level)


def bootstrap_of(
    statistic: Callable[[NDArray[np.int64]], float], count: int, resamples: int = RESAMPLES, level: float = 0.95
) -> Interval:
    """The same for any statistic of the questions chosen; resamples for which it is undefined (NaN) are left out."""
    generator = np.random.default_rng(SEED)
    drawn = np.array([statistic(generator.integers(0, count, count)) for _ in range(resamples)])
    tail = (1 - level) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Interval(float(low), float(high))


def paired_randomisation(first: Sequence[float], second: Sequence[float], permutations: int = PERMUTATIONS) -> float:
    """Two-sided p of the difference of means, by flipping the signs of the paired differences (Smucker et al. 2007).

    Counts the observed assignment among the drawn ones, so p is never 0.
    """
    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    differences = differences[differences != 0]
    if not len(differences):
        return 1.0
    generator = np.random.default_rng(SEED)
    signs = generator.integers(0, 2, (permutations, len(differences)), dtype=np.int8) * 2 - 1
    extreme = np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12
    return float((extreme.sum() + 1) / (permutations + 1))
