"""Sampling intervals: each encloses the true value as often as it says, on samples of a known law."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.suites import intervals

REPEATS = 400
# Of 400 intervals of 95 % fewer than 92 % enclose the truth once in 300 times.
FEWEST = 0.92


def enclosed(found, truth: float) -> float:
    """The share of intervals that hold the true value."""
    assert all(one is not None for one in found)
    return float(np.mean([one.low <= truth <= one.high for one in found]))


@pytest.mark.parametrize("probability", [0.5, 0.9, 0.99])
def test_clopper_pearson_holds_what_it_states(probability: float) -> None:
    rng = np.random.default_rng(1)
    covered = rng.binomial(200, probability, REPEATS)
    assert enclosed([intervals.binomial(k, 200) for k in covered], probability) >= 0.94


def test_clopper_pearson_by_its_definition() -> None:
    """At its ends the binomial law gives what was seen, or more, a probability of 2.5 %."""
    from scipy.stats import binom

    found = intervals.binomial(17, 20)
    assert binom.sf(16, 20, found.low) == pytest.approx(0.025)
    assert binom.cdf(17, 20, found.high) == pytest.approx(0.025)
    assert (intervals.binomial(0, 9).low, intervals.binomial(9, 9).high) == (0.0, 1.0)


def test_a_share_counts_cases_and_not_their_samples() -> None:
    """Cases whose 50 samples are all alike are worth one sample each; independent ones are worth 50."""
    rng = np.random.default_rng(2)
    alike = [intervals.share(np.repeat(rng.random((100, 1)) < 0.8, 50, axis=1).mean(axis=1)) for _ in range(REPEATS)]
    apart = [intervals.share((rng.random((100, 50)) < 0.8).mean(axis=1)) for _ in range(REPEATS)]
    assert enclosed(alike, 0.8) >= FEWEST
    assert enclosed(apart, 0.8) >= FEWEST
    widths = [np.mean([one.high - one.low for one in found]) for found in (alike, apart)]
    assert widths[0] / widths[1] == pytest.approx(math.sqrt(50), rel=0.15)
    every = intervals.share(np.ones(100))
    assert every is not None
    assert every.low == pytest.approx(0.025 ** (1 / 100))


def test_the_bootstrap_of_a_mean_and_of_a_paired_ratio() -> None:
    rng = np.random.default_rng(3)
    means = [intervals.mean(rng.gamma(2.0, size=60), rng) for _ in range(100)]
    assert enclosed(means, 2.0) >= 0.86, "100 intervals of a skewed law: 95 % less three standard deviations"

    def ratio(one: np.ndarray, other: np.ndarray) -> float:
        return float(one.mean() / other.mean())

    bottom = rng.exponential(size=200)
    known = intervals.bootstrap(ratio, (1.5 * bottom, bottom), rng)
    assert known is not None
    assert (known.low, known.high) == pytest.approx((1.5, 1.5)), "pairs stay together"


def test_no_interval_of_one_case_or_of_what_is_not_finite() -> None:
    rng = np.random.default_rng(4)
    assert intervals.mean([1.0], rng) is None
    assert intervals.mean([1.0, math.inf], rng) is None
    assert intervals.median([1.0]) is None
    assert intervals.share([1.0]) is None
    assert intervals.rank_correlation(math.nan, 100) is None
    assert intervals.area_under_roc(math.nan, 5, 5) is None
    left_out = intervals.mean([1.0, math.nan, 1.0], rng)
    assert left_out is not None
    assert (left_out.low, left_out.high) == (1.0, 1.0)


def test_the_interval_of_a_median_is_exact_for_any_law() -> None:
    rng = np.random.default_rng(5)
    found = [intervals.median(rng.lognormal(sigma=2.0, size=41)) for _ in range(REPEATS)]
    assert enclosed(found, 1.0) >= FEWEST
    few = intervals.median([3.0, 1.0, 2.0])
    assert few is not None
    assert (few.low, few.high, few.confidence) == (1.0, 3.0, 0.75)


@pytest.mark.parametrize("shift", [0.5, 2.0])
def test_the_interval_of_an_area_under_roc_is_never_too_narrow(shift: float) -> None:
    from scipy.stats import norm

    from harness.suites.statistics import auroc

    rng = np.random.default_rng(6)
    areas = [auroc(rng.normal(shift, size=40), rng.normal(size=60)) for _ in range(REPEATS)]
    truth = float(norm.cdf(shift / math.sqrt(2)))
    assert enclosed([intervals.area_under_roc(a, 40, 60) for a in areas], truth) >= 0.94
    perfect = intervals.area_under_roc(1.0, 500, 24)
    assert perfect is not None
    assert perfect.low == pytest.approx(0.025 ** (1 / 24)), "24 cases that are told apart do not show 0.95"


def test_the_interval_of_a_rank_correlation() -> None:
    from harness.suites.statistics import rank_correlation

    rng = np.random.default_rng(7)
    truth = 6 / math.pi * math.asin(0.6 / 2)  # Spearman's of two normal numbers with correlation 0.6
    found = []
    for _ in range(REPEATS):
        one, noise = rng.normal(size=(2, 100))
        value = rank_correlation(one, 0.6 * one + 0.8 * noise)
        found.append(intervals.rank_correlation(value, 100))
    assert enclosed(found, truth) >= FEWEST


def test_a_ratio_of_times_is_known_as_far_as_both_are() -> None:
    rng = np.random.default_rng(8)
    found = []
    for _ in range(REPEATS):
        slow, fast = 2.0 * rng.normal(1, 0.05, 5), rng.normal(1, 0.05, 5)
        spreads = [float(np.std(times, ddof=1) / np.median(times)) for times in (slow, fast)]
        found.append(intervals.time_ratio(float(np.median(slow) / np.median(fast)), spreads, [5, 5]))
    assert enclosed(found, 2.0) >= FEWEST
    once = intervals.time_ratio(3.0, [0.0, 0.0], [1, 1])
    assert once.low < 1.5, "two times that were taken once leave a factor of two and more"
    assert once.high > 6.0


def test_the_interval_of_a_quotient_of_independent_samples() -> None:
    """Means of exponential samples: the quotient of n and m of them follows F(2n, 2m), here within a few per cent."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(60):
        one, other = rng.exponential(2.0, 40), rng.exponential(1.0, 60)
        found = intervals.quotient(np.mean, one, other, rng, draws=400)
        assert found is not None
        held += found.low <= 2.0 <= found.high
    assert 0.8 <= held / 60 <= 1
    assert intervals.quotient(np.mean, [1.0], [1.0, 2.0], rng) is None
