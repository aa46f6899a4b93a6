"""exp(-i(h - i rates) t) on a vector for a whole grid, by Chebyshev polynomials in windows.

With h within c ± ρ and rates far below ρ,

    exp(-iKt) v = e^{-ict} Σ_n (2 - δ_n0) (-i)ⁿ J_n(ρt) T_n((K - c)/ρ) v,       K = h - i rates,

the coefficients fall faster than exponentially from n ≈ ρt on. With rates, T_n of a frequency c + ρ cos θ grows by
exp(n·rate/(ρ sin θ)), and rounding with it. Therefore ρ is larger than the frequencies by a margin, which keeps sin θ
away from 0, and windows are short. Source: H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984).
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.special import jv

from harness.trajectory import TimeGrid

WINDOW_RADIANS = 200.0
"""ρt of a window: long against the terms at its end that are needed for precision alone."""
MARGIN = 1.1
"""ρ in units of the largest distance of a frequency from c; sin θ is then at least sqrt(1 - 1/1.1²) = 0.42."""
WINDOW_GROWTH = 5.0
"""Largest rate·t/sin θ of a window: T_n grows by e to this power, and rounding with it (to 3e-14)."""
LEAST_RADIUS = 10.0
"""ρ in units of the largest rate: the terms beyond n = ρt, of which there are always some 20, grow as well."""


def propagate(h: csr_array, rates: np.ndarray, start: np.ndarray, rows: list[int], grid: TimeGrid) -> np.ndarray:
    """(R, T) elements ``rows`` of exp(-iht - rates t) start, to rounding."""
    centre, distance = _interval(h)
    fastest = max(float(rates.max()), 1e-9)
    radius = max(MARGIN * distance, LEAST_RADIUS * fastest)
    sine = sqrt(1 - (distance / radius) ** 2)
    window_s = min(WINDOW_RADIANS / radius, WINDOW_GROWTH * sine / fastest)
    samples = int(np.clip(window_s / grid.dt_s, 1, grid.points))
    order = _order(radius * samples * grid.dt_s)
    scaled = csr_array((h - diags_array(centre + 1j * rates)) * (1 / radius))
    table = _coefficients(order, radius, centre, np.arange(1, samples + 1) * grid.dt_s)
    signals = np.empty((len(rows), grid.points), complex)
    state = start.astype(complex)
    signals[:, 0] = state[rows]
    for done in range(1, grid.points, samples):
        seen, state = _window(scaled, state, rows, table)
        count = min(samples, grid.points - done)
        signals[:, done : done + count] = seen[:, :count]
    return signals


def _window(scaled: csr_array, state: np.ndarray, rows: list[int], table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(R, samples) of the window, and the state at its end."""
    order, last = len(table), table[:, -1]
    overlaps = np.empty((len(rows), order), complex)
    before, now = state, scaled @ state
    final = last[0] * before + last[1] * now
    overlaps[:, 0], overlaps[:, 1] = before[rows], now[rows]
    for n in range(2, order):
        after = scaled @ now
        after *= 2
        after -= before
        before, now = now, after
        overlaps[:, n] = now[rows]
        final += last[n] * now
    return overlaps @ table, final


def _interval(h: csr_array) -> tuple[float, float]:
    """(c, largest possible distance of a frequency from c) from Gershgorin's circles."""
    diagonal = h.diagonal()
    around = np.asarray(abs(h).sum(axis=1)).ravel() - np.abs(diagonal)
    low, high = float((diagonal - around).min()), float((diagonal + around).max())
    return (low + high) / 2, max((high - low) / 2, 1.0)


def _order(radians: float) -> int:
    """Terms that reach rounding at ρt = ``radians``."""
    order = int(radians + 12 * radians ** (1 / 3) + 20)
    return max(2, order)


def _coefficients(order: int, radius: float, centre: float, times: np.ndarray) -> np.ndarray:
    """(order, samples): factors of T_n at every time."""
    n = np.arange(order)
    factors = np.where(n == 0, 1.0, 2.0) * (-1j) ** (n % 4)
    return factors[:, None] * jv(n[:, None], radius * times[None]) * np.exp(-1j * centre * times)
