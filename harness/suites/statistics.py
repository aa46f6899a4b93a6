"""Statistics of errors and uncertainties: rank measures, sparsification, and the distribution of conformal coverage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


def auroc(positive: ArrayLike, negative: ArrayLike) -> float:
    """P(score of a positive > score of a negative) + P(equal)/2: the area under the ROC curve.

    It is U/(n₊ n₋) of Mann and Whitney, Ann. Math. Stat. 18, 50 (1947); 0.5 for a score without information.
    NaN if one class is empty. Infinite scores are allowed, NaN scores count as the lowest.
    """
    high, low = (np.nan_to_num(np.asarray(s, float), nan=-math.inf) for s in (positive, negative))
    high, low = np.nan_to_num(high, posinf=1e308, neginf=-1e308), np.nan_to_num(low, posinf=1e308, neginf=-1e308)
    if not high.size or not low.size:
        return math.nan
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([high, low]))
    return float((ranks[: high.size].sum() - high.size * (high.size + 1) / 2) / (high.size * low.size))


def rank_correlation(one: ArrayLike, other: ArrayLike) -> float:
    """Spearman's rank correlation; NaN if one of the two is constant."""
    from scipy.stats import spearmanr

    one, other = np.asarray(one, float), np.asarray(other, float)
    if np.all(one == one[0]) or np.all(other == other[0]):
        return math.nan
    return float(np.asarray(spearmanr(one, other))[0])


@dataclass(frozen=True, eq=False)
class Sparsification:
    """Mean error of what is left when the most uncertain fraction is removed.

    ``fractions`` (K,) removed; ``by_uncertainty``, ``by_error`` (the best possible order) and ``at_random`` (K,).
    ``ause`` is the area between the first two, ``ause_random`` between random and best, both divided by the mean error:
    0 for a perfect order; a useful uncertainty lies below ``ause_random``.
    Source: E. Ilg et al., Proc. ECCV (2018), doi 10.1007/978-3-030-01234-2_40.
    """

    fractions: np.ndarray
    by_uncertainty: np.ndarray
    by_error: np.ndarray
    at_random: np.ndarray
    ause: float
    ause_random: float


def sparsification(error: ArrayLike, uncertainty: ArrayLike, points: int = 20) -> Sparsification:
    """Sparsification curves of per-case errors and uncertainties, both (n,)."""
    error, uncertainty = np.asarray(error, float), np.asarray(uncertainty, float)
    fractions = np.linspace(0, 0.95, points)
    keep = np.maximum(1, np.round((1 - fractions) * len(error)).astype(int))
    mean = float(np.mean(error))

    def curve(order: np.ndarray) -> np.ndarray:
        running = np.cumsum(error[order]) / np.arange(1, len(error) + 1)
        return running[keep - 1]

    ours, best = curve(np.argsort(uncertainty, kind="stable")), curve(np.argsort(error, kind="stable"))
    flat = np.full(points, mean)
    scale = mean or 1.0
    areas = [float(np.trapezoid(c - best, fractions)) / scale for c in (ours, flat)]
    return Sparsification(fractions, ours, best, flat, *areas)


@dataclass(frozen=True)
class CoverageLaw:
    """The range of the coverage of a split-conformal band if calibration and test cases are exchangeable.

    With n calibration scores and k = ceil((n+1)·level) the coverage is Beta(k, n+1-k) distributed, and the number of
    covered ones among m test cases Beta-binomial. ``low`` and ``high`` enclose it with probability ``confidence``.
    Source: V. Vovk, Conditional validity of inductive conformal predictors, Mach. Learn. 92, 349 (2013).
    """

    level: float
    calibration: int
    test: int
    confidence: float
    mean: float
    low: float
    high: float


def coverage_law(level: float, calibration: int, test: int, confidence: float = 0.99) -> CoverageLaw:
    """The exact (Beta-binomial) interval of the measured coverage, as fractions of ``test``."""
    from scipy.stats import betabinom

    k = math.ceil((calibration + 1) * level - 1e-9)
    if k > calibration:  # too few calibration cases for this level: the honest band is infinite
        return CoverageLaw(level, calibration, test, confidence, 1.0, 1.0, 1.0)
    law = betabinom(test, k, calibration + 1 - k)
    low, high = law.ppf((1 - confidence) / 2), law.ppf((1 + confidence) / 2)
    ends = float(low) / test, float(high) / test
    return CoverageLaw(level, calibration, test, confidence, k / (calibration + 1), *ends)


def beta_law_distance(coverages: ArrayLike, level: float, calibration: int) -> float:
    """p-value of Kolmogorov and Smirnov's test of many coverages against their exact Beta(k, n+1-k) distribution.

    ``coverages`` are true coverages (or measured on so many cases that the binomial spread is negligible), one for each
    independent calibration set of ``calibration`` scores.
    """
    from scipy.stats import beta, kstest

    k = math.ceil((calibration + 1) * level - 1e-9)
    return float(kstest(np.asarray(coverages, float), beta(k, calibration + 1 - k).cdf).pvalue)
