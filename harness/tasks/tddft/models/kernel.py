"""The linear kernel: F[D] = F0 + G[D - D0], G the exact response of the ground state.

Exact for Hartree-Fock, where F is linear in D; of first order in the change of the density otherwise. Needs no
training: one quadrature of the exchange-correlation kernel when it is made, and about n⁴/2 multiplications for each
build.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.packing import PackedMap
from harness.tasks.tddft.structure import Structure


@dataclass(frozen=True, eq=False)
class Kernel:
    """``constant`` (s, n, n) is F0 - G[D0], ``response`` is G."""

    constant: np.ndarray
    response: PackedMap

    @classmethod
    def of(cls, structure: Structure) -> Kernel:
        """The kernel of a molecule at its ground state."""
        response = structure.response
        return cls(structure.fock(structure.ground) - response(structure.ground), response)

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """F0 + G[D - D0]."""
        return self.constant + self.response(density)
