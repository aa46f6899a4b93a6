"""Subtractive QM/MM: a solute by GFN2-xTB inside a cluster by a force field.

    E = E_MM(all) + [E_QM - E_MM](solute)

Mechanical embedding: the solute is not polarised by the solvent, and no bond may be cut. The bracket is the slow force
of RESPA, and the force field of the whole cluster the fast one.

Source: F. Maseras, K. Morokuma, J. Comput. Chem. 16, 1170 (1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.molecule import Molecule


@dataclass(frozen=True)
class Embedded:
    """The first ``solute`` atoms by ``quantum``, everything by ``whole``; ``part`` is the force field of the solute."""

    whole: Force
    quantum: Force
    part: Force
    solute: int

    @property
    def name(self) -> str:
        """Both methods."""
        return f"{self.quantum.name} in {self.whole.name}"

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm of the whole cluster."""
        energy, forces = self.whole(positions_nm)
        inside = positions_nm[: self.solute]
        (better, strong), (worse, weak) = self.quantum(inside), self.part(inside)
        forces = forces.copy()
        forces[: self.solute] += strong - weak
        return energy + better - worse, forces


@dataclass(frozen=True)
class OnSolute:
    """A potential of the first ``solute`` atoms alone, as a force on the whole cluster."""

    part: Force
    solute: int

    @property
    def name(self) -> str:
        """That of the potential."""
        return f"{self.part.name} of the solute"

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm, zero on the solvent."""
        energy, inside = self.part(positions_nm[: self.solute])
        forces = np.zeros_like(positions_nm)
        forces[: self.solute] = inside
        return energy, forces


WATER_NM = np.array([[0.0, 0.0, 0.0], [0.0757, 0.0586, 0.0], [-0.0757, 0.0586, 0.0]])
SPACING_NM = 0.31
NEAREST_NM = 0.28


def in_water(solute: Molecule, waters: int) -> Molecule:
    """The solute with the nearest water molecules on a cubic grid around it, none nearer than 0.28 nm.

    Not relaxed: minimise before dynamics.

    Raises
    ------
    InputError
        For fewer than one water, or more atoms than can be treated.
    """
    if waters < 1:
        raise InputError(f"{solute.name}: {waters} waters; at least one is due")
    centred = solute.positions_nm - solute.positions_nm.mean(axis=0)
    axis = SPACING_NM * np.arange(-6, 7)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    gaps = np.linalg.norm(grid[:, None] - centred, axis=-1).min(axis=1)
    free = grid[gaps >= NEAREST_NM]
    places = free[np.argsort(np.linalg.norm(free, axis=1), kind="stable")][:waters]
    positions = np.concatenate([centred, *(WATER_NM + place for place in places)])
    first = [len(solute) + 3 * number for number in range(waters)]
    bonds = (*solute.bonds, *((oxygen, oxygen + h, 1.0) for oxygen in first for h in (1, 2)))
    charges = solute.formal_charges + (0, 0, 0) * waters
    numbers = solute.numbers + (8, 1, 1) * waters
    return Molecule(f"{solute.name} in {waters} H2O", numbers, positions, bonds, charges)
