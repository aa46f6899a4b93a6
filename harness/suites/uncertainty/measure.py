"""Is the stated uncertainty calibrated, and is it large where the error is large?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.records import Interval
from harness.suites.intervals import bootstrap, share
from harness.suites.statistics import CoverageLaw, Sparsification, coverage_law, rank_correlation
from harness.suites.statistics import sparsification as sparsify

LEVELS = (0.50, 0.68, 0.80, 0.90, 0.95)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Coverage of the Gaussian intervals mean ± z(level)·std, over all samples, components and cases.

    ``coverage`` (L,) belongs to ``levels``; ``sharpness`` is the RMS standard deviation; ``calibration_error`` the
    mean |coverage - level| over a fine set of levels.
    """

    levels: tuple[float, ...]
    coverage: tuple[float, ...]
    curve_levels: np.ndarray
    curve: np.ndarray
    sharpness: float
    calibration_error: float

    @property
    def worst_gap(self) -> float:
        """Largest |coverage - level| of the stated levels."""
        return max(abs(c - level) for c, level in zip(self.coverage, self.levels, strict=True))


def calibration(error: np.ndarray, std: np.ndarray, levels: Sequence[float] = LEVELS) -> Calibration:
    """Coverage of ``error`` (…) by ``std`` (…, same shape); a standard deviation of 0 covers only an error of 0."""
    from scipy.stats import norm

    error, std = np.abs(np.ravel(error)), np.ravel(std)
    scale = np.where(std > 0, std, 1.0)
    ratio = np.where(std > 0, error / scale, np.where(error > 0, np.inf, 0.0))
    ratio = np.sort(np.where(np.isnan(ratio), np.inf, ratio))
    fine = np.linspace(0.02, 0.98, 49)

    def covered(at: np.ndarray) -> np.ndarray:
        return np.searchsorted(ratio, norm.ppf((1 + at) / 2), side="right") / len(ratio)

    curve = covered(fine)
    return Calibration(
        tuple(levels),
        tuple(float(c) for c in covered(np.asarray(levels, float))),
        fine,
        curve,
        float(np.sqrt(np.mean(std**2))),
        float(np.mean(np.abs(curve - fine))),
    )


@dataclass(frozen=True, eq=False)
class UqResult:
    """One kind of uncertainty in one regime, compared with a constant width of the same sharpness.

    ``ranks`` is Spearman's correlation of per-case RMS std and RMSE, NaN if the std is constant. ``case_coverage``
    (cases, L) is the share of each case's samples inside the interval of each level.
    """

    regime: str
    kind: str
    cases: int
    calibration: Calibration
    constant: Calibration
    ranks: float
    sparsification: Sparsification
    case_error: np.ndarray
    case_std: np.ndarray
    case_coverage: np.ndarray

    def gap_interval(self, rng: np.random.Generator) -> Interval | None:
        """The bootstrap interval of the largest |coverage - level|, over cases."""
        levels = np.array(self.calibration.levels)
        return bootstrap(lambda covered: float(np.abs(covered.mean(axis=0) - levels).max()), [self.case_coverage], rng)

    def order_interval(self, rng: np.random.Generator) -> Interval | None:
        """The bootstrap interval of the sparsification error divided by that of a random order, over cases."""

        def ratio(error: np.ndarray, std: np.ndarray) -> float:
            found = sparsify(error, std)
            return found.ause / found.ause_random if found.ause_random else np.nan

        return bootstrap(ratio, (self.case_error, self.case_std), rng, draws=500)


def uq_result(regime: str, kind: str, error: np.ndarray, std: np.ndarray, constant_std: float) -> UqResult:
    """Measure everything, judge nothing: ``error`` and ``std`` are (cases, components, T).

    ``constant_std`` is the constant width of the baseline: the RMS error on calibration cases.
    """
    case_error = np.sqrt(np.mean(error**2, axis=(1, 2)))
    case_std = np.sqrt(np.mean(std**2, axis=(1, 2)))
    return UqResult(
        regime,
        kind,
        len(error),
        calibration(error, std),
        calibration(error, np.full_like(error, constant_std)),
        rank_correlation(case_std, case_error),
        sparsify(case_error, case_std),
        case_error,
        case_std,
        case_coverage(error, std),
    )


def case_coverage(error: np.ndarray, std: np.ndarray, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Share of the samples of each case with |error| ≤ z(level)·std, (cases, L), as :func:`calibration` counts them."""
    from scipy.stats import norm

    widths = [float(norm.ppf((1 + level) / 2)) for level in levels]
    return np.stack([(np.abs(error) <= width * std).mean(axis=(1, 2)) for width in widths], axis=1)


@dataclass(frozen=True)
class BandCoverage:
    """Measured coverage of a conformal band, compared with its exact distribution.

    For a whole-trajectory band the share of cases covered at every sample; for a pointwise band the share of samples,
    whose distribution holds at each single sample only (samples of one case are not independent), so ``law`` is None
    there unless one sample per case was used. ``interval`` is the sampling interval of the coverage.
    """

    regime: str
    kind: str
    observable: str
    level: float
    cases: int
    coverage: float
    mean_width: float
    law: CoverageLaw | None
    interval: Interval | None = None

    @property
    def inside(self) -> bool | None:
        """True if the coverage lies in the interval of its distribution."""
        return None if self.law is None else self.law.low <= self.coverage <= self.law.high


def band_coverage(
    regime: str,
    kind: str,
    observable: str,
    level: float,
    error: np.ndarray,
    radius: np.ndarray,
    calibration_cases: int | None,
) -> BandCoverage:
    """Coverage of |error| (cases, T) by ``radius`` (cases, T) or (T,).

    ``kind`` "sup": a case counts if every sample is inside; "pointwise": every sample counts; "sample": one stated
    sample per case, shape (cases, 1), for which the distribution is exact. ``calibration_cases`` None: no
    distribution (out of distribution no coverage is guaranteed).
    """
    inside = np.abs(error) <= np.broadcast_to(radius, error.shape)
    counted = inside.all(axis=1) if kind == "sup" else inside
    law = None
    if calibration_cases is not None and kind != "pointwise":
        law = coverage_law(level, calibration_cases, len(error))
    width = float(np.mean(np.broadcast_to(radius, error.shape)))
    shares = counted if kind == "sup" else counted.mean(axis=1)
    found = float(np.mean(counted))
    return BandCoverage(regime, kind, observable, level, len(error), found, width, law, share(shares))
