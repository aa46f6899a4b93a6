"""Cost at equal error: the fastest model against the fastest ``cfm4`` of any step and grid, in one run.

Cost is the processor time of the propagation alone. What is made once for a molecule (integrals, ground state, the
response kernel, the points of ``kernel+quad``) is stated apart, as ``setup_s``. Error is ‖δμ - δμ_true‖ /
‖δμ_true‖, the truth being ``cfm4`` in steps of 0.1 au on the grid of the system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from time import process_time
from typing import Any

import numpy as np

from harness.benchmark.machine import conditions
from harness.tasks.tddft.casida import excitations
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.anchored import Anchored
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.kernel_quadrature import kernel_quadrature
from harness.tasks.tddft.models.larger_steps import at_samples
from harness.tasks.tddft.propagators import FockModel, evolve
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.systems import MolecularSystem

SCHEMA = "tddft-equal-error-1"
TRUE_STEP_AU = 0.1
METHOD = "cfm4-short-start"
"""The rule of all that is timed: few builds at the start, so that ``cfm4`` is compared at its best."""
ERRORS = (1e-4, 1e-3, 3e-3, 1e-2)
LONG_S = 5.0
"""A propagation of this processor time or more is run once."""


@dataclass(frozen=True)
class Plan:
    """What is propagated, until when, and which methods are compared.

    ``coarser`` are levels of the quadrature grid below that of the system, ``cfm4_steps_au`` and ``model_steps_au``
    steps, ``anchors_au`` intervals of true Fock matrices (each with every step of a model that is not longer),
    ``shares`` those of ``kernel+quad``. Each method is run ``runs`` times, and the least time counts.
    """

    system: MolecularSystem
    horizon_au: float = 24.0
    coarser: tuple[int, ...] = (0,)
    cfm4_steps_au: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    model_steps_au: tuple[float, ...] = (0.2, 0.4, 0.8, 1.0)
    anchors_au: tuple[float, ...] = (0.8, 1.6, 3.2)
    shares: tuple[float, ...] = (0.5, 0.7, 0.9, 0.97)
    runs: int = 3


@dataclass(frozen=True)
class Point:
    """One method: ``kind`` is "cfm4", "model" or "baseline"; ``builds`` counts true Fock matrices."""

    method: str
    kind: str
    error: float
    cpu_s: float
    builds: int
    setup_s: float


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
    setup, structure = _timed(partial(structure_of, plan.system))
    seconds, evolution = _timed(partial(evolve, structure, plan.system.field, grid))
    truth = evolution.induced
    points = [Point(f"cfm4 {TRUE_STEP_AU:g}", "cfm4", 0.0, seconds, evolution.builds, setup)]
    say(points[0])
    for point in chain(_larger_steps(plan, grid, truth), _models(plan, structure, grid, truth)):
        points.append(point)
        say(point)
    return points


def ratios(points: Sequence[Point], errors: Sequence[float] = ERRORS) -> list[Ratio]:
    """One for each error that both a model and ``cfm4`` reach."""
    found = []
    for error in errors:
        fastest = {
            kind: min((p for p in points if p.kind == kind and p.error <= error), key=lambda p: p.cpu_s, default=None)
            for kind in ("cfm4", "model", "baseline")
        }
        if fastest["cfm4"] and fastest["model"]:
            found.append(Ratio(error, fastest["cfm4"], fastest["model"], fastest["baseline"]))
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


def _larger_steps(plan: Plan, grid: AtomicTimeGrid, truth: np.ndarray) -> Iterator[Point]:
    """``cfm4`` on the grid of the system and on coarser ones."""
    for level in (plan.system.quadrature, *plan.coarser):
        setup, structure = _timed(partial(structure_of, replace(plan.system, quadrature=level)))
        where = "" if level == plan.system.quadrature else f", grid {level}"
        for step in plan.cfm4_steps_au:
            yield _point(f"cfm4 {step:g}{where}", "cfm4", step, structure, lambda s=structure: s, plan, truth, setup)


def _models(plan: Plan, structure: Structure, grid: AtomicTimeGrid, truth: np.ndarray) -> Iterator[Point]:
    """The kernel alone, with the terms beyond first order at some points, with anchors, and the sum over states."""
    setup, kernel = _timed(partial(Kernel.of, structure))
    for step in plan.model_steps_au:
        yield _point(f"kernel {step:g}", "model", step, structure, lambda: kernel, plan, truth, setup)
    for share in plan.shares:
        chosen, model = _timed(partial(kernel_quadrature, structure, share))
        for step in plan.model_steps_au:
            name = f"kernel+quad of {share:g}, steps of {step:g}"
            yield _point(name, "model", step, structure, lambda m=model: m, plan, truth, setup + chosen)
    for interval in plan.anchors_au:
        for step in (one for one in plan.model_steps_au if one <= interval):
            name = f"anchored every {interval:g}, steps of {step:g}"
            make = partial(Anchored, kernel, structure, interval)
            yield _point(name, "model", step, structure, make, plan, truth, setup)
    setup, states = _timed(partial(excitations, structure))
    seconds, induced = _timed(partial(states.induced, plan.system.field, grid))
    yield Point("sum over states", "baseline", _error(induced, truth), seconds, 0, setup)


def _point(
    name: str, kind: str, step_au: float, structure: Structure, make: Callable[[], FockModel], plan: Plan,
    truth: np.ndarray, setup_s: float,
) -> Point:  # fmt: skip
    """Propagate by ``cfm4`` in steps of ``step_au`` with the model that ``make`` gives anew for each run."""
    grid = AtomicTimeGrid.until(plan.horizon_au, TRUE_STEP_AU)
    coarse = AtomicTimeGrid(int(np.ceil(plan.horizon_au / step_au - 1e-9)) + 1, step_au, float("inf"))
    best, found, model = np.inf, None, make()
    for _ in range(plan.runs):
        model = make()
        seconds, found = _timed(partial(evolve, structure, plan.system.field, coarse, METHOD, model))
        best = min(best, seconds)
        if seconds >= LONG_S:
            break
    assert found is not None
    induced = at_samples(found, grid).T
    builds = found.builds if kind == "cfm4" else model.true_builds if isinstance(model, Anchored) else 0
    return Point(name, kind, _error(induced - induced[0], truth), best, builds, setup_s)


def _error(induced: np.ndarray, truth: np.ndarray) -> float:
    return float(np.linalg.norm(induced - truth) / np.linalg.norm(truth))


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time of a call, and what it returns."""
    begun = process_time()
    found = call()
    return process_time() - begun, found
