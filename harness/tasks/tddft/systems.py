"""A molecule, its basis and functional, and the field that drives it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from harness.errors import InputError, nearest, shown
from harness.tasks.tddft.fields import Field, Kick, field_as_dict, field_from_dict
from harness.tasks.tddft.units import BOHR_ANGSTROM

ELEMENTS = ["H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl", "Ar"]
FUNCTIONALS = {"hf": 1.0, "lda": 0.0, "pbe": 0.0, "pbe0": 0.25}
"""Name, and fraction c of exact exchange. ``lda`` is Slater exchange with VWN5 correlation."""
DEFAULT_FIELD = Kick(1e-3)
NEAREST_ATOMS_BOHR = 0.3
FINEST_QUADRATURE = 9
UNITS_BOHR = {"bohr": 1.0, "angstrom": 1.0 / BOHR_ANGSTROM}


@dataclass(frozen=True, eq=False)
class MolecularSystem:
    """Electrons of a molecule in a basis, from the ground state, under a field.

    Parameters
    ----------
    name
        For people; neither equality nor the fingerprint depends on it.
    elements
        Symbols of the atoms, H to Ar.
    positions_bohr
        (x, y, z) of each atom, nuclei fixed.
    charge, multiplicity
        Total charge, and 2S+1; a multiplicity of 1 is treated with restricted orbitals, others with unrestricted ones.
    basis, functional
        A basis that PySCF knows, and one of :data:`FUNCTIONALS`.
    quadrature
        Level of PySCF's grid (0 coarse … 9 fine) for exchange and correlation; Hartree-Fock has none.
    field
        What acts on the electrons.

    Raises
    ------
    InputError
        For an unknown element or functional, a multiplicity that does not fit the electrons, or atoms that coincide.
    """

    name: str
    elements: tuple[str, ...]
    positions_bohr: tuple[tuple[float, float, float], ...]
    field: Field = DEFAULT_FIELD
    charge: int = 0
    multiplicity: int = 1
    basis: str = "6-31g"
    functional: str = "hf"
    quadrature: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.elements))
        object.__setattr__(self, "positions_bohr", tuple(tuple(map(float, row)) for row in self.positions_bohr))
        object.__setattr__(self, "basis", self.basis.lower())
        object.__setattr__(self, "functional", self.functional.lower())
        self._check_atoms()
        self._check_electrons()
        if self.functional not in FUNCTIONALS:
            raise InputError(
                f"functional = {shown(self.functional)}{nearest(self.functional, FUNCTIONALS)} (known: "
                f"{', '.join(FUNCTIONALS)}; meta-GGA and range-separated functionals are not supported)"
            )
        if self.quadrature not in range(FINEST_QUADRATURE + 1):
            raise InputError(
                f"quadrature = {shown(self.quadrature)}: must be a level from 0 (coarse) to {FINEST_QUADRATURE} (fine)"
            )

    def _check_atoms(self) -> None:
        if odd := next((one for one in self.elements if one not in ELEMENTS), None):
            raise InputError(f"element {odd!r}{nearest(odd, ELEMENTS)}: known are H to Ar")
        places = np.array(self.positions_bohr)
        if not self.elements or places.shape != (len(self.elements), 3) or not np.all(np.isfinite(places)):
            raise InputError(f"positions_bohr: {len(self.elements)} atoms need as many rows of three finite numbers")
        for i in range(len(places)):
            for j in range(i):
                if (distance := float(np.linalg.norm(places[i] - places[j]))) < NEAREST_ATOMS_BOHR:
                    raise InputError(
                        f"positions_bohr: atoms {j} ({self.elements[j]}) and {i} ({self.elements[i]}) are "
                        f"{distance:.3g} "
                        f"bohr apart, nearer than {NEAREST_ATOMS_BOHR}: check the unit of the geometry"
                    )

    def _check_electrons(self) -> None:
        if self.electrons < 1:
            raise InputError(f"charge = {self.charge}: leaves {self.electrons} electrons; lower it")
        unpaired = self.multiplicity - 1
        if self.multiplicity < 1 or unpaired > self.electrons or (self.electrons - unpaired) % 2:
            fits = "odd" if self.electrons % 2 == 0 else "even"
            raise InputError(
                f"multiplicity = {self.multiplicity}: does not fit {self.electrons} electrons; take an {fits} number "
                "or change the charge"
            )

    @property
    def charges(self) -> tuple[int, ...]:
        """Nuclear charges."""
        return tuple(ELEMENTS.index(one) + 1 for one in self.elements)

    @property
    def electrons(self) -> int:
        """Number of electrons."""
        return sum(self.charges) - self.charge

    @property
    def size(self) -> int:
        """Number of atoms."""
        return len(self.elements)

    @property
    def restricted(self) -> bool:
        """True if both spins have the same density."""
        return self.multiplicity == 1

    @property
    def occupied(self) -> tuple[int, ...]:
        """Electrons of each spin that is propagated: (n/2,) restricted, (nα, nβ) unrestricted."""
        unpaired = self.multiplicity - 1
        beta = (self.electrons - unpaired) // 2
        return (beta,) if self.restricted else (beta + unpaired, beta)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of all that physics depends on: equal systems, equal fingerprints."""
        return self._digest(("name",))

    @cached_property
    def ground_fingerprint(self) -> str:
        """The same without the field: systems that share it share integrals and ground state."""
        return self._digest(("name", "field"))

    def _digest(self, left_out: tuple[str, ...]) -> str:
        if self.functional == "hf":
            left_out = (*left_out, "quadrature")
        content = {key: value for key, value in self.as_dict().items() if key not in left_out}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MolecularSystem) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def under(self, field: Field) -> MolecularSystem:
        """The same molecule under another field."""
        return replace(self, field=field)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "name": self.name,
            "elements": list(self.elements),
            "positions_bohr": [list(row) for row in self.positions_bohr],
            "charge": self.charge,
            "multiplicity": self.multiplicity,
            "basis": self.basis,
            "functional": self.functional,
            "quadrature": self.quadrature,
            "field": field_as_dict(self.field),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MolecularSystem:
        """The inverse of :meth:`as_dict`."""
        values = dict(values)
        return cls(field=field_from_dict(values.pop("field")), **values)
