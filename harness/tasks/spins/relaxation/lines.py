"""A sum of damped lines on a grid of times."""

from __future__ import annotations

import numpy as np

from harness.trajectory import TimeGrid


def sum_of_lines(exponents: np.ndarray, amplitudes: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """(T,) Σ_l a_l exp(z_l t) for (L,) exponents z in 1/s with a real part of at most 0.

    Samples n = m·B + j of B ≈ √T are products exp(z m B dt) · exp(z j dt): one product of matrices, (T/B, L) times
    (L, B), in place of T·L exponentials.
    """
    block = int(np.ceil(np.sqrt(grid.points)))
    fine = np.exp(np.multiply.outer(exponents, np.arange(block) * grid.dt_s))
    coarse = np.exp(np.multiply.outer(np.arange(-(-grid.points // block)) * (block * grid.dt_s), exponents))
    return ((coarse * amplitudes) @ fine).ravel()[: grid.points]
