"""Fast exp(iωt) for many ω on an equidistant grid.

Continuous quantity: exp(iωt) at t_n = n·dt, n = 0 … T-1. Written as n = aB + b with B ≈ √T,

    exp(iω n dt) = exp(iω a B dt) · exp(iω b dt),

so that only ⌈T/B⌉ + B complex exponentials per ω are evaluated and the T values are one outer product (300 points:
36 exponentials instead of 300). Unlike a running recurrence z_n = z_{n-1}·z_1, errors do not add up along the grid:
each value is one product of two correctly evaluated numbers, so it differs from the direct exp(iω t_n) by a few
units of rounding plus |ω t| times one, which the direct evaluation has as well.
"""

from __future__ import annotations

from math import isqrt, tau

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.trajectory import TimeGrid


def phases(
    omega_rad_s: ArrayLike, grid: TimeGrid, out: NDArray[np.complex128] | None = None, first: int = 0
) -> NDArray[np.complex128]:
    """exp(iω t_n) for every ω.

    Parameters
    ----------
    omega_rad_s
        (...,) angular frequencies in rad/s.
    grid
        T equidistant points.
    out
        (..., T) contiguous array to write into; page faults of a fresh one can cost more than the numbers in it.
    first
        Number n of the first point, for a long grid in pieces.

    Returns
    -------
    numpy.ndarray
        (..., T) complex128: ``out``, or a fresh contiguous array.
    """
    omega = np.asarray(omega_rad_s, dtype=np.float64)
    points = grid.points
    fine = isqrt(points - 1) + 1
    coarse, rest = divmod(points, fine)
    # One call for both factors: the functions cost most of it when there are few frequencies.
    ticks = np.empty(fine + coarse + 1)
    ticks[:fine] = np.arange(fine)
    ticks[fine:] = np.arange(first, first + (coarse + 1) * fine, fine)
    ticks *= 0.5 * grid.dt_s
    factors = _exponentials(omega[..., None] * ticks)
    table = np.empty((*omega.shape, points), np.complex128) if out is None else out
    whole = table[..., : coarse * fine].reshape(*omega.shape, coarse, fine)  # a view: only the last axis is split
    np.multiply(factors[..., fine:-1, None], factors[..., None, :fine], out=whole)
    if rest:
        np.multiply(factors[..., -1:], factors[..., :rest], out=table[..., coarse * fine :])
    return table


def _exponentials(half: NDArray[np.float64]) -> NDArray[np.complex128]:
    """exp(2i·half) by the tangent of the half angle; ``half`` is used up.

    With u = 2/(1 + tan²), the cosine is u - 1 and the sine u·tan. A relative error of the tangent enters the phase no
    larger than it is, and numpy's tangent takes a tenth of the time of its cosine where the processor has AVX-512.
    """
    tangent = np.tan(half, out=half)
    factors = np.empty(half.shape, np.complex128)
    u = tangent * tangent
    u += 1
    np.divide(2, u, out=u)
    np.subtract(u, 1, out=factors.real)
    np.multiply(tangent, u, out=factors.imag)
    return factors


def phases_hz(frequency_hz: ArrayLike, grid: TimeGrid) -> NDArray[np.complex128]:
    """exp(2πi f t_n) for frequencies in Hz, otherwise as :func:`phases`."""
    return phases(tau * np.asarray(frequency_hz, dtype=np.float64), grid)
