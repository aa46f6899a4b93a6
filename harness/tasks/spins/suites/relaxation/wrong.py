"""The dense reference with one mistake about relaxation: seeded faults, and subjects that must fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.subjects import NamedSubject
from harness.tasks.spins.references.liouville_dense import coherent_part, propagate
from harness.tasks.spins.relaxation.dense_matrix import boltzmann_matrix, relaxation_matrix
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.signals import RELAXATION, checked_relaxing, trajectory_of
from harness.tasks.spins.relaxation.states import PROJECTION, ProductStates
from harness.tasks.spins.suites.relaxation.plan import OBSERVABLES
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.relaxation import Relaxation

DataChange = Callable[[Relaxation], Relaxation]
MatrixChange = Callable[[np.ndarray, ProductStates], np.ndarray]
"""(R in 1/s before it is thermalised, states) → the wrong R."""
RATES = ("damp_rate_per_s", "r1_per_s", "r2_per_s", "tau_c_s")


@dataclass(frozen=True)
class Wrong:
    """A method like ``liouville-dense`` that takes other data than those of the system, or another matrix R."""

    name: str
    data: DataChange | None = None
    matrix: MatrixChange | None = None
    observables: tuple[str, ...] = OBSERVABLES
    more: frozenset[str] = frozenset({RELAXATION})

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = OBSERVABLES) -> Trajectory:
        """The wrong answer."""
        relaxation = checked_relaxing(system, self.name)
        used = self.data(relaxation) if self.data else relaxation
        laboratory = LaboratorySystem.of(system.with_(relaxation=used))
        cold = replace(laboratory, relaxation=replace(used, equilibrium="zero", temperature_k=None))

        def solve(states: ProductStates, start: np.ndarray, coils: np.ndarray) -> np.ndarray:
            matrix = relaxation_matrix(cold, states)
            if self.matrix:
                matrix = self.matrix(matrix, states)
            if used.equilibrium == "dibari":
                matrix = matrix @ boltzmann_matrix(laboratory, states)
            return propagate(matrix + coherent_part(laboratory, states), start, coils, grid)

        return trajectory_of(
            laboratory, grid, tuple(observables), solve, Provenance(self.name, "numpy", np.__version__)
        )

    @property
    def subject(self) -> NamedSubject:
        """It as the subject of a run."""
        return NamedSubject(self.name, "reference", self, {}, "spins")


def rates_times(factor: float) -> DataChange:
    """Every rate, or the correlation time, times ``factor``."""

    def change(it: Relaxation) -> Relaxation:
        found = {name: factor * value for name in RATES if (value := getattr(it, name)) is not None}
        return replace(it, **found)

    return change


def forgotten_equilibrium(it: Relaxation) -> Relaxation:
    """Relaxation to the unit state."""
    return replace(it, equilibrium="zero", temperature_k=None)


def matrix_times(factor: float) -> MatrixChange:
    """The whole matrix times ``factor``."""
    return lambda matrix, states: factor * matrix


def cross_relaxation_times(factor: float) -> MatrixChange:
    """Every element between two longitudinal states times ``factor``."""

    def change(matrix: np.ndarray, states: ProductStates) -> np.ndarray:
        between = np.outer(states.longitudinal, states.longitudinal) & ~np.eye(len(states), dtype=bool)
        return np.where(between, factor * matrix, matrix)

    return change


def transverse_rates_times(factor: float) -> MatrixChange:
    """The rate of every state with transverse spins times ``factor``."""

    def change(matrix: np.ndarray, states: ProductStates) -> np.ndarray:
        transverse = np.diag((PROJECTION[states.numbers] != 0).any(axis=1))
        return np.where(transverse, factor * matrix, matrix)

    return change
