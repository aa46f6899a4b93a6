"""The common interface of all forces, and forces made from others: with a counter, and differences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np


class ForceFault(RuntimeError):
    """A force could not be computed at a geometry (an unconverged SCF, NaN): one line; the step has failed."""


class Force(Protocol):
    """Potential energy in kJ/mol and forces (N, 3) in kJ/mol/nm at positions (N, 3) in nm."""

    @property
    def name(self) -> str:
        """Its name in messages and records."""
        ...

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy and forces.

        Raises
        ------
        ForceFault
            If there is no finite result at these positions.
        """
        ...


def checked(name: str, energy: float, forces: np.ndarray) -> tuple[float, np.ndarray]:
    """The same, or :class:`ForceFault` where a value is not finite: GFN-FF and MMFF94 give NaN without an error."""
    if not np.isfinite(energy) or not np.isfinite(forces).all():
        raise ForceFault(f"{name}: the energy or a force is not finite at this geometry (atoms too close or lost)")
    return energy, forces


@dataclass
class Counted:
    """A force that counts its calls: the cost of an integrator is ``calls`` of the quantum force."""

    force: Force
    calls: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """The name of the force."""
        return self.force.name

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy and forces of the wrapped force."""
        self.calls += 1
        return self.force(positions_nm)


@dataclass(frozen=True)
class Minus:
    """The difference of two potentials: the slow force of RESPA, and what a correction potential is trained on."""

    first: Force
    second: Force

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first.name} - {self.second.name}"

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy and forces of ``first`` minus those of ``second``."""
        (energy, forces), (less, minus) = self.first(positions_nm), self.second(positions_nm)
        return energy - less, forces - minus


def numerical_forces(force: Force, positions_nm: np.ndarray, step_nm: float = 1e-6) -> np.ndarray:
    """Minus the gradient of the energy by central differences, (N, 3); error O(step²): a check of ``force``."""
    found = np.empty_like(positions_nm)
    for place in np.ndindex(*positions_nm.shape):
        ahead, back = positions_nm.copy(), positions_nm.copy()
        ahead[place] += step_nm
        back[place] -= step_nm
        found[place] = -(force(ahead)[0] - force(back)[0]) / (2 * step_nm)
    return found
