"""Windows: what a free induction decay is multiplied with before its Fourier transform. All are 1 at t = 0."""

from __future__ import annotations

from math import inf, pi

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import TimeGrid


def linewidth_of_t2(t2_s: float) -> float:
    """Full width at half height in Hz of the Lorentzian that exp(-t/T2) gives: 1/(π T2).

    Raises
    ------
    InputError
        Unless ``t2_s`` is positive and finite.
    """
    if not 0 < t2_s < inf:
        raise InputError(f"t2_s = {t2_s!r}: must be a positive, finite number of seconds; leave it out for no decay")
    return 1 / (pi * t2_s)


def exponential_window(grid: TimeGrid, linewidth_hz: float) -> np.ndarray:
    """exp(-π·linewidth·t), shape (T,): broadens every line by ``linewidth_hz`` (full width at half height)."""
    if not (np.isfinite(linewidth_hz) and linewidth_hz >= 0):
        raise InputError(f"linewidth_hz = {linewidth_hz!r}: must be zero or a positive number of Hz")
    return np.exp(-pi * linewidth_hz * grid.times_s)


def cosine_window(grid: TimeGrid) -> np.ndarray:
    """cos²(π t / 2 t_end), shape (T,), t_end one dwell time after the last sample.

    For signals that have not decayed when the grid ends: without it every line has the oscillations of a sinc.
    """
    return np.cos(0.5 * pi * grid.times_s / (grid.points * grid.dt_s)) ** 2


def matched_window(signal: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """The exponential that decays as the signal does, shape (T,): the best signal-to-noise ratio of a Lorentzian line.

    The rate R comes from the first moment of the energy of ``signal`` (..., T): for |s|² ∝ exp(-2Rt) on [0, t_end],

        <t> = Σ t |s|² / Σ |s|² = 1/(2R) - t_end / (exp(2 R t_end) - 1),

    solved for R; a signal that does not decay within the grid gets R = 0. Noise biases R low: subtract its energy
    first where it matters. Source: R. R. Ernst, Adv. Magn. Reson. 2, 1 (1966).
    """
    from scipy.optimize import brentq

    energy = np.sum(np.abs(np.atleast_2d(signal)) ** 2, axis=0)
    if energy.shape != (grid.points,) or not energy.sum() > 0:
        raise InputError(f"signal of shape {np.shape(signal)}: needs {grid.points} samples, not all of them zero")
    end = grid.points * grid.dt_s
    # In units of t_end, with midpoints: the sums are midpoint rules of the integrals.
    mean = float(np.sum((grid.times_s + grid.dt_s / 2) * energy) / energy.sum() / end)

    def moment(x: float) -> float:
        return 1 / x - 1 / np.expm1(x) - mean

    low, high = 1e-6, 700.0
    if mean >= 0.5 or moment(low) <= 0:
        return np.ones(grid.points)
    rate = high if moment(high) > 0 else float(brentq(moment, low, high))  # pyright: ignore[reportArgumentType]
    return np.exp(-rate / 2 / end * grid.times_s)
