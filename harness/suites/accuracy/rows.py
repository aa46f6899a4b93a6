"""The rows of the table and of the figure, from the records of a run: whichever process has measured a case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.report.page import SuiteRun
from harness.suites.accuracy.plan import Plan, key_of


@dataclass(frozen=True)
class Row:
    """One case: errors by metric of the subject and of every baseline (NaN where there is no number), and seconds."""

    case: str
    size: int
    errors: Mapping[str, float]
    baselines: Mapping[str, Mapping[str, float]]
    seconds: float


def rows_of(plan: Plan, run: SuiteRun) -> list[Row]:
    """One row for each case that was compared, in the order of the comparisons."""
    measured = [record.measurement for record in run.records if record.expected == "meet"]
    values = {(one.case, one.subject, one.metric): _number(one.value) for one in measured}
    cases = dict.fromkeys(one.case for one in measured if one.metric == plan.metrics[0].label)
    labels = [baseline.label for baseline in plan.baselines]
    stored = set(run.retained())

    def errors(case: str, whose: str) -> dict[str, float]:
        return {metric.key: values.get((case, whose, metric.label), math.nan) for metric in plan.metrics}

    rows = []
    for case in cases:
        key = key_of(case)
        size = int(run.arrays(key)["size"]) if key in stored else 0
        seconds = values.get((case, run.subject, "time of the subject"), math.nan)
        rows.append(Row(case, size, errors(case, run.subject), {one: errors(case, one) for one in labels}, seconds))
    return rows


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def table_row(row: Row) -> dict[str, Any]:
    """A row as plain values."""
    others = {f"{label} {key}": value for label, errors in row.baselines.items() for key, value in errors.items()}
    return {"case": row.case, "size": row.size, **row.errors, "seconds": row.seconds, **others}
