"""Fits of all parameters: how many reach the correct minimum, and their errors in units of the bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.suites import intervals
from harness.suites.asking import Claim, measured
from harness.suites.inverse.plan import Case, Fitted, Plan
from harness.suites.inverse.single import RATIO, median


@dataclass(frozen=True)
class JointRow:
    """One fit of all parameters of one system.

    ``ratio`` is the root mean square of error/bound over the judged parameters that are in the correct minimum.
    """

    model: str
    size: int
    draw: int
    parameters: int
    excluded: int
    right: int
    ratio: float
    iterations: int
    converged: bool
    seconds: float
    cpu_seconds: float
    worst: str


def joint_row(row: JointRow, size_key: str) -> dict[str, Any]:
    """A row as plain values, the size under its own name."""
    return {size_key if name == "size" else name: value for name, value in vars(row).items()}


def joint_fits(model: Any, name: str, plan: Plan, draws: int) -> tuple[list[JointRow], np.ndarray]:
    """Every case of the second half; second result: (2, K) bounds and |errors| of the judged parameters."""
    rows: list[JointRow] = []
    pairs: list[np.ndarray] = []
    joint = plan.joint
    for size in joint.sizes:
        for draw, case in enumerate(joint.cases(size, draws)):
            fit = plan.fit(model, case, joint.max_iterations, joint.tolerance)
            row, judged = _row(name, size, draw, case, fit, plan)
            rows.append(row)
            pairs.append(judged)
    return rows, np.concatenate(pairs, axis=1)


def _row(name: str, size: int, draw: int, case: Case, fit: Fitted, plan: Plan) -> tuple[JointRow, np.ndarray]:
    error, bound = np.abs(case.distance(fit.theta)), case.bound
    judged = bound < plan.joint.widest
    ratio = error[judged] / bound[judged]
    right = ratio < plan.joint.basin
    value = float(np.sqrt(np.mean(ratio[right] ** 2))) if right.any() else float("nan")
    at = int(np.argmax(ratio)) if len(ratio) else 0
    names = [one for one, here in zip(case.names, judged, strict=True) if here]
    worst = f"{case.label}: {names[at]} off by {ratio[at]:.1f} bounds" if names else "nothing to judge"
    row = JointRow(
        name, size, draw, int(judged.sum()), int((~judged).sum()), int(right.sum()), value, fit.iterations,
        fit.converged, fit.seconds, fit.cpu_seconds, worst,
    )  # fmt: skip
    return row, np.stack([bound[judged], error[judged]])


def joint_claims(subject: Any, rows: Sequence[JointRow], plan: Plan) -> list[Claim]:
    """Claims about the fits of all parameters, size by size."""
    return [claim for size in plan.joint.sizes for claim in _of_size(subject, rows, size, plan)]


def _of_size(subject: Any, rows: Sequence[JointRow], size: int, plan: Plan) -> list[Claim]:
    joint, here = plan.joint, [row for row in rows if row.size == size]
    judged, right = sum(r.parameters for r in here), sum(r.right for r in here)
    there = [r for r in here if np.isfinite(r.ratio)]
    parts = np.array([r.ratio for r in there]), np.array([float(r.right) for r in there])
    worst = min(here, key=lambda r: r.right / max(r.parameters, 1)).worst
    excluded = sum(r.excluded for r in here)
    case = f"{joint.name}, {joint.population(size)}, {len(here)} fits"
    bound = f"bound ≥ {joint.widest:g} {plan.unit}"
    note = f"{joint.noise}; {judged} parameters judged, {excluded} excluded ({bound})".removeprefix("; ")
    about: dict[str, Any] = {"worst": worst, "note": note, "seed": plan.seed, "cases": len(here)}
    found = intervals.share([r.right / r.parameters for r in here if r.parameters])
    share = measured(
        "parameters in the right basin", case, subject, right / max(judged, 1), interval=found, **about
    )  # fmt: skip
    known = intervals.bootstrap(_pooled, parts, np.random.default_rng(plan.seed))
    ratio = measured(RATIO, case, subject, _pooled(*parts), interval=known, **about)
    time = measured("time of a fit, median", case, subject, median([r.seconds for r in here]), unit="s")
    target = size == joint.judged_size
    return [
        Claim(share, "right_fraction" if target else None),
        Claim(ratio, "all_ratio" if target else None),
        Claim(time),
    ]


def _pooled(ratios: np.ndarray, right: np.ndarray) -> float:
    """Root mean square over all parameters of the fits, from that of each fit (n,) and its number of them (n,)."""
    return float(np.sqrt(np.sum(ratios**2 * right) / max(np.sum(right), 1.0)))
