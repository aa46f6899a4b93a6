"""The subject and the baselines compared with the production code, case by case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.suites.accuracy.plan import Case, Plan
from harness.suites.asking import Claim, Truths, measured
from harness.suites.errors import absence, error_of
from harness.task import Metric


@dataclass(frozen=True)
class Row:
    """One case: errors by metric of the subject and of every baseline, and seconds of the subject."""

    case: str
    size: int
    errors: Mapping[str, float]
    baselines: Mapping[str, Mapping[str, float]]
    seconds: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """Rows for the table, claims for the verdicts."""

    rows: list[Row]
    claims: list[Claim]


@dataclass(frozen=True)
class _Named:
    """A baseline as the subject of a measurement."""

    name: str

    @property
    def provenance(self) -> dict[str, str]:
        return {"kind": "reference", "name": self.name}


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Every case of the plan; ``truths`` is the production code."""
    found = Outcome([], [])
    for case in plan.cases():
        (truth,) = truths([case.system], case.grid)
        answer = subject.answer(case.system, case.grid)
        one = answer.trajectory
        errors = {m.key: error_of(m, one, truth, case.system) for m in plan.metrics}
        others = {b.label: b.predict([case.system], case.grid)[0] for b in plan.baselines}
        baseline_errors = {
            label: {m.key: error_of(m, other, truth, case.system) for m in plan.metrics}
            for label, other in others.items()
        }
        found.rows.append(Row(case.id, case.system.size, errors, baseline_errors, answer.wall_s))
        found.claims.extend(_claims(subject, plan, case, found.rows[-1], answer, truths.name))
    return found


def _claims(subject: Any, plan: Plan, case: Case, row: Row, answer: Any, reference: str) -> list[Claim]:
    refused = f"refused by {subject.name}: {answer.refusal}" if answer.refusal else ""
    about: dict[str, Any] = {"reference": reference, "problem": "" if refused else answer.problem}
    targets = dict(case.judged)
    claims = []
    for metric in plan.metrics:
        value = row.errors[metric.key]
        absent = refused or ("" if about["problem"] else absence(metric, value))
        one = measured(metric.label, case.id, subject, value, unit=metric.unit, absent=absent, **about)
        claims.append(Claim(one, targets.get(metric.key)))
    claims += _ratio(subject, plan, case, row, about, refused)
    for label, errors in row.baselines.items():
        claims += [_of_baseline(label, metric, case, errors[metric.key], reference) for metric in plan.metrics]
    claims.append(Claim(measured("time of the subject", case.id, subject, row.seconds, unit="s", **about)))
    return claims


def _ratio(
    subject: Any, plan: Plan, case: Case, row: Row, about: Mapping[str, Any], refused: str
) -> list[Claim]:
    """The error of the subject divided by that of the first baseline; the rounding error is the lower limit of both."""
    if not plan.baselines:
        return []
    first, main = plan.baselines[0], plan.metrics[0]
    mine, other = row.errors[main.key], row.baselines[first.label][main.key]
    mine, other = (max(value, plan.rounding) if math.isfinite(value) else value for value in (mine, other))
    absent = refused or ("" if about["problem"] else absence(main, mine))
    ratio = mine / other if other else math.nan
    one = measured(first.ratio, case.id, subject, ratio, absent=absent, **about)
    return [Claim(one, "against_baseline" if case.judges_ratio else None)]


def _of_baseline(label: str, metric: Metric, case: Case, value: float, reference: str) -> Claim:
    one = measured(
        metric.label, case.id, _Named(label), value, unit=metric.unit, reference=reference,
        absent="" if math.isfinite(value) else f"{label} does not give it",
    )  # fmt: skip
    return Claim(one)


def table_row(row: Row) -> dict[str, Any]:
    """A row as plain values."""
    baseline_errors = {
        f"{label} {key}": value for label, errors in row.baselines.items() for key, value in errors.items()
    }
    return {"case": row.case, "size": row.size, **row.errors, "seconds": row.seconds, **baseline_errors}
