"""How far a trajectory lies from the truth: one number per observable, and one row per case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.records import Interval
from harness.suites import intervals
from harness.tasks.spins.systems import SpinSystem, Trajectory


@dataclass(frozen=True)
class CaseError:
    """Errors of one case. An observable that the subject does not give is NaN; one that is not finite is infinite."""

    case: str
    spins: int
    rmse_m: float
    rmse_i1z: float
    worst_m: float

    @property
    def largest(self) -> float:
        """The larger of the two RMSEs, over the observables that are there."""
        there = [e for e in (self.rmse_m, self.rmse_i1z) if not math.isnan(e)]
        return max(there, default=math.nan)


def _finite(value: float | np.floating) -> float:
    return float(value) if np.isfinite(value) else math.inf


def rmse_m(one: Trajectory, truth: Trajectory) -> float:
    """sqrt(mean |ΔM|² / 2): per real component, dimensionless, M(0) = 1. Infinite for anything not finite."""
    return _finite(np.sqrt(np.mean(np.abs(one.m - truth.m) ** 2) / 2))


def rmse_i1z(one: Trajectory, truth: Trajectory) -> float:
    """sqrt(mean ΔI_1z²), I_1z(0) = 1. NaN if either trajectory has none, infinite for anything not finite."""
    if one.i1z is None or truth.i1z is None:
        return math.nan
    return _finite(np.sqrt(np.mean((one.i1z - truth.i1z) ** 2)))


def relative_m(one: Trajectory, truth: Trajectory) -> float:
    """‖ΔM‖₂ / ‖M_true‖₂ over the grid."""
    return _finite(np.linalg.norm(one.m - truth.m) / np.linalg.norm(truth.m))


def case_errors(
    systems: Sequence[SpinSystem], predicted: Sequence[Trajectory | None], truths: Sequence[Trajectory]
) -> list[CaseError]:
    """One row per case, in order; a case without a prediction (None) has infinite errors."""
    rows = []
    for number, (system, one, truth) in enumerate(zip(systems, predicted, truths, strict=True)):
        name = f"{system.name or 'system'} #{number}"
        if one is None or one.mx is None:
            rows.append(CaseError(name, len(system), math.inf, math.inf, math.inf))
            continue
        worst = _finite(np.max(np.abs(one.m - truth.m)))
        rows.append(CaseError(name, len(system), rmse_m(one, truth), rmse_i1z(one, truth), worst))
    return rows


def mean_of(rows: Sequence[CaseError], what: str = "rmse_m") -> float:
    """Mean of one column over the cases that have it; infinite if one is, NaN if none has it."""
    values = [v for v in (getattr(row, what) for row in rows) if not math.isnan(v)]
    return float(np.mean(values)) if values else math.nan


def interval_of(rows: Sequence[CaseError], seed: int, what: str = "rmse_m") -> Interval | None:
    """The sampling interval of :func:`mean_of`; None where a case has no finite error."""
    return intervals.mean([getattr(row, what) for row in rows], np.random.default_rng(seed))


def worst_of(rows: Sequence[CaseError], what: str = "rmse_m") -> CaseError:
    """The case with the largest value of one column."""
    return max(rows, key=lambda row: -math.inf if math.isnan(getattr(row, what)) else getattr(row, what))
