"""Inverse distances of all pairs of atoms: invariant under motions and reflections, smooth for separate atoms."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def pairs(size: int) -> tuple[np.ndarray, np.ndarray]:
    """First and second atoms of the P = N(N-1)/2 pairs."""
    return np.triu_indices(size, 1)


def inverse_distances(positions_nm: np.ndarray) -> np.ndarray:
    """1/r in 1/nm, (…, P), of positions (…, N, 3)."""
    first, second = pairs(positions_nm.shape[-2])
    return 1 / np.linalg.norm(positions_nm[..., first, :] - positions_nm[..., second, :], axis=-1)


def jacobian(positions_nm: np.ndarray) -> np.ndarray:
    """Derivatives of the P inverse distances with respect to the 3N coordinates (N, 3): (P, 3N) in 1/nm²."""
    first, second = pairs(len(positions_nm))
    vectors = positions_nm[first] - positions_nm[second]
    slopes = -vectors / np.linalg.norm(vectors, axis=1, keepdims=True) ** 3
    found = np.zeros((len(first), *positions_nm.shape))
    rows = np.arange(len(first))
    found[rows, first] = slopes
    found[rows, second] = -slopes
    return found.reshape(len(first), -1)
