"""RATTLE: velocity Verlet with bonds to hydrogen of fixed length, so that the fastest vibrations are removed.

The constraint forces act along the bonds at the start of the step, with multipliers by Newton's method; velocities are
projected so that no bond changes its length. Symplectic on the constrained manifold, reversible to the tolerance.

Source: H. C. Andersen, J. Comput. Phys. 52, 24 (1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.integrators.base import OnForce, StepFault
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.state import State

TOLERANCE_NM = 1e-12
MOST_ITERATIONS = 50


@dataclass(eq=False)
class Rattle(OnForce):
    """Velocity Verlet under the constraints |x_i - x_j| = ``lengths_nm`` for the ``pairs`` (B, 2)."""

    force: Counted
    masses_da: np.ndarray
    dt_ps: float
    pairs: np.ndarray
    lengths_nm: np.ndarray
    name: str = "rattle"

    def prepared(self, state: State) -> State:
        """The nearest state that satisfies the constraints; every run starts from one."""
        directions = self._bonds(state.positions_nm)
        positions = self._moved(state.positions_nm, directions)[0]
        return State(positions, self._projected(positions, state.velocities_nm_ps))

    def step(self, state: State) -> State:
        """The state ``dt_ps`` later; start from :meth:`prepared`."""
        forces = self.force(state.positions_nm)[1] if state.forces is None else state.forces
        half = 0.5 * self.dt_ps / self.masses_da[:, None]
        velocities = state.velocities_nm_ps + half * forces
        directions = self._bonds(state.positions_nm)
        positions, correction = self._moved(state.positions_nm + self.dt_ps * velocities, directions)
        velocities = velocities + correction / self.dt_ps
        energy, forces = self.force(positions)
        return State(positions, self._projected(positions, velocities + half * forces), energy, forces)

    def _bonds(self, positions: np.ndarray) -> np.ndarray:
        return positions[self.pairs[:, 0]] - positions[self.pairs[:, 1]]

    def _spread(self, vectors: np.ndarray) -> np.ndarray:
        """Σ over bonds of ±vector / mass at both atoms, (N, 3), from (B, 3)."""
        found = np.zeros((len(self.masses_da), 3))
        np.add.at(found, self.pairs[:, 0], vectors)
        np.add.at(found, self.pairs[:, 1], -vectors)
        return found / self.masses_da[:, None]

    def _moved(self, positions: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions on the constraints, reached along ``directions``, and the displacement that led there."""
        coupling = self._coupling()
        start = positions
        for _ in range(MOST_ITERATIONS):
            bonds = self._bonds(positions)
            misfit = (bonds**2).sum(axis=1) - self.lengths_nm**2
            if np.abs(misfit).max() < 2 * TOLERANCE_NM * self.lengths_nm.min():
                return positions, positions - start
            slope = 2 * coupling * (bonds @ directions.T)
            multipliers = np.linalg.solve(slope, misfit)
            positions = positions - self._spread(multipliers[:, None] * directions)
        raise StepFault(f"the bonds to hydrogen cannot be held at their lengths in a step of {self.dt_ps:g} ps")

    def _projected(self, positions: np.ndarray, velocities: np.ndarray) -> np.ndarray:
        bonds = self._bonds(positions)
        rates = (bonds * self._bonds(velocities)).sum(axis=1)
        multipliers = np.linalg.solve(self._coupling() * (bonds @ bonds.T), rates)
        return velocities - self._spread(multipliers[:, None] * bonds)

    def _coupling(self) -> np.ndarray:
        """How a unit force along bond b moves bond a, but for the directions: Σ ±1/m over shared atoms, (B, B)."""
        incidence = np.zeros((len(self.pairs), len(self.masses_da)))
        rows = np.arange(len(self.pairs))
        incidence[rows, self.pairs[:, 0]] = 1
        incidence[rows, self.pairs[:, 1]] = -1
        return incidence / self.masses_da @ incidence.T


def hydrogen_bonds(molecule: Molecule) -> np.ndarray:
    """Pairs of atoms that are bonded and of which one is a hydrogen, (B, 2)."""
    return np.array([(i, j) for i, j, _ in molecule.bonds if 1 in (molecule.numbers[i], molecule.numbers[j])])
