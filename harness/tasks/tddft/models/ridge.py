"""Ridge regression: F[D] = F0 + W[D - D0], the linear map W learned from snapshots.

W has the symmetry of the exact response, <A, W B> = <W A, B>, for real and imaginary parts. The best such W has a
closed form: with X the changes of D, Y those of F (rows) and A = XᵀX + λ, W solves A W + W A = XᵀY + YᵀX.
Source of the idea: Bhat, Ranka and Isborn, arXiv:2408.04765, who learn F linear in D.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.models.snapshots import Snapshots
from harness.tasks.tddft.packing import coordinates, from_coordinates

RIDGE = 1e-10
"""λ over the largest eigenvalue of XᵀX."""


@dataclass(frozen=True, eq=False)
class Ridge:
    """``ground_fock`` and ``ground`` (n, n); ``real`` and ``imaginary`` the symmetric matrices of W in coordinates."""

    ground_fock: np.ndarray
    ground: np.ndarray
    real: np.ndarray
    imaginary: np.ndarray

    @classmethod
    def fitted(cls, snapshots: Snapshots, ridge: float = RIDGE) -> Ridge:
        """Fit to snapshots."""
        structure = snapshots.structure
        ground_fock = structure.fock(structure.ground)[0]
        changes = coordinates(snapshots.densities - structure.ground[0])
        targets = coordinates(snapshots.focks - ground_fock)
        maps = [symmetric_regression(x, y, ridge) for x, y in zip(changes, targets, strict=True)]
        return cls(ground_fock, structure.ground[0], *maps)

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """F0 + W[D - D0]."""
        real, imaginary = coordinates(density[0] - self.ground)
        return self.ground_fock[None] + from_coordinates(self.real @ real, self.imaginary @ imaginary, len(self.ground))


def symmetric_regression(inputs: np.ndarray, targets: np.ndarray, ridge: float) -> np.ndarray:
    """The symmetric W (k, k) that minimises |X W - Y|² + λ|W|², of X and Y (rows, k)."""
    values, vectors = np.linalg.eigh(inputs.T @ inputs)
    values = np.maximum(values, 0) + ridge * values[-1]
    product = inputs.T @ targets
    rotated = vectors.T @ (product + product.T) @ vectors
    return vectors @ (rotated / (values[:, None] + values)) @ vectors.T
