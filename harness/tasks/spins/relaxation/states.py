"""Products of single-spin states, the basis of Liouville space in which relaxation is stated.

Each spin is in one of four real states of norm 1: 1/√2, I_+, √2 I_z, I_-, with the numbers 0 to 3. A product state is a
row of N numbers. All are real matrices and orthonormal under Tr(AᵀB), so that [H, ·] is real and symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import sqrt

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import SpinSystem

UNIT, PLUS, LONGITUDINAL, MINUS = range(4)
PROJECTION = np.array([0, 1, 0, -1])
"""Coherence order of each single-spin state."""
MATRICES = np.array(
    [
        [[1 / sqrt(2), 0], [0, 1 / sqrt(2)]],
        [[0, 1], [0, 0]],
        [[1 / sqrt(2), 0], [0, -1 / sqrt(2)]],
        [[0, 0], [1, 0]],
    ]
)


@dataclass(frozen=True, eq=False)
class ProductStates:
    """``numbers`` (D, N): the product states of a basis, in ascending order of their number in base 4."""

    numbers: np.ndarray

    @classmethod
    def of_orders(cls, system: SpinSystem, orders: dict[str, int]) -> ProductStates:
        """All states with these coherence orders of the isotopes, 0 for one that is not named."""
        whole = cls.complete(len(system)).numbers
        retained = np.ones(len(whole), bool)
        for isotope in dict.fromkeys(system.isotopes):
            mine = [k for k, name in enumerate(system.isotopes) if name == isotope]
            retained &= PROJECTION[whole[:, mine]].sum(axis=1) == orders.get(isotope, 0)
        return cls(whole[retained])

    @classmethod
    def complete(cls, spins: int) -> ProductStates:
        """All 4^N states."""
        return cls(np.array(list(product(range(4), repeat=spins)), dtype=np.int8))

    def __len__(self) -> int:
        return len(self.numbers)

    def place(self, single: dict[int, int]) -> int:
        """Where the product of these states of spins is, all other spins in the unit state."""
        wanted = np.zeros(self.numbers.shape[1], np.int8)
        for spin, state in single.items():
            wanted[spin] = state
        found = np.flatnonzero((self.numbers == wanted).all(axis=1))
        if len(found) != 1:
            raise InputError(f"product state {wanted.tolist()} is not in this basis")
        return int(found[0])

    @cached_property
    def codes(self) -> np.ndarray:
        """(D,) the numbers read in base 4."""
        weights = 4 ** np.arange(self.numbers.shape[1] - 1, -1, -1, dtype=np.int64)
        return self.numbers.astype(np.int64) @ weights

    @property
    def longitudinal(self) -> np.ndarray:
        """(D,) bool: no spin in a transverse state."""
        return (PROJECTION[self.numbers] == 0).all(axis=1)

    def orders(self, isotopes: tuple[str, ...]) -> np.ndarray:
        """(D, isotopes) coherence order of each isotope."""
        kinds = tuple(dict.fromkeys(isotopes))
        order = PROJECTION[self.numbers]
        return np.stack([order[:, [name == kind for name in isotopes]].sum(axis=1) for kind in kinds], axis=1)

    def matrices(self) -> np.ndarray:
        """(D, 2^N, 2^N) real matrices of the states."""
        made = np.ones((len(self), 1, 1))
        for spin in range(self.numbers.shape[1]):
            single = MATRICES[self.numbers[:, spin]]
            size = 2 * made.shape[1]
            made = np.einsum("dab,dij->daibj", made, single).reshape(len(self), size, size)
        return made


def keep(matrix: np.ndarray, states: ProductStates, isotopes: tuple[str, ...], rlx_keep: str) -> np.ndarray:
    """What ``rlx_keep`` leaves of a (D, D) relaxation matrix, see :mod:`harness.tasks.spins.systems.relaxation`."""
    if rlx_keep == "labframe":
        return matrix
    if rlx_keep == "secular":
        orders = states.orders(isotopes)
        return np.where((orders[:, None] == orders[None]).all(axis=-1), matrix, 0.0)
    longitudinal = states.longitudinal
    return np.where(np.outer(longitudinal, longitudinal) | np.eye(len(states), dtype=bool), matrix, 0.0)


def simple_rates(states: ProductStates, r1_per_s: np.ndarray, r2_per_s: np.ndarray) -> np.ndarray:
    """(D,) rates of the model "t1_t2" in 1/s: Σ R1 over longitudinal plus Σ R2 over transverse factors."""
    longitudinal = states.numbers == LONGITUDINAL
    transverse = PROJECTION[states.numbers] != 0
    return longitudinal @ r1_per_s + transverse @ r2_per_s
