"""Fits of one parameter: errors in units of the Cramér-Rao bound, iterations, and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.report import Interval
from harness.suites import intervals
from harness.suites.asking import Claim, measured
from harness.suites.inverse.plan import Plan

RATIO = "RMSE / Cramér-Rao bound"
MOST_ITERATIONS = 20


@dataclass(frozen=True)
class SingleRow:
    """One fit of one parameter; ``deviation`` is the estimate minus the truth."""

    model: str
    facts: Mapping[str, float]
    label: str
    estimate: float
    deviation: float
    bound: float
    iterations: int
    converged: bool
    seconds: float
    cpu_seconds: float
    calls_requested: int
    calls_computed: int


def single_row(row: SingleRow, unit: str) -> dict[str, Any]:
    """A row as plain values, the unit in the names of its columns."""
    plain = dict(vars(row))
    facts, unit = plain.pop("facts"), unit.lower()
    plain.pop("label")
    plain[f"estimate_{unit}"], plain[f"bound_{unit}"] = plain.pop("estimate"), plain.pop("bound")
    plain[f"deviation_{unit}"] = plain.pop("deviation")
    return {"model": plain.pop("model"), **facts, **plain}


def single_fits(model: Any, name: str, plan: Plan, draws: int) -> tuple[list[SingleRow], dict[str, np.ndarray]]:
    """Every case of the first half, and the paths that are shown; the noise of a case is the same for every model."""
    rows: list[SingleRow] = []
    paths: dict[str, np.ndarray] = {}
    for number, case in enumerate(plan.single.cases(draws)):
        if not number:
            # A first fit includes imports and the filling of caches: its time is not measured.
            plan.fit(model, case, MOST_ITERATIONS, plan.single.tolerance)
        fit = plan.fit(model, case, MOST_ITERATIONS, plan.single.tolerance)
        count = getattr(fit, "count", None)
        rows.append(
            SingleRow(
                name, case.facts, case.label, float(fit.theta[0]), float(case.distance(fit.theta)[0]),
                float(case.bound[0]), fit.iterations, fit.converged, fit.seconds, fit.cpu_seconds,
                getattr(count, "requested", 0), getattr(count, "computed", 0),
            )
        )  # fmt: skip
        if case.path:
            paths[case.path] = np.abs(np.array([case.distance(theta)[0] for theta in fit.path]))
    return rows, paths


def single_claims(subject: Any, rows: Sequence[SingleRow], plan: Plan) -> list[Claim]:
    """Claims about the fits of one parameter by one model."""
    case = f"{plan.single.case}, {len(rows)} fits"
    ratio = np.array([row.deviation / row.bound for row in rows])
    slow, long = max(rows, key=lambda r: r.cpu_seconds), max(rows, key=lambda r: r.iterations)
    lost = [row for row in rows if not row.converged]
    worst = rows[int(np.argmax(np.abs(ratio)))]

    def claim(
        metric: str, value: float, target: str | None, unit: str = "1", row: SingleRow | None = None,
        interval: Interval | None = None,
    ) -> Claim:  # fmt: skip
        one = measured(
            metric, case, subject, value, unit=unit, worst="" if row is None else row.label, seed=plan.seed,
            interval=interval, cases=len(rows),
        )  # fmt: skip
        return Claim(one, target)

    counts, cpu = [r.iterations for r in rows], [r.cpu_seconds for r in rows]
    pooled = intervals.bootstrap(rms, [ratio], np.random.default_rng(plan.seed))
    return [
        claim("fits that did not converge", len(lost), "unconverged", row=lost[0] if lost else None),
        claim("iterations, most", long.iterations, "iterations_most", row=long),
        claim("iterations, median", median(counts), "iterations_median", interval=intervals.median(counts)),
        claim("processor time of a fit, median", median(cpu), "seconds", "s", interval=intervals.median(cpu)),
        claim("processor time of a fit, longest", slow.cpu_seconds, None, "s", slow),
        Claim(measured("time of a fit, median", case, subject, median([r.seconds for r in rows]), unit="s")),
        claim(RATIO, rms(ratio), "pooled_ratio", row=worst, interval=pooled),
    ]


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(values**2)))


def median(values: Sequence[float]) -> float:
    """The median as a plain number."""
    return float(np.median(values))
