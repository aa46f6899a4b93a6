"""Re-anchoring: the error against the number of true Fock matrices, compared with larger steps of ``cfm4``.

The budget is the number of true Fock matrices for each au of time. It is spent at fixed intervals, or where the anchor
defect (the error of the extrapolated correction at an anchor, max|ΔF|) calls for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.anchored import Anchored
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.kernel_quadrature import KernelQuadrature, kernel_quadrature
from harness.tasks.tddft.models.larger_steps import at_samples
from harness.tasks.tddft.propagators import FockModel, evolve
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.suites.packaged import water_pulses
from harness.tasks.tddft.systems import MolecularSystem

GRID = AtomicTimeGrid.until(50.0, 0.1)
INTERVALS_AU = (0.4, 0.8, 1.6, 3.2)
TOLERANCES_AU = (3e-6, 1e-5, 1e-4, 1e-3)
"""Anchor defects that the adaptive budget aims at, in hartree."""
STEPS_AU = (0.2, 0.4, 0.8)
JUDGED_INTERVAL_AU = JUDGED_STEP_AU = 0.8
"""1.25 true Fock matrices for each au, for the anchors as for ``cfm4``."""
JUDGED_STRENGTHS_AU = (0.005, 0.02, 0.05)
NEVER_AU = 1e9
FEW = 0.3
"""Share of the terms beyond first order at the points that the judged model evaluates: 3 % of the points of H2O."""


@dataclass(frozen=True)
class Spent:
    """One propagation: true Fock matrices for each au, and the relative error of δμ.

    ``way`` is "fixed", "adaptive", "cfm4", "none" (the kernel alone), all with the kernel, or "points" (fixed, with
    ``kernel+quad`` of few points); ``setting`` its interval, defect or step. Every evaluation of the few points counts
    as the fraction of a Fock matrix that they are of its points.
    """

    case: str
    strength_au: float
    way: str
    setting: float
    builds_per_au: float
    error: float


def spent(strength_au: float, cases: int, seed: int) -> list[Spent]:
    """All ways with all settings, on fresh pulses of one strength on H2O in LDA."""
    return [one for system in water_pulses(strength_au, cases, seed) for one in _of_case(system, strength_au)]


def ratio(rows: list[Spent], case: str, way: str = "points") -> float:
    """Error with the judged interval over that of ``cfm4`` with as many true Fock matrices; "none": without anchors."""
    settings = {(row.way, row.setting): row.error for row in rows if row.case == case}
    mine = settings[way, NEVER_AU if way == "none" else JUDGED_INTERVAL_AU]
    return mine / settings["cfm4", JUDGED_STEP_AU]


def _of_case(system: MolecularSystem, strength_au: float) -> Iterator[Spent]:
    structure = structure_of(system)
    kernel, truth = Kernel.of(structure), evolve(structure, system.field, GRID).induced
    few = kernel_quadrature(structure, FEW)
    ways: list[tuple[str, float, Callable[[], Anchored]]] = [
        *(("fixed", one, partial(Anchored, kernel, structure, one)) for one in INTERVALS_AU),
        *(("adaptive", one, partial(Anchored, kernel, structure, INTERVALS_AU[0], one)) for one in TOLERANCES_AU),
        ("none", NEVER_AU, partial(Anchored, kernel, structure, NEVER_AU)),
        ("points", JUDGED_INTERVAL_AU, partial(Anchored, few, structure, JUDGED_INTERVAL_AU)),
    ]
    for way, setting, make in ways:
        model = make()
        found = evolve(structure, system.field, GRID, model=model)
        builds = model.true_builds + _fraction(model.model, structure) * found.builds
        yield _row(system, strength_au, way, setting, builds, found.induced, truth)
    for step in STEPS_AU:
        yield _larger_steps(system, structure, strength_au, step, truth)


def _fraction(model: FockModel, structure: Structure) -> float:
    """The part of the points of a true Fock matrix that the model evaluates."""
    if structure.quadrature is None or not isinstance(model, KernelQuadrature):
        return 0.0
    return len(model.points.weights) / len(structure.quadrature.weights)


def _larger_steps(
    system: MolecularSystem, structure: Structure, strength_au: float, step_au: float, truth: np.ndarray
) -> Spent:
    coarse = AtomicTimeGrid(int(np.ceil(GRID.horizon_au / step_au)) + 1, step_au, float("inf"))
    evolution = evolve(structure, system.field, coarse, "cfm4-short-start")
    dipole = at_samples(evolution, GRID).T
    return _row(system, strength_au, "cfm4", step_au, evolution.builds, dipole - dipole[0], truth)


def _row(
    system: MolecularSystem, strength_au: float, way: str, setting: float, builds: float, found: np.ndarray,
    truth: np.ndarray,
) -> Spent:  # fmt: skip
    error = float(np.linalg.norm(found - truth) / np.linalg.norm(truth))
    return Spent(system.name, strength_au, way, setting, builds / GRID.horizon_au, error)
