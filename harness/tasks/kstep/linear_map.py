"""The linear map: one macro step at a minimum, with its exact frequencies and its stability.

At the minimum of the quantum potential every force is linear in the displacement, so that one macro step is a matrix
of displacements q and velocities q' in mass-weighted coordinates, without rigid motion. Its eigenvalues are
exp(±iω τ) where it is stable: ω are the frequencies that the integrator gives a molecule in the limit of small
amplitudes, and max |λ| > 1 means that it explodes. Nothing is sampled: the sharpest test of an integrator, and the
cheapest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.rigid import rigid_basis
from harness.tasks.kstep.units import wavenumber_cm


@dataclass(frozen=True, eq=False)
class LinearMap:
    """Frequencies of one macro step, (M,) ascending in cm⁻¹, and the largest modulus of its eigenvalues."""

    frequencies_cm: np.ndarray
    largest_modulus: float


def vibrations(positions_nm: np.ndarray, masses_da: np.ndarray) -> np.ndarray:
    """Orthonormal mass-weighted coordinates without rigid motion, (3N, M)."""
    basis = rigid_basis(positions_nm, masses_da)
    left, _, _ = np.linalg.svd(basis, full_matrices=True)
    return left[:, basis.shape[1] :]


def reduced(hessian: np.ndarray, masses_da: np.ndarray, space: np.ndarray) -> np.ndarray:
    """The mass-weighted Hessian in the coordinates of :func:`vibrations`, (M, M) in 1/ps²."""
    roots = np.repeat(np.sqrt(masses_da), 3)
    return space.T @ (hessian / np.outer(roots, roots)) @ space


def normal_modes(hessian: np.ndarray, positions_nm: np.ndarray, masses_da: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact wavenumbers (M,) in cm⁻¹, ascending, and modes (M, N, 3) of mass-weighted displacements."""
    space = vibrations(positions_nm, masses_da)
    squares, vectors = np.linalg.eigh(reduced(hessian, masses_da, space))
    found = np.sign(squares) * wavenumber_cm(1.0) * np.sqrt(np.abs(squares))
    return found, (space @ vectors).T.reshape(len(found), -1, 3)


def verlet_matrix(curvature: np.ndarray, dt_ps: float) -> np.ndarray:
    """One step of velocity Verlet on the force -curvature·q, (2M, 2M)."""
    kick = _kick(curvature, 0.5 * dt_ps)
    return kick @ _drift(len(curvature), dt_ps) @ kick


def respa_matrix(curvature: np.ndarray, inner: np.ndarray, dt_ps: float, k: int) -> np.ndarray:
    """One macro step of RESPA with k inner steps of ``dt_ps``, (2M, 2M)."""
    kick = _kick(curvature - inner, 0.5 * k * dt_ps)
    return kick @ np.linalg.matrix_power(verlet_matrix(inner, dt_ps), k) @ kick


def linear_map(matrix: np.ndarray, tau_ps: float) -> LinearMap:
    """Frequencies and stability of a macro step of ``tau_ps``.

    A frequency above π/τ is seen below it, as for any sampled motion.
    """
    values = np.linalg.eigvals(matrix)
    angles = np.sort(np.abs(np.angle(values)))[::2]
    return LinearMap(wavenumber_cm(1.0) * angles / tau_ps, float(np.abs(values).max()))


def verlet_shift_cm(exact_cm: np.ndarray, dt_ps: float) -> np.ndarray:
    """What velocity Verlet adds to wavenumbers: (2/dt) asin(ω dt/2) - ω, NaN beyond its stability ω dt = 2."""
    to_rad = 1 / wavenumber_cm(1.0)
    sine = 0.5 * dt_ps * np.asarray(exact_cm) * to_rad
    with np.errstate(invalid="ignore"):
        return 2 / dt_ps * np.arcsin(np.where(sine < 1, sine, np.nan)) / to_rad - exact_cm


def _kick(curvature: np.ndarray, time_ps: float) -> np.ndarray:
    size = len(curvature)
    matrix = np.eye(2 * size)
    matrix[size:, :size] = -time_ps * curvature
    return matrix


def _drift(size: int, time_ps: float) -> np.ndarray:
    matrix = np.eye(2 * size)
    matrix[:size, size:] = time_ps * np.eye(size)
    return matrix
