"""Systems drawn at random from stated ranges; the i-th depends on the ranges, the seed and i alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.tasks.tddft.fields import Field, Kick, Pulse, scaled
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.systems import MolecularSystem

Geometry = Callable[[np.random.Generator], tuple[tuple[float, float, float], ...]]
BOND_BOHR = {"h2": (1.1, 1.9), "lih": (2.6, 3.6)}
WATER_BOND_BOHR, WATER_ANGLE_DEGREES = (1.65, 1.97), (94.0, 116.0)


@dataclass(frozen=True)
class FieldRange:
    """Fields of one kind in random directions, strengths log-uniform, frequencies uniform."""

    kind: str
    strength_au: tuple[float, float]
    frequency_au: tuple[float, float] = (0.15, 0.6)
    direction: tuple[float, float, float] | None = None

    def draw(self, generator: np.random.Generator) -> Field:
        """One field."""
        strength = float(np.exp(generator.uniform(*np.log(self.strength_au))))
        vector = generator.normal(size=3)
        direction = self.direction or (float(vector[0]), float(vector[1]), float(vector[2]))
        frequency = float(generator.uniform(*self.frequency_au))
        if self.kind == "kick":
            return Kick(strength, direction)
        return Pulse(strength, frequency, direction, carrier_origin_au=0.0)


@dataclass(frozen=True)
class MolecularPopulation:
    """One molecule under random fields, and with ``flexible`` at random geometries.

    ``stronger`` multiplies the field, beyond the limits that fields have otherwise.
    """

    name: str
    molecule: str
    field: FieldRange
    grid: AtomicTimeGrid
    functional: str = "hf"
    quadrature: int = 1
    basis: str = "6-31g"
    flexible: bool = False
    stronger: float = 1.0

    @property
    def size(self) -> int:
        """Number of atoms."""
        return load_system(self.molecule).size

    def draw(self, count: int, seed: int) -> list[MolecularSystem]:
        """``count`` systems."""
        return [self.one(seed, index) for index in range(count)]

    def one(self, seed: int, index: int) -> MolecularSystem:
        """The system of an index."""
        label = int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:8], "big")
        generator = np.random.default_rng([label, seed, index])
        system = load_system(self.molecule)
        if self.flexible:
            system = replace(system, positions_bohr=geometry(self.molecule, generator))
        field = self.field.draw(generator)
        return replace(
            system,
            name=f"{system.name} {self.functional} {seed}/{index}",
            functional=self.functional,
            quadrature=self.quadrature,
            basis=self.basis,
            field=field if self.stronger == 1 else scaled(field, self.stronger),
        )

    def within(self, domain: Any) -> bool:
        """True if the domain of a model admits this molecule, functional, basis and field strength."""
        named = (
            (self.molecule, domain.molecules),
            (self.functional, domain.functionals),
            (self.basis, domain.bases),
        )
        return bool(
            all(not known or one in known for one, known in named)
            and self.field.strength_au[1] * self.stronger <= domain.strength_au
            and (domain.flexible or not self.flexible)
        )


def geometry(molecule: str, generator: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    """Positions of a molecule in its standard frame with random bond lengths and angle.

    Raises
    ------
    KeyError
        For a molecule without stated ranges.
    """
    if molecule == "h2o":
        first, second = generator.uniform(*WATER_BOND_BOHR, size=2)
        return water(float(first), float(second), float(generator.uniform(*WATER_ANGLE_DEGREES)))
    return diatomic(molecule, float(generator.uniform(*BOND_BOHR[molecule])))


def diatomic(molecule: str, bond_bohr: float) -> tuple[tuple[float, float, float], ...]:
    """H2 about its middle, LiH from its heavy atom, along z."""
    if molecule == "h2":
        return ((0.0, 0.0, -bond_bohr / 2), (0.0, 0.0, bond_bohr / 2))
    return ((0.0, 0.0, 0.0), (0.0, 0.0, bond_bohr))


def water(first_bohr: float, second_bohr: float, angle_degrees: float) -> tuple[tuple[float, float, float], ...]:
    """O at the origin, the bisector of the angle along -z, all in the plane of y and z."""
    half = np.radians(angle_degrees) / 2
    y, z = float(np.sin(half)), -float(np.cos(half))
    return ((0.0, 0.0, 0.0), (0.0, first_bohr * y, first_bohr * z), (0.0, -second_bohr * y, second_bohr * z))
