"""Baselines without a Fock matrix: Casida's sum over states, and Prony's continuation of a short trajectory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from harness.tasks.tddft.casida import Excitations, excitations
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.impulse import as_impulse
from harness.tasks.tddft.models.subject import EVERYWHERE, Domain
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.signals import continued
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.systems import MolecularSystem
from harness.trajectory import Provenance, Trajectory

PRONY_SAMPLES = 250


@lru_cache(maxsize=8)
def _excitations(structure: Structure) -> Excitations:
    return excitations(structure)


@dataclass(frozen=True)
class SumOverStates:
    """δμ(t) to first order in the field, from all excitations; a step of the field lasts half a step of the grid."""

    name: str = "casida"
    observables: tuple[str, ...] = ("dipole",)
    domain: Domain = EVERYWHERE

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole only."""
        structure = structure_of(system)
        field = as_impulse(system, grid).field
        induced = _excitations(structure).induced(field, grid)
        dipole = structure.moment(structure.ground)[:, None] + induced.T
        return Trajectory(grid, Provenance(self.name), {"dipole": dipole})

    def predict(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> list[Trajectory]:
        """The answers for several systems."""
        return [self.answer(system, grid) for system in systems]


@dataclass(frozen=True)
class Prony:
    """The first part of the trajectory by the true propagator, the rest by its continuation as a sum of
    exponentials."""

    known: int = PRONY_SAMPLES
    name: str = "prony"
    observables: tuple[str, ...] = ("dipole",)
    domain: Domain = EVERYWHERE

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole only."""
        known = min(self.known, max(2, grid.points // 2))
        part = AtomicTimeGrid(known, grid.dt_au, grid.largest_step_au, grid.rule)
        evolution = evolve(structure_of(system), system.field, part)
        padded = np.zeros((grid.points, 3))
        padded[:known] = evolution.induced
        dipole = evolution.dipole[0][:, None] + continued(padded, known).T
        return Trajectory(grid, Provenance(self.name, details={"builds": evolution.builds}), {"dipole": dipole})

    def predict(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> list[Trajectory]:
        """The answers for several systems."""
        return [self.answer(system, grid) for system in systems]
