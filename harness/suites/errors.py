"""How far answers lie from the truth: one row per case, one number per metric, and their mean, worst and interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.report.records import Interval
from harness.suites import intervals
from harness.suites.asking import Claim, measured
from harness.task import Metric


@dataclass(frozen=True)
class CaseError:
    """Errors of one case by the key of their metric, and the size of its system.

    NaN where the answer does not determine a metric, infinite where there is no answer or one that is not finite.
    """

    case: str
    size: int
    errors: Mapping[str, float]

    def __getitem__(self, key: str) -> float:
        return self.errors[key]


def case_errors(
    metrics: Sequence[Metric],
    systems: Sequence[Any],
    predicted: Sequence[Any],
    truths: Sequence[Any],
) -> list[CaseError]:
    """One row per case, in order; a case without an answer (None) has infinite errors."""
    rows = []
    for number, (system, one, truth) in enumerate(zip(systems, predicted, truths, strict=True)):
        found = {metric.key: error_of(metric, one, truth, system) for metric in metrics}
        rows.append(CaseError(f"{system.name or 'system'} #{number}", system.size, found))
    return rows


def error_of(metric: Metric, one: Any, truth: Any, system: Any) -> float:
    """The error of one answer: NaN where the answer or the truth lacks an observable that the metric needs.

    Infinite where there is no answer, or where the error is not finite although everything was given.
    """
    if one is None:
        return math.inf
    if any(name not in one.arrays or name not in truth.arrays for name in metric.needs):
        return math.nan
    value = metric.of(one, truth, system)
    return float(value) if np.isfinite(value) else math.inf


def mean_of(rows: Sequence[CaseError], key: str) -> float:
    """Mean of one metric over the cases that have it; infinite if one is, NaN if none has it."""
    values = [row[key] for row in rows if not math.isnan(row[key])]
    return float(np.mean(values)) if values else math.nan


def interval_of(rows: Sequence[CaseError], seed: int, key: str) -> Interval | None:
    """The sampling interval of :func:`mean_of`; None where a case has no finite error."""
    return intervals.mean([row[key] for row in rows], np.random.default_rng(seed))


def worst_of(rows: Sequence[CaseError], key: str) -> CaseError:
    """The case with the largest value of one metric."""
    return max(rows, key=lambda row: -math.inf if math.isnan(row[key]) else row[key])


def mean_claim(
    metric: Metric,
    rows: Sequence[CaseError],
    case: str,
    subject: Any,
    target: str | None,
    *,
    reference: str,
    seed: int,
    problem: str = "",
    note: str = "",
) -> Claim:
    """The mean of a metric over the cases of a population, with its interval and the worst case."""
    mean, worst = mean_of(rows, metric.key), worst_of(rows, metric.key)
    one = measured(
        f"mean {metric.label}", case, subject, mean, reference=reference, unit=metric.unit, problem=problem, seed=seed,
        worst=f"{worst.case}: {worst[metric.key]:.2e}", note=note, absent=absence(metric, mean),
        interval=interval_of(rows, seed, metric.key), cases=len(rows),
    )  # fmt: skip
    return Claim(one, target)


def absence(metric: Metric, value: float) -> str:
    """Why there is no number, "" where there is one."""
    return f"the subject does not give what the {metric.label} needs" if math.isnan(value) else ""
