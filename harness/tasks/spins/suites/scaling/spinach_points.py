"""The points of Spinach in the error-cost diagram, from the cache entries of its chains."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, pstdev
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from harness.suites.asking import Truths
from harness.suites.cost import CostPoint, Plan
from harness.suites.errors import mean_of, worst_of
from harness.tasks.spins.metrics import case_errors

if TYPE_CHECKING:
    from harness.tasks.spins.suites.truth import Case

NOTE = "time of {engine} recorded with the cache entry, start of the engine included; other chains of the same ranges"


def spinach_points(plan: Plan, truths: Truths, subject: Any) -> list[CostPoint]:
    """One point per size with cached chains; complete and truncated (IK-1) bases are separate methods.

    The list is empty if neither Spinach nor its cache is available. Spinach itself is not run for this.
    """
    from harness.tasks.spins.suites.truth import resolve_truth

    try:
        truth = resolve_truth("spinach", live=False, allow_fallback=False)
    except InputError:
        return []
    keys = [key for key in truth.ids("chain", "chain-truncated") if truth.available(key)]
    found: dict[tuple[str, int], list[Case]] = {}
    for key in keys:
        if len(truth.planned[key].request.system) not in plan.sizes:
            continue
        case = truth.case(key)
        if case.truth is not None and case.wall_s is not None:
            name = "spinach IK-1" if case.truncated else "spinach"
            found.setdefault((name, len(case.system)), []).append(case)
    return [_point(name, size, cases, truths) for (name, size), cases in sorted(found.items())]


def _point(name: str, size: int, cases: Sequence[Case], truths: Truths) -> CostPoint:
    systems = [case.system for case in cases]
    exact = truths(systems, cases[0].grid)
    errors = case_errors(systems, [case.truth for case in cases], exact)
    seconds = [case.wall_s or 0.0 for case in cases]
    i1z = mean_of(errors, "rmse_i1z")
    engines = {str(case.truth.provenance.engine).capitalize() for case in cases if case.truth is not None}
    engine = " and ".join(sorted(engines))
    return CostPoint(
        name, size, 1, median(seconds), pstdev(seconds), len(cases), mean_of(errors, "rmse_m"),
        worst_of(errors, "rmse_m")["rmse_m"], {"rmse_i1z": i1z}, len(cases), note=NOTE.format(engine=engine),
        recorded=f"time of {engine} when the cache was built",
    )  # fmt: skip
