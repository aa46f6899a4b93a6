"""Seeded faults: propagators with one stated error, as it is made by mistake. All but ``none`` must FAIL.

Trace, idempotency and hermiticity detect none of them, because each of them changes the density by a unitary matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.tasks.tddft.fields import Field, Pulse, scaled
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.models.subject import EVERYWHERE, Domain
from harness.tasks.tddft.packing import PackedMap, coulomb_and_exchange
from harness.tasks.tddft.propagators import FockModel, evolve
from harness.tasks.tddft.structure import Structure, lowdin_integrals, structure_of
from harness.tasks.tddft.systems import FUNCTIONALS, MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES, answer_of
from harness.tasks.tddft.units import BOHR_ANGSTROM
from harness.trajectory import Trajectory


@dataclass(frozen=True)
class Fault:
    """One error.

    ``spoil`` (system, step) gives the structure, the model and the field that the wrong program uses. ``kinds`` are the
    fields, and ``functionals`` the functionals, for which it has an effect.
    """

    name: str
    words: str
    spoil: Callable[[MolecularSystem, float], tuple[Structure, FockModel, Field]]
    kinds: tuple[str, ...] = ("kick", "delta", "pulse")
    functionals: tuple[str, ...] = tuple(FUNCTIONALS)
    harmless: bool = False


@dataclass(frozen=True)
class FaultySubject:
    """A propagator with a fault, as a subject."""

    fault: Fault
    domain: Domain = EVERYWHERE
    observables: tuple[str, ...] = OBSERVABLES

    @property
    def name(self) -> str:
        """Its name in records."""
        return f"fault: {self.fault.name}"

    def answer(self, system: MolecularSystem, grid: Any) -> Trajectory:
        """Dipole, energy and density as the wrong program gives them."""
        structure, model, field = self.fault.spoil(system, grid.dt_au)
        return answer_of(evolve(structure, field, grid, model=model, densities=True, energies=True), self.name)


def _interaction(change: Callable[[Structure], PackedMap]) -> Callable[..., tuple[Structure, FockModel, Field]]:
    """A fault only of the Fock matrix: ground state, dipole and energy remain correct."""

    def spoil(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
        structure = structure_of(system)
        return structure, replace(structure, interaction=change(structure)), system.field

    return spoil


def _field(change: Callable[[Field, float], Field]) -> Callable[..., tuple[Structure, FockModel, Field]]:
    def spoil(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
        structure = structure_of(system)
        return structure, structure, change(system.field, step_au)

    return spoil


def _none(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
    structure = structure_of(system)
    return structure, structure, system.field


def _frozen(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
    structure = structure_of(system)
    return structure, Frozen.of(structure), system.field


def weaker_exchange(structure: Structure) -> PackedMap:
    """The interaction with one per cent of exchange missing."""
    eri = lowdin_integrals(structure.system).eri
    return coulomb_and_exchange(eri, structure.spins, 0.99 * FUNCTIONALS[structure.system.functional])


def _orbital_order(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
    """The dipole matrices with the orbitals of the first atom in another program's order."""
    structure = structure_of(system)
    order = np.arange(structure.size)
    order[1:3] = order[2:0:-1]
    wrong = replace(structure, dipole=structure.dipole[:, order[:, None], order])
    return wrong, wrong, system.field


def _angstrom(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
    places = tuple(tuple(x * (1 / BOHR_ANGSTROM) for x in row) for row in system.positions_bohr)
    structure = structure_of(replace(system, positions_bohr=places))
    return structure, structure, system.field


def _later(field: Field, step_au: float) -> Field:
    """A pulse half a step later; other fields act at t = 0 alone, and are left as they are."""
    if not isinstance(field, Pulse):
        return field
    origin = field.centre_au if field.carrier_origin_au is None else field.carrier_origin_au
    half = step_au / 2
    return replace(field, centre_au=field.centre_au + half, carrier_origin_au=origin + half)


@dataclass(frozen=True)
class _TotalDensity:
    """F[2D]: the total density instead of that of one spin."""

    structure: Structure

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        return self.structure.fock(2 * density, time_au)


def _p_for_d(system: MolecularSystem, step_au: float) -> tuple[Structure, FockModel, Field]:
    structure = structure_of(system)
    return structure, _TotalDensity(structure), system.field


EXACT_EXCHANGE = ("hf", "pbe0")
FAULTS = (
    Fault("none", "nothing is wrong: this one must pass", _none, harmless=True),
    Fault(
        "sign of Im K", "exchange takes the complex conjugate of the density",
        _interaction(lambda s: PackedMap(s.interaction.symmetric, -s.interaction.antisymmetric)),
        functionals=EXACT_EXCHANGE,
    ),
    Fault(
        "Im K dropped", "exchange takes the real part of the density only",
        _interaction(lambda s: PackedMap(s.interaction.symmetric, 0 * s.interaction.antisymmetric)),
        functionals=EXACT_EXCHANGE,
    ),
    Fault("exchange times 0.99", "one per cent of exchange is missing", _interaction(weaker_exchange),
          functionals=EXACT_EXCHANGE),
    Fault("field doubled", "twice the field", _field(lambda field, step: scaled(field, 2.0))),
    Fault("frozen Fock matrix", "F does not follow the density", _frozen),
    Fault("order of orbitals", "dipole integrals in the order of another program", _orbital_order),
    Fault("angstrom for bohr", "coordinates in bohr are read as angstrom", _angstrom),
    Fault("half a step late", "the field of each step is that of half a step before", _field(_later),
          kinds=("pulse",)),
    Fault("P for D", "the Fock matrix is built of twice the density", _p_for_d),
    Fault("stale cache", "the answer to another request: a field that is 1 % stronger",
          _field(lambda field, step: scaled(field, 1.01))),
)  # fmt: skip


def fault_named(name: str) -> Fault:
    """The fault of a name."""
    return next(fault for fault in FAULTS if fault.name == name)
