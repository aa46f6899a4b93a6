"""Commutator-free Magnus integrator of order 4, one Fock build a step.

U = exp(-i dt (a F1 + b F2)) · exp(-i dt (b F1 + a F2)), the right factor first, F1 and F2 the Fock matrices at the
Gauss points t + dt (1/2 ∓ √3/6), a = 1/4 - √3/6, b = 1/4 + √3/6 (Blanes and Moan, Appl. Numer. Math. 56, 1519 (2006)).
F without the field is interpolated: first from t-2dt, t-dt, t, to reach a predicted D(t+dt); then, with the Fock matrix
built of that, from t-2dt … t+dt. The field itself is taken at the Gauss points. Midpoint steps of a quarter begin.
"""

from __future__ import annotations

import numpy as np

from harness.tasks.tddft.fields import Field
from harness.tasks.tddft.propagators.base import FockModel, moved, unitary
from harness.tasks.tddft.propagators.midpoint import Midpoint

GAUSS = np.array([0.5 - np.sqrt(3) / 6, 0.5 + np.sqrt(3) / 6])
LARGE, SMALL = 0.25 + np.sqrt(3) / 6, 0.25 - np.sqrt(3) / 6
STARTING_STEPS, STARTING_SUBSTEPS = 2, 4


def lagrange(nodes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(points, nodes) weights of the polynomial through the nodes at the points."""
    weights = np.ones((len(points), len(nodes)))
    for k, node in enumerate(nodes):
        for other in np.delete(nodes, k):
            weights[:, k] *= (points - other) / (node - other)
    return weights


PREDICT = lagrange(np.array([-2.0, -1.0, 0.0]), GAUSS)
CORRECT = lagrange(np.array([-2.0, -1.0, 0.0, 1.0]), GAUSS)


class Magnus4:
    """Steps of ``step_au`` from a density (s, n, n) at time ``start_au``.

    ``starting_iterations`` limits the builds of each midpoint step of the start (2: one corrector); None: they are
    iterated until the density does not change.
    """

    def __init__(
        self,
        model: FockModel,
        density: np.ndarray,
        dipole: np.ndarray,
        field: Field,
        step_au: float,
        start_au: float = 0.0,
        starting_iterations: int | None = None,
    ) -> None:
        self.model, self.dipole, self.field = model, dipole, field
        self.step_au, self.start_au, self.steps = step_au, start_au, 0
        self.density = density
        self.start = Midpoint(
            model, density, dipole, field, step_au / STARTING_SUBSTEPS, start_au, most_iterations=starting_iterations
        )
        self.focks = [self.start.fock]

    def advance(self) -> np.ndarray:
        """The density after one step."""
        if self.steps < STARTING_STEPS:
            for _ in range(STARTING_SUBSTEPS):
                self.density = self.start.advance()
            self.focks.append(self.start.fock)
        else:
            begin = self.start_au + self.steps * self.step_au
            along = [np.tensordot(self.field.at(begin + c * self.step_au), self.dipole, 1) for c in GAUSS]
            predicted = self._moved(PREDICT, along)
            self.focks.append(self.model.fock(predicted, begin + self.step_au))
            self.density = self._moved(CORRECT, along)
            del self.focks[0]
        self.steps += 1
        return self.density

    def _moved(self, weights: np.ndarray, along: list[np.ndarray]) -> np.ndarray:
        first, second = np.tensordot(weights, np.array(self.focks), 1) + np.array(along)[:, None]
        early = unitary(LARGE * first + SMALL * second, self.step_au)
        late = unitary(SMALL * first + LARGE * second, self.step_au)
        return moved(self.density, early, late)
