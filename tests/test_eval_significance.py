"""Bootstrap intervals and the paired randomisation test: known answers, and the exact test where it can be computed."""

import math
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eval.significance import Interval, bootstrap, bootstrap_of, paired_randomisation

scores = st.lists(st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]), min_size=1, max_size=40)
# Tenths, whose sums depend on their order in the last digit.
pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.3, 1.0]), st.sampled_from([0.0, 0.2, 0.7, 1.0])), min_size=1, max_size=9
)


def exact_p(first: list[float], second: list[float]) -> float:
    """Two-sided p over all 2^n ways to swap the two runs, question by question."""
    differences = [two - one for one, two in zip(first, second, strict=True)]
    sums = [
        abs(sum(sign * gap for sign, gap in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(first))
    ]
    return sum(total >= abs(sum(differences)) - 1e-12 for total in sums) / len(sums)


@settings(deadline=None, max_examples=50)
@given(scores)
def test_the_interval_covers_the_mean_and_stays_within_the_scores(values: list[float]) -> None:
    low, high = bootstrap(values, resamples=200)
    assert min(values) - 1e-12 <= low <= np.mean(values) + 1e-12
    assert np.mean(values) - 1e-12 <= high <= max(values) + 1e-12


def test_the_interval_is_reproducible() -> None:
    values = [0.0, 1.0, 1.0, 0.5, 0.25, 1.0] * 10
    assert bootstrap(values) == bootstrap(values)


def test_equal_scores_have_no_spread() -> None:
    assert bootstrap([0.5] * 7) == Interval(0.5, 0.5)


def test_the_interval_of_a_share_is_the_normal_one() -> None:
    """300 of 400: 0.75 with a standard error of sqrt(.75 * .25 / 400)."""
    low, high = bootstrap([1.0] * 300 + [0.0] * 100)
    half = 1.96 * math.sqrt(0.75 * 0.25 / 400)
    assert low == pytest.approx(0.75 - half, abs=0.006)
    assert high == pytest.approx(0.75 + half, abs=0.006)


def test_a_higher_level_and_fewer_questions_widen_the_interval() -> None:
    values = [0.0, 1.0, 1.0, 1.0] * 25
    low, high = bootstrap(values)
    wide_low, wide_high = bootstrap(values, level=0.99)
    few_low, few_high = bootstrap(values[:20])
    assert wide_low < low < high < wide_high
    assert few_high - few_low > 1.8 * (high - low)


def test_intervals_hold_the_true_mean_as_often_as_they_say() -> None:
    generator = np.random.default_rng(1)
    samples = generator.random((200, 60)) < 0.7
    covered = [
        low <= 0.7 <= high for low, high in (bootstrap(sample.astype(float).tolist(), 300) for sample in samples)
    ]
    assert 0.88 <= np.mean(covered) <= 0.99


def test_a_statistic_that_is_undefined_for_some_resamples() -> None:
    """The maximum of the three questions, undefined unless the last one is drawn: it is 3 whenever it is defined."""

    def largest_with_last(chosen: NDArray[np.int64]) -> float:
        return float(chosen.max() + 1) if 2 in chosen else math.nan

    assert bootstrap_of(largest_with_last, 3, resamples=200) == Interval(3.0, 3.0)


def test_identical_runs_do_not_differ() -> None:
    assert paired_randomisation([0.0, 1.0, 0.5], [0.0, 1.0, 0.5]) == 1.0
    assert paired_randomisation([], []) == 1.0


@pytest.mark.parametrize(("broken", "p"), [(1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125), (8, 0.0078125)])
def test_questions_that_only_broke(broken: int, p: float) -> None:
    """With n differences of one sign, 2 of the 2^n assignments are as extreme; equal questions do not count."""
    before, now = [1.0] * 50, [0.0] * broken + [1.0] * (50 - broken)
    assert paired_randomisation(before, now) == pytest.approx(p, abs=0.015)


def test_a_clear_difference_is_significant_and_p_is_never_0() -> None:
    assert paired_randomisation([1.0] * 100, [0.0] * 100, permutations=999) == 1 / 1000


def test_sums_that_are_equal_but_for_rounding_are_as_extreme() -> None:
    """.1 + .2 + .3 + .7 in another order, or as products, may come out a digit less; p is 2 / 2^4 all the same."""
    gaps = [0.1, 0.2, 0.3, 0.7]
    for order in permutations(gaps):
        assert paired_randomisation([0.0] * 4, list(order)) == pytest.approx(0.125, abs=0.01)


def test_losses_that_wins_make_up_for_are_noise() -> None:
    assert paired_randomisation([1.0, 0.0] * 20, [0.0, 1.0] * 20) == 1.0


@settings(deadline=None, max_examples=60)
@given(pairs)
def test_p_is_that_of_the_exact_test(drawn: list[tuple[float, float]]) -> None:
    first, second = [one for one, _ in drawn], [two for _, two in drawn]
    p = paired_randomisation(first, second)
    assert 0 < p <= 1
    assert p == paired_randomisation(second, first)
    assert p == pytest.approx(exact_p(first, second), abs=0.02)


def test_p_of_random_differences_is_small_as_rarely_as_it_says() -> None:
    generator = np.random.default_rng(2)
    noise = generator.normal(size=(200, 30))
    found = [paired_randomisation(np.zeros(30).tolist(), differences.tolist(), 500) for differences in noise]
    assert 0.01 <= np.mean(np.array(found) < 0.05) <= 0.1
