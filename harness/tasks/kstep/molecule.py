"""A molecule: its elements, its bonds, its charge and one geometry, from which all forces are set up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from harness.errors import InputError, shown
from harness.tasks.kstep.units import MASSES_DA, SYMBOLS

MOST_ATOMS = 60
CLOSEST_NM = 0.03
"""A smaller distance of two nuclei is an input error: the shortest bond, that of H2, has 0.074 nm."""


@dataclass(frozen=True, eq=False)
class Molecule:
    """A closed-shell molecule of N atoms.

    Parameters
    ----------
    name
        For messages, files and tables.
    numbers
        Atomic numbers, (N,).
    positions_nm
        Geometry, (N, 3), in nm, read-only. Force fields take their topology from ``bonds``, never from it.
    bonds
        (first atom, second atom, order) with orders 1, 1.5 (aromatic), 2 and 3.
    formal_charges
        Of every atom, in elementary charges, (N,); () is all zero. Their sum is the total charge.
    smiles
        What it was made from, "" if it was not.

    Raises
    ------
    InputError
        For shapes that do not fit, elements without a force field, coincident atoms, an odd number of electrons, or
        more than :data:`MOST_ATOMS` atoms.
    """

    name: str
    numbers: tuple[int, ...]
    positions_nm: np.ndarray
    bonds: tuple[tuple[int, int, float], ...]
    formal_charges: tuple[int, ...] = ()
    smiles: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", tuple(int(number) for number in self.numbers))
        object.__setattr__(self, "bonds", tuple((int(i), int(j), float(order)) for i, j, order in self.bonds))
        object.__setattr__(self, "formal_charges", tuple(self.formal_charges) or (0,) * len(self.numbers))
        positions = np.array(self.positions_nm, dtype=np.float64)
        positions.setflags(write=False)
        object.__setattr__(self, "positions_nm", positions)
        _check(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Molecule) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def size(self) -> int:
        """Number of atoms."""
        return len(self.numbers)

    @property
    def charge(self) -> int:
        """Total charge in elementary charges."""
        return sum(self.formal_charges)

    @property
    def elements(self) -> tuple[str, ...]:
        """Symbols of the atoms, in their order."""
        return tuple(SYMBOLS[number] for number in self.numbers)

    @cached_property
    def masses_da(self) -> np.ndarray:
        """Masses in Da, shape (N,), read-only."""
        masses = np.array([MASSES_DA[number] for number in self.numbers])
        masses.setflags(write=False)
        return masses

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over everything but the name, hexadecimal; coordinates enter as exact float64."""
        content = self.as_dict() | {"positions_nm": [float(x).hex() for x in self.positions_nm.ravel()]}
        del content["name"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @cached_property
    def topology(self) -> str:
        """SHA-256 over elements, bonds and charge: what a trained model of one molecule belongs to."""
        content = [
            list(self.numbers),
            sorted([*sorted((i, j)), order] for i, j, order in self.bonds),
            list(self.formal_charges),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def at(self, positions_nm: np.ndarray, name: str | None = None) -> Molecule:
        """The same molecule with another geometry, (N, 3) in nm."""
        return Molecule(name or self.name, self.numbers, positions_nm, self.bonds, self.formal_charges, self.smiles)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_dict` gives the molecule back."""
        return {
            "name": self.name,
            "numbers": list(self.numbers),
            "positions_nm": self.positions_nm.tolist(),
            "bonds": [[i, j, order] for i, j, order in self.bonds],
            "formal_charges": list(self.formal_charges),
            "smiles": self.smiles,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Molecule:
        """The molecule of :meth:`as_dict`."""
        bonds = tuple((i, j, order) for i, j, order in values["bonds"])
        numbers, positions = tuple(values["numbers"]), np.array(values["positions_nm"])
        return cls(values["name"], numbers, positions, bonds, tuple(values["formal_charges"]), values["smiles"])


def _check(molecule: Molecule) -> None:
    name, size = molecule.name, len(molecule.numbers)
    if not 2 <= size <= MOST_ATOMS:
        raise InputError(f"{name}: {size} atoms; 2 to {MOST_ATOMS} can be treated, take a smaller molecule")
    for atom, number in enumerate(molecule.numbers):
        if number not in SYMBOLS:
            known = ", ".join(SYMBOLS.values())
            raise InputError(f"{name}: atom {atom} has atomic number {shown(number)}; the force field knows {known}")
    charges = molecule.formal_charges
    if len(charges) != size or not all(isinstance(charge, int) for charge in charges):
        raise InputError(f"{name}: formal_charges {shown(charges)} must be {size} whole numbers")
    electrons = sum(molecule.numbers) - molecule.charge
    if electrons % 2 or electrons < 2:
        raise InputError(
            f"{name}: charge {molecule.charge} leaves {electrons} electrons; only closed shells (an even number) can "
            "be treated: state another charge"
        )
    for i, j, order in molecule.bonds:
        if not (0 <= i < size and 0 <= j < size and i != j):
            raise InputError(f"{name}: bond {i}-{j} names no two atoms of 0 to {size - 1}")
        if order not in (1.0, 1.5, 2.0, 3.0):
            raise InputError(f"{name}: bond {i}-{j} has order {order:g}; known are 1, 1.5, 2 and 3")
    check_geometry(name, molecule.positions_nm, size)


def check_geometry(name: str, positions_nm: np.ndarray, size: int) -> None:
    """Refuse coordinates of a wrong shape, that are not finite, or with two atoms nearer than :data:`CLOSEST_NM`.

    Raises
    ------
    InputError
        Naming the molecule and the atoms.
    """
    if positions_nm.shape != (size, 3):
        raise InputError(f"{name}: positions_nm has shape {positions_nm.shape}, ({size}, 3) is due")
    bad = np.argwhere(~np.isfinite(positions_nm))
    if len(bad):
        atom, axis = bad[0]
        raise InputError(f"{name}: coordinate {'xyz'[axis]} of atom {atom} is {positions_nm[atom, axis]}: not finite")
    i, j = closest_pair(positions_nm)
    distance = float(np.linalg.norm(positions_nm[i] - positions_nm[j]))
    if distance < CLOSEST_NM:
        raise InputError(
            f"{name}: atoms {i} and {j} are {distance:.4g} nm apart, less than {CLOSEST_NM:g} nm; are the coordinates "
            "in nm (1 Å = 0.1 nm)?"
        )


def closest_pair(positions_nm: np.ndarray) -> tuple[int, int]:
    """The two atoms with the shortest distance, of (N, 3)."""
    distances = np.linalg.norm(positions_nm[:, None] - positions_nm, axis=-1)
    np.fill_diagonal(distances, np.inf)
    i, j = np.unravel_index(int(np.argmin(distances)), distances.shape)
    return int(i), int(j)


def bond_lengths_nm(positions_nm: np.ndarray, bonds: Sequence[tuple[int, int, float]]) -> np.ndarray:
    """Lengths of the bonds in nm, (…, B), from positions (…, N, 3)."""
    first = [i for i, _, _ in bonds]
    second = [j for _, j, _ in bonds]
    return np.linalg.norm(positions_nm[..., first, :] - positions_nm[..., second, :], axis=-1)
