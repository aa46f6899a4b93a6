"""The interface of a subject: a name, and an answer for a system on a grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from harness.surrogates.base import Band
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.propagators import FockModel, evolve
from harness.tasks.tddft.structure import Structure
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES, answer_of
from harness.trajectory import Trajectory


@dataclass(frozen=True)
class Domain:
    """The domain of a model: molecules, functionals and bases by name, the largest field, free geometries or not.

    ``molecules`` are names of the package; an empty tuple means all.
    """

    molecules: tuple[str, ...] = ()
    functionals: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    strength_au: float = float("inf")
    flexible: bool = True


EVERYWHERE = Domain()


@runtime_checkable
class Subject(Protocol):
    """The interface of a surrogate, a baseline or a reference for the suites."""

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    @property
    def observables(self) -> tuple[str, ...]:
        """Names of the arrays that it gives."""
        ...

    @property
    def domain(self) -> Domain:
        """Its domain."""
        ...

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """The answer for one system."""
        ...


@runtime_checkable
class Uncertain(Protocol):
    """A subject that knows how far its answers may be off, from the spread of its members."""

    def with_spread(
        self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid
    ) -> tuple[list[Trajectory], np.ndarray]:
        """The answers, and a spread for each."""
        ...

    def standard_deviations(self, spreads: np.ndarray, grid: AtomicTimeGrid) -> tuple[Trajectory, ...]:
        """Of the error of the dipole, (T,) for each spread."""
        ...

    def bands(self, spreads: np.ndarray, grid: AtomicTimeGrid) -> tuple[tuple[Band, ...], ...]:
        """Bands for the length of the error of the dipole."""
        ...


@dataclass(frozen=True)
class FockSubject:
    """A model of the Fock matrix, propagated.

    ``make`` gives for a system its structure (integrals and ground state) and the model. ``method`` is the
    integrator, by default the rule of the grid. The energy of a functional takes the quadrature that a model saves:
    it is given where there is none (Hartree-Fock), and by an ``exact`` subject.
    """

    name: str
    make: Callable[[MolecularSystem], tuple[Structure, FockModel]]
    domain: Domain = EVERYWHERE
    method: str | None = None
    exact: bool = False
    observables: tuple[str, ...] = OBSERVABLES

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole and density, and the energy where it costs nothing more."""
        structure, model = self.make(system)
        energies = self.exact or structure.quadrature is None
        evolution = evolve(
            structure, system.field, grid, self.method or grid.rule, model=model, densities=True, energies=energies
        )
        return answer_of(evolution, self.name)

    def predict(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> list[Trajectory]:
        """The answers for several systems."""
        return [self.answer(system, grid) for system in systems]
