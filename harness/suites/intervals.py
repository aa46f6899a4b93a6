"""Sampling intervals of the statistics that are judged: how precisely a number of cases determines the value.

Every interval has a confidence of 95 % unless another is given. Where a statistic has no interval (a single
case, an error that is not finite), it is None, and the value alone is judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from harness.report.records import Interval

CONFIDENCE = 0.95
DRAWS = 2000
SINGLE_RUN = math.log(2.0)
"""A time that was taken once is known within a factor of two."""


def binomial(covered: float, cases: float, confidence: float = CONFIDENCE) -> Interval:
    """Clopper and Pearson's interval of a probability, from ``covered`` successes in ``cases`` cases.

    Exact for whole numbers, Biometrika 26, 404 (1934); for an effective number of cases see :func:`share`.
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = 0.0 if covered <= 0 else float(beta.ppf(tail, covered, cases - covered + 1))
    high = 1.0 if covered >= cases else float(beta.ppf(1 - tail, covered + 1, cases - covered))
    return Interval(low, high, confidence, "Clopper-Pearson")


def normal(value: float, standard_error: float, confidence: float = CONFIDENCE) -> Interval:
    """The interval of a mean over many cases, by the central limit theorem."""
    from scipy.stats import norm

    half = float(norm.ppf((1 + confidence) / 2)) * standard_error
    return Interval(value - half, value + half, confidence, "normal")


def share(inside: ArrayLike, confidence: float = CONFIDENCE) -> Interval | None:
    """The interval of a mean share from ``inside`` (n,), the share of every case: 0 or 1, or between where a case has
    many samples.

    The samples of a case depend on each other, so that the cases count. Clopper-Pearson with the effective number of
    cases p (1 - p)/Var(mean): E. L. Korn and B. I. Graubard, Survey Methodology 24, 193 (1998). n where all are equal.
    """
    values = np.asarray(inside, float)
    if len(values) < 2:
        return None
    mean, variance = float(values.mean()), float(values.var(ddof=1)) / len(values)
    effective = mean * (1 - mean) / variance if variance > 0 else len(values)
    return binomial(mean * effective, effective, confidence)


def bootstrap(
    statistic: Callable[..., float],
    columns: Sequence[ArrayLike],
    rng: np.random.Generator,
    draws: int = DRAWS,
    confidence: float = CONFIDENCE,
) -> Interval | None:
    """The percentile interval of ``statistic(*columns)``; each column is (n, …), and a case has the same row in all.

    Source: B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. None with fewer than two
    cases, or if anything is not finite.
    """
    arrays = [np.asarray(column, float) for column in columns]
    count = len(arrays[0])
    if count < 2 or not all(np.all(np.isfinite(array)) for array in arrays):
        return None
    chosen = (rng.integers(count, size=count) for _ in range(draws))
    values = np.array([statistic(*(array[rows] for array in arrays)) for rows in chosen])
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence, "bootstrap")


def quotient(
    statistic: Callable[..., float],
    numerator: ArrayLike,
    denominator: ArrayLike,
    rng: np.random.Generator,
    draws: int = DRAWS,
    confidence: float = CONFIDENCE,
) -> Interval | None:
    """The percentile interval of ``statistic(numerator)/statistic(denominator)`` of two independent samples."""
    samples = [np.asarray(column, float) for column in (numerator, denominator)]
    if any(len(sample) < 2 or not np.all(np.isfinite(sample)) for sample in samples):
        return None

    def drawn(sample: np.ndarray) -> float:
        return statistic(sample[rng.integers(len(sample), size=len(sample))])

    values = [drawn(samples[0]) / drawn(samples[1]) for _ in range(draws)]
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), confidence, "bootstrap")


