"""Cost at equal error: the fastest model against the fastest ``cfm4`` of any step and grid, in one run.

Cost is the processor time of the propagation alone. What is made once for a molecule (integrals, ground state, the
response kernel, the points of ``kernel+quad``) is stated apart, as ``setup_s``. Error is ‖δμ - δμ_true‖ /
‖δμ_true‖, the truth being ``cfm4`` in steps of 0.1 au on the grid of the system.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from harness.benchmark.machine import conditions
from harness.benchmark.timing import Protocol, measure
from harness.tasks.tddft.benchmarks.methods import Entry, entries, timed
from harness.tasks.tddft.benchmarks.plan import LINEAR, TRUE_STEP_AU, Plan, Point
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.larger_steps import at_samples
from harness.tasks.tddft.propagators import Evolution, evolve
from harness.tasks.tddft.structure import structure_of

SCHEMA = "tddft-equal-error-2"
ERRORS = (1e-4, 1e-3, 3e-3, 1e-2)
LONG_S = 5.0
"""A propagation of this time or more is run once, without warming up."""
MODELS = ("model", "network")


@dataclass(frozen=True)
class Ratio:
    """At errors up to ``error``: the fastest ``cfm4``, the fastest model, and the quotient of their times.

    ``linear`` is linear response where it reaches the error: it needs no steps, and no model is faster.
    """

    error: float
    cfm4: Point
    model: Point
    linear: Point | None

    @property
    def factor(self) -> float:
        """Time of ``cfm4`` over that of the model."""
        return self.cfm4.cpu_s / self.model.cpu_s


def run(plan: Plan, say: Callable[[Point], object] = lambda point: None) -> list[Point]:
    """Every method of a plan; ``say`` is called with each one that is finished."""
    grid = AtomicTimeGrid.until(plan.horizon_au, TRUE_STEP_AU)
    setup, structure = timed(partial(structure_of, plan.system))
    seconds, evolution = timed(partial(evolve, structure, plan.system.field, grid))
    points = [Point(f"cfm4 {TRUE_STEP_AU:g}", "cfm4", 0.0, seconds, evolution.builds, setup)]
    say(points[0])
    for entry in entries(plan, structure):
        points.append(_point(entry, plan, grid, evolution.induced))
        say(points[-1])
    return points


def ratios(points: Sequence[Point], errors: Sequence[float] = ERRORS) -> list[Ratio]:
    """One for each error that both a model and ``cfm4`` reach."""
    found = []
    for error in errors:
        good = [point for point in points if point.error <= error]
        cfm4 = _fastest([point for point in good if point.kind == "cfm4"])
        model = _fastest([point for point in good if point.kind in MODELS])
        if cfm4 and model:
            found.append(Ratio(error, cfm4, model, _fastest([point for point in good if point.method == LINEAR])))
    return found


def record(plan: Plan, points: Sequence[Point]) -> dict[str, Any]:
    """Plan, machine, every point and the ratios, as plain JSON values."""
    plain = {**asdict(plan), "system": plan.system.as_dict()}
    return {
        "schema": SCHEMA,
        "machine": conditions(),
        "plan": plain,
        "points": [asdict(point) for point in points],
        "ratios": [{**asdict(one), "factor": one.factor} for one in ratios(points)],
    }


def _fastest(points: Sequence[Point]) -> Point | None:
    return min(points, key=lambda point: point.cpu_s, default=None)


def _point(entry: Entry, plan: Plan, grid: AtomicTimeGrid, truth: np.ndarray) -> Point:
    """Time and error of one method; the dipole between its samples by a cubic spline."""
    answers: deque[Evolution] = deque(maxlen=1)
    protocol = Protocol(warmups=1, runs=plan.runs, most_runs=plan.runs, budget_s=2 * LONG_S)
    timing = measure(lambda: answers.append(entry.call()), protocol)
    induced = at_samples(answers[0], grid).T
    error = float(np.linalg.norm(induced - induced[0] - truth) / np.linalg.norm(truth))
    return Point(entry.name, entry.kind, error, timing.cpu_s, answers[0].builds, entry.setup_s, timing.runs)
