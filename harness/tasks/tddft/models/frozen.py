"""The frozen Fock matrix: F of the ground state at all times. The electrons move independently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.structure import Structure


@dataclass(frozen=True, eq=False)
class Frozen:
    """F[D] = F0, (s, n, n)."""

    ground: np.ndarray

    @classmethod
    def of(cls, structure: Structure) -> Frozen:
        """That of a molecule."""
        return cls(structure.fock(structure.ground))

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """F0."""
        return self.ground