def relative_increase(
    numerator: ArrayLike, denominator: ArrayLike, rng: np.random.Generator
) -> tuple[float, Interval | None]:
    """mean(numerator)/mean(denominator) - 1 of two paired samples (n,), and its bootstrap interval.

    Infinite and without an interval where an error is not finite, or all of the denominator is 0.
    """
    top, bottom = np.asarray(numerator, float), np.asarray(denominator, float)
    if not (np.all(np.isfinite(top)) and np.all(np.isfinite(bottom)) and bottom.any()):
        return np.inf, None

    def increase(one: np.ndarray, other: np.ndarray) -> float:
        return float(one.mean() / max(other.mean(), 1e-300) - 1)

    return increase(top, bottom), bootstrap(increase, (top, bottom), rng)


def mean(values: ArrayLike, rng: np.random.Generator, confidence: float = CONFIDENCE) -> Interval | None:
    """The bootstrap interval of a mean over cases; NaN (not given by the subject) is left out, as the mean does."""
    array = np.asarray(values, float)
    return bootstrap(np.mean, [array[~np.isnan(array)]], rng, confidence=confidence)


def median(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval | None:
    """The interval of a median between two of the sorted values, exact for any distribution (inverted sign test).

    Source: H. A. David and H. N. Nagaraja, Order Statistics (2003), section 7.1. With so few values that not even the
    smallest and the largest enclose the median with the confidence: these two, with the confidence that they have.
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, float))
    count = len(ordered)
    if count < 2:
        return None
    rank = max(int(binom.ppf((1 - confidence) / 2, count, 0.5)), 1)
    while rank > 1 and 2 * binom.cdf(rank - 1, count, 0.5) > 1 - confidence:
        rank -= 1
    covers = min(confidence, 1 - 2 * float(binom.cdf(rank - 1, count, 0.5)))
    return Interval(float(ordered[rank - 1]), float(ordered[count - rank]), covers, "order statistics")


def area_under_roc(area: float, positive: int, negative: int, confidence: float = CONFIDENCE) -> Interval | None:
    """An interval of P(score of a positive > score of a negative) from ``positive`` and ``negative`` cases.

    Its variance is at most A(1 - A)/min(n₊, n₋) for all distributions of the scores: Z. W. Birnbaum and O. M. Klose,
    Ann. Math. Stat. 28, 933 (1957). So it is the Clopper-Pearson interval of that many cases, also valid for A = 1.
    """
    cases = min(positive, negative)
    if cases < 2 or math.isnan(area):
        return None
    found = binomial(area * cases, cases, confidence)
    return Interval(found.low, found.high, confidence, "Clopper-Pearson on the rarer class")


def rank_correlation(value: float, cases: int, confidence: float = CONFIDENCE) -> Interval | None:
    """The interval of Spearman's correlation: its artanh has the standard error sqrt((1 + r²/2)/(n - 3)).

    Source: D. G. Bonett and T. A. Wright, Psychometrika 65, 23 (2000).
    """
    from scipy.stats import norm

    if cases < 5 or math.isnan(value):
        return None
    half = float(norm.ppf((1 + confidence) / 2)) * math.sqrt((1 + value**2 / 2) / (cases - 3))
    centre = math.atanh(min(max(value, -1 + 1e-12), 1 - 1e-12))
    return Interval(math.tanh(centre - half), math.tanh(centre + half), confidence, "Bonett-Wright")


def time_ratio(ratio: float, spreads: Sequence[float], runs: Sequence[int], confidence: float = CONFIDENCE) -> Interval:
    """The interval of a ratio of two median times that were measured in one run.

    ``spreads`` are the relative standard deviations of the two series, ``runs`` their lengths. The standard deviation
    of the median of n normal times is sqrt(π/2) times that of their mean; the variances of the two logarithms add. A
    time that was measured once is known within a factor of two.
    """
    from scipy.stats import t

    half = 0.0
    for spread, count in zip(spreads, runs, strict=True):
        quantile = float(t.ppf((1 + confidence) / 2, max(count - 1, 1)))
        one = SINGLE_RUN if count < 2 else quantile * math.sqrt(math.pi / 2) * spread / math.sqrt(count)
        half += one**2
    factor = math.exp(math.sqrt(half))
    return Interval(ratio / factor, ratio * factor, confidence, "scatter of both times")
