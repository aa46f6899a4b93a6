"""exp(L t) on a vector for a whole grid, by Arnoldi's method in windows.

Of m vectors that span {v, Lv, …, L^{m-1}v} and the upper Hessenberg matrix H_m of L among them,

    exp(L t) v ≈ ‖v‖ V_m exp(H_m t) e_1,     error ≈ ‖v‖ h_{m+1,m} ∫₀ᵗ |e_mᵀ exp(H_m s) e_1| ds

(Y. Saad, SIAM J. Numer. Anal. 29, 209 (1992)). A window ends with the last sample at which the error is within its
share of the tolerance, and the next starts from there. L need not be Hermitian; where it only reduces the norm, errors
add up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.errors import InputError
from harness.trajectory import TimeGrid

DIMENSION, MOST_DIMENSION = 60, 480
"""Vectors of a window; more are taken where not one sample fits into it."""


def propagate(
    apply: Callable[[np.ndarray], np.ndarray], start: np.ndarray, coils: np.ndarray, grid: TimeGrid, tolerance: float
) -> np.ndarray:
    """(C, T) overlaps of coils (C, D) with exp(L t) start.

    Raises
    ------
    InputError
        Where the dwell time is so long that :data:`MOST_DIMENSION` vectors do not reach the next sample.
    """
    signals = np.empty((len(coils), grid.points), complex)
    state = start.astype(complex)
    signals[:, 0] = coils @ state
    scale = float(np.linalg.norm(state))
    done, dimension = 0, DIMENSION
    while done < grid.points - 1:
        norm = float(np.linalg.norm(state))
        if norm <= tolerance * scale * 1e-3:
            signals[:, done + 1 :] = 0.0
            break
        vectors, small, beyond = _basis(apply, state / norm, min(dimension, len(state)))
        inside = norm * _window(small, beyond, grid, grid.points - 1 - done, tolerance * scale / norm)
        steps = inside.shape[1]
        if steps == 0:
            dimension *= 2
            if dimension > MOST_DIMENSION:
                raise InputError(f"time grid: dt_s = {grid.dt_s:g} is too long a step for this system: shorten it")
            continue
        signals[:, done + 1 : done + 1 + steps] = (coils @ vectors) @ inside
        state = vectors @ inside[:, -1]
        done += steps
    return signals


def _basis(
    apply: Callable[[np.ndarray], np.ndarray], first: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """V (D, m), H_m (m, m), h_{m+1,m}; m is less where the space is exhausted."""
    vectors = np.zeros((len(first), size + 1), complex)
    small = np.zeros((size + 1, size), complex)
    vectors[:, 0] = first
    for j in range(size):
        new = apply(vectors[:, j])
        length = np.linalg.norm(new)
        for _ in range(2):  # twice is enough to be orthogonal to rounding
            overlap = vectors[:, : j + 1].conj().T @ new
            new = new - vectors[:, : j + 1] @ overlap
            small[: j + 1, j] += overlap
        beyond = float(np.linalg.norm(new))
        if beyond <= 1e-14 * length or length == 0.0:
            return vectors[:, : j + 1], small[: j + 1, : j + 1], 0.0
        small[j + 1, j] = beyond
        vectors[:, j + 1] = new / beyond
    return vectors[:, :size], small[:size], float(small[size, size - 1].real)


def _window(small: np.ndarray, beyond: float, grid: TimeGrid, most: int, tolerance: float) -> np.ndarray:
    """(m, steps) exp(H_m t) e_1 at the samples that follow, as many as the tolerance allows."""
    from scipy.linalg import expm

    step = expm(small * grid.dt_s)
    now = np.zeros(len(small), complex)
    now[0] = 1.0
    found: list[np.ndarray] = []
    error = 0.0
    for n in range(most):
        after = step @ now
        error += beyond * grid.dt_s * max(abs(now[-1]), abs(after[-1]))
        if error > tolerance * (n + 1) / (grid.points - 1):
            break
        found.append(after)
        now = after
    return np.stack(found, axis=1) if found else np.zeros((len(small), 0), complex)
