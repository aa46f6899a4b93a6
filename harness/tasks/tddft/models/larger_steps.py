"""Baselines that save Fock builds in the simplest way: larger steps, and coarser quadrature grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.subject import EVERYWHERE, Domain
from harness.tasks.tddft.propagators import Evolution, evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.systems import MolecularSystem
from harness.trajectory import Provenance, Trajectory


@dataclass(frozen=True)
class LargerSteps:
    """``method`` with steps of ``step_au``; the dipole at the samples by a cubic spline.

    ``quadrature`` replaces the level of the system where it is given.
    """

    method: str
    step_au: float
    quadrature: int | None = None
    observables: tuple[str, ...] = ("dipole",)
    domain: Domain = EVERYWHERE

    @property
    def name(self) -> str:
        """The name in records, with the step."""
        level = "" if self.quadrature is None else f", quadrature {self.quadrature}"
        return f"{self.method}, steps of {self.step_au:g} au{level}"

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole only."""
        if self.quadrature is not None:
            system = replace(system, quadrature=self.quadrature)
        points = int(np.ceil(grid.horizon_au / self.step_au)) + 1
        coarse = AtomicTimeGrid(max(4, points), self.step_au, largest_step_au=float("inf"))
        found = evolve(structure_of(system), system.field, coarse, self.method)
        details = {"builds": found.builds}
        return Trajectory(grid, Provenance(self.name, details=details), {"dipole": at_samples(found, grid)})

    def simulate(self, system: MolecularSystem, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        """The same, under the name that the cost suite uses."""
        return self.answer(system, grid)


def at_samples(evolution: Evolution, grid: AtomicTimeGrid) -> np.ndarray:
    """(3, T) the dipole of an evolution at the samples of another grid, by a cubic spline."""
    return CubicSpline(evolution.grid.times_au, evolution.dipole)(grid.times_au).T
