"""The learned propagator on a grid that is finer than its steps: the dipole between them by a cubic spline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.learned.subject import LearnedPropagator, of_molecules
from harness.tasks.tddft.systems import MolecularSystem
from harness.trajectory import Trajectory


@dataclass(frozen=True)
class AtOwnSteps:
    """``subject`` with steps of ``step_au``, which are those of its training; the dipole alone."""

    subject: LearnedPropagator
    step_au: float = 0.2

    def simulate(self, system: MolecularSystem, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        """One trajectory."""
        points = int(np.ceil(round(grid.horizon_au / self.step_au, 6))) + 1
        coarse = replace(grid, points=max(4, points), dt_au=self.step_au)
        found = self.subject.answer(system, coarse)
        dipole = CubicSpline(coarse.times_au, found.arrays["dipole"].T)(grid.times_au).T
        return Trajectory(grid, found.provenance, {"dipole": dipole})


def learned_rival() -> AtOwnSteps:
    """The network of several molecules, for the front of errors and costs.

    Raises
    ------
    InputError
        If e3nn or mambapy is missing.
    """
    subject = of_molecules()
    subject.load()
    return AtOwnSteps(subject)
