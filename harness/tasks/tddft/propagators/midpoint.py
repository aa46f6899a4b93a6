"""Exponential midpoint with a self-consistent end: the algorithm of NWChem.

D(t+dt) = U D(t) U†, U = exp(-i dt F̄), F̄ = ½ [F(t) + F(t+dt)], repeated until D(t+dt) stands still. Order 2, reversible;
of Hartree-Fock it conserves the energy to the tolerance where there is no field.
Source: Lopata and Govind, J. Chem. Theory Comput. 7, 1344 (2011), section 2.2.
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.tasks.tddft.fields import Field
from harness.tasks.tddft.propagators.base import FockModel, moved, unitary

TOLERANCE = 1e-12
MOST_ITERATIONS = 200


class Midpoint:
    """Steps of ``step_au`` from a density (s, n, n) at time ``start_au``.

    ``most_iterations = 2`` is one corrector: a step costs two builds.
    """

    def __init__(
        self,
        model: FockModel,
        density: np.ndarray,
        dipole: np.ndarray,
        field: Field,
        step_au: float,
        start_au: float = 0.0,
        tolerance: float = TOLERANCE,
        most_iterations: int | None = None,
    ) -> None:
        self.model, self.dipole, self.field = model, dipole, field
        self.step_au, self.start_au, self.steps = step_au, start_au, 0
        self.tolerance, self.most_iterations = tolerance, most_iterations
        self.density = density
        self.fock = self.previous = model.fock(density, start_au)

    @property
    def time_au(self) -> float:
        """The time reached."""
        return self.start_au + self.steps * self.step_au

    def advance(self) -> np.ndarray:
        """The density after one step.

        Raises
        ------
        InputError
            If the end of the step does not become self-consistent.
        """
        before, after = self.time_au, self.start_au + (self.steps + 1) * self.step_au
        along = np.tensordot((self.field.at(before) + self.field.at(after)) / 2, self.dipole, 1)
        guess, last = 2 * self.fock - self.previous, None
        for _ in range(self.most_iterations or MOST_ITERATIONS):
            density = moved(self.density, unitary((self.fock + guess) / 2 + along, self.step_au))
            guess = self.model.fock(density, after)
            if last is not None and np.abs(density - last).max() <= self.tolerance:
                break
            last = density
        else:
            if self.most_iterations is None:
                raise InputError(
                    f"exponential midpoint: no self-consistent step at t = {after:g} au: take a smaller step"
                )
        self.density, self.previous, self.fock = density, self.fock, guess
        self.steps += 1
        return density
