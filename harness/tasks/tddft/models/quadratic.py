"""Kernel and quadratic terms: F[D] = F0 + G[D - D0] + Q(c, c), c the leading principal components of Re D - Re D0.

Only the residual of the kernel is learned, so that weak fields are exact by construction; for Hartree-Fock the residual
is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.snapshots import Snapshots
from harness.tasks.tddft.packing import coordinates, from_coordinates

COMPONENTS = 30
SMALLEST_COMPONENT = 1e-6
"""Of the largest singular value: symmetric molecules leave components that never change."""
RIDGE = 1e-5
"""Penalty of |weights|² over the mean square error, the largest product scaled to unit mean square.

One scale for all: scaled each to unit size, products of components that hardly change get huge weights, and the
propagation leaves the data."""


@dataclass(frozen=True, eq=False)
class KernelQuadratic:
    """``components`` (k, n(n+1)/2) rows, ``products`` (k(k+1)/2, n(n+1)/2) the change of Re F for each c_i c_j."""

    kernel: Kernel
    ground: np.ndarray
    components: np.ndarray
    products: np.ndarray

    @classmethod
    def fitted(cls, snapshots: Snapshots, components: int = COMPONENTS, ridge: float = RIDGE) -> KernelQuadratic:
        """Fit to snapshots."""
        structure = snapshots.structure
        kernel = Kernel.of(structure)
        ground = structure.ground[0]
        changes = coordinates(snapshots.densities - ground)[0]
        by_kernel = np.array([kernel.fock(one[None], 0.0)[0] for one in snapshots.densities])
        residual = coordinates(snapshots.focks - by_kernel)[0]
        _, values, vectors = np.linalg.svd(changes, full_matrices=False)
        basis = vectors[:components][values[:components] > SMALLEST_COMPONENT * values[0]]
        features = _products(changes @ basis.T)
        scale = float(np.sqrt((features**2).mean(axis=0).max()))
        features = features / scale
        # The normal equations lose half of the digits, which a ridge of 1e-4 does not need.
        matrix = features.T @ features / len(features) + ridge * np.eye(features.shape[1])
        weights = np.linalg.solve(matrix, features.T @ residual / len(features)) / scale
        return cls(kernel, ground, basis, weights)

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """F0 + G[D - D0] + Q."""
        change = coordinates(density[0] - self.ground)[0]
        extra = _products((self.components @ change)[None])[0] @ self.products
        n = len(self.ground)
        return self.kernel.fock(density, time_au) + from_coordinates(extra, np.zeros(n * (n - 1) // 2), n)


def _products(components: np.ndarray) -> np.ndarray:
    """(rows, k) -> (rows, k(k+1)/2) all c_i c_j with i ≤ j."""
    first, second = np.triu_indices(components.shape[1])
    return components[:, first] * components[:, second]
