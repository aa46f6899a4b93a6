"""A potential that is a sum of derivatives of Gaussian kernels in inverse distances.

    U(x) = Σ_p Σ_m exp(-|pD(x) - D_m|²/(2σ²))·(pD(x) - D_m)·β_m

with D the inverse distances of all pairs, D_m those of centre m, β_m its learned vector, and p the permutations of
equal atoms that leave the bonds as they are. U is invariant under translations, rotations, reflections and these
permutations, so that its force conserves momentum and angular momentum; it is twice continuously differentiable,
bounded, and vanishes far from all centres: there the inner force is the force field again.

Source: S. Chmiela et al., Science Advances 3, e1603015 (2017) and Nature Comm. 9, 3887 (2018), for the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.kernel.descriptor import pairs
from harness.tasks.kstep.kernel.symmetry import pair_orders
from harness.tasks.kstep.molecule import Molecule


@dataclass(frozen=True, eq=False)
class KernelPotential:
    """The potential of one molecule.

    ``centres`` are D_m, (M, P) in 1/nm; ``weights`` are β_m, (M, P) in kJ·nm/mol; ``width`` is σ in 1/nm; ``offset``
    is the mean of the energy at the labels, in kJ/mol; ``topology`` belongs to the molecule that it was trained on, and
    ``permutations``, (Q, N), are its symmetries.
    """

    centres: np.ndarray
    weights: np.ndarray
    width: float
    offset: float
    topology: str
    permutations: np.ndarray
    name: str = "kernel"

    def check(self, molecule: Molecule) -> None:
        """Refuse a molecule that it was not trained on.

        Raises
        ------
        InputError
            With the remedy.
        """
        if molecule.topology != self.topology:
            raise InputError(
                f"kernel potential: trained on another molecule than {molecule.name}; train one of its own"
            )

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm."""
        first, second = pairs(len(positions_nm))
        vectors = positions_nm[first] - positions_nm[second]
        inverse = 1 / np.sqrt(np.einsum("pa,pa->p", vectors, vectors))
        energy, gradient = self.in_descriptors(inverse)
        pulls = (gradient * inverse**3)[:, None] * vectors
        forces = np.empty_like(positions_nm)
        for axis in range(3):
            forces[:, axis] = np.bincount(first, pulls[:, axis], len(positions_nm))
            forces[:, axis] -= np.bincount(second, pulls[:, axis], len(positions_nm))
        return energy, forces

    def in_descriptors(self, inverse: np.ndarray) -> tuple[float, np.ndarray]:
        """U and its gradient in the inverse distances, (P,)."""
        tables = self._tables
        every = inverse[tables.orders]
        products = tables.stacked @ every.T
        half = len(self.centres)
        apart = np.maximum(tables.squares - 2 * products[:half] + inverse @ inverse, 0.0)
        near = np.exp(-0.5 / self.width**2 * apart)
        along = products[half:] - tables.overlaps
        pull = near * along / self.width**2
        rows = np.concatenate([pull, near]).T @ tables.stacked - pull.sum(axis=0)[:, None] * every
        return float((near * along).sum()) + self.offset, rows.ravel()[tables.back].sum(axis=0)

    @cached_property
    def _tables(self) -> _Tables:
        orders = pair_orders(self.permutations)
        back = np.argsort(orders, axis=1) + orders.shape[1] * np.arange(len(orders))[:, None]
        squares = np.einsum("mp,mp->m", self.centres, self.centres)[:, None]
        overlaps = np.einsum("mp,mp->m", self.centres, self.weights)[:, None]
        return _Tables(np.concatenate([self.centres, self.weights]), squares, overlaps, orders, back)


@dataclass(frozen=True, eq=False)
class _Tables:
    """What does not depend on the geometry: centres over weights (2M, P), so that one product serves both; |D_m|² and
    D_m·β_m (M, 1); the order of the pairs under each permutation and back, (Q, P)."""

    stacked: np.ndarray
    squares: np.ndarray
    overlaps: np.ndarray
    orders: np.ndarray
    back: np.ndarray


@dataclass(frozen=True)
class Plus:
    """The sum of two potentials: a force field and its learned correction."""

    first: Force
    second: Force

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first.name} + {self.second.name}"

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy and forces of both."""
        (energy, forces), (more, plus) = self.first(positions_nm), self.second(positions_nm)
        return energy + more, forces + plus
