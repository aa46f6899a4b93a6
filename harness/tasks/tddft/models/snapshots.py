"""Pairs of a density and its true Fock matrix, along trajectories: what the models of the Fock matrix learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.tddft.propagators import Evolution
from harness.tasks.tddft.structure import Structure


@dataclass(frozen=True, eq=False)
class Snapshots:
    """``densities`` and ``focks``, (rows, n, n) each, of one restricted molecule."""

    structure: Structure
    densities: np.ndarray
    focks: np.ndarray

    def __len__(self) -> int:
        return len(self.densities)

    @classmethod
    def of(cls, structure: Structure, evolutions: Sequence[Evolution], every: int) -> Snapshots:
        """Of each ``every``-th sample; one build for each.

        Raises
        ------
        InputError
            For an unrestricted molecule.
        """
        if structure.spins != 1:
            raise InputError(f"{structure.system.name}: models of the Fock matrix are learned for closed shells only")
        parts = [one.densities[::every] for one in evolutions if one.densities is not None]
        densities = np.concatenate(parts)
        focks = np.array([structure.fock(one) for one in densities])
        return cls(structure, densities[:, 0], focks[:, 0])
