"""Rigid motion: translations and rotations, and what of the degrees of freedom they leave to each atom.

In mass-weighted coordinates √m·x the six rigid motions at positions r span the columns √m·e_a and √m·(e_a × r); with
P the orthogonal projector on them, velocities without momentum and angular momentum are (1 - P)√m·v, and the degrees
of freedom of atom i are the sum of the three diagonal elements of 1 - P that belong to it. So 3N - 6 in all, and
⟨m_i v_i²⟩ = k_B T·Σ_a (1 - P)_ia,ia: heavy atoms have less than 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RANK_TOLERANCE = 1e-6
"""Singular values below this fraction of the largest count as zero: a linear molecule has only two rotations."""


def rigid_basis(positions_nm: np.ndarray, masses_da: np.ndarray) -> np.ndarray:
    """Orthonormal rigid motions in mass-weighted coordinates, (3N, 6), or (3N, 5) for a linear molecule."""
    size = len(masses_da)
    centred = positions_nm - masses_da @ positions_nm / masses_da.sum()
    roots = np.sqrt(masses_da)[:, None]
    columns = []
    for axis in np.eye(3):
        columns.append((roots * np.broadcast_to(axis, (size, 3))).ravel())
    for axis in np.eye(3):
        columns.append((roots * np.cross(axis, centred)).ravel())
    matrix = np.stack(columns, axis=1)
    matrix = matrix / np.where(np.linalg.norm(matrix, axis=0) > 0, np.linalg.norm(matrix, axis=0), 1)
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    return left[:, values > RANK_TOLERANCE * values[0]]


def without_rigid_motion(positions_nm: np.ndarray, velocities_nm_ps: np.ndarray, masses_da: np.ndarray) -> np.ndarray:
    """The velocities, (N, 3), with zero momentum and zero angular momentum about the centre of mass."""
    total = masses_da.sum()
    centred = positions_nm - masses_da @ positions_nm / total
    relative = velocities_nm_ps - masses_da @ velocities_nm_ps / total
    weighted = masses_da[:, None] * centred
    inertia = (weighted * centred).sum() * np.eye(3) - weighted.T @ centred
    angular = np.cross(weighted, relative).sum(axis=0)
    # The pseudo-inverse: a linear molecule has no inertia about its axis, and no angular momentum.
    return relative - np.cross(np.linalg.pinv(inertia, rcond=RANK_TOLERANCE, hermitian=True) @ angular, centred)


def degrees_of_freedom(positions_nm: np.ndarray, masses_da: np.ndarray) -> np.ndarray:
    """Degrees of freedom of each atom, (N,), which sum to 3N - 6 (3N - 5 for a linear molecule)."""
    basis = rigid_basis(positions_nm, masses_da)
    return 3 - (basis**2).sum(axis=1).reshape(-1, 3).sum(axis=1)


def per_element(values: np.ndarray, elements: Sequence[str]) -> dict[str, float]:
    """Sums of the values of atoms, (N,), by element in the order of their first appearance."""
    found: dict[str, float] = {}
    for element, value in zip(elements, values, strict=True):
        found[element] = found.get(element, 0.0) + float(value)
    return found
