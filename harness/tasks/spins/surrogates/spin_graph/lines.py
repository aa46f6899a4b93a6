"""From spectral lines to a time grid, without a sine per line.

A signal is a sum of lines, f(t) = Σ_l w_l exp(iω_l t), with real weights and frequencies within ±W of a centre ω_c. On

    exp(iωt) = Σ_m (2 - δ_m0) i^m J_m(Wt) T_m(ω/W)          (Jacobi-Anger)

only the moments μ_m = Σ_l w_l T_m(ω_l/W) depend on the system. They come from two short recurrences, T_b(x) for b < p
and T_ap(x) for a < q, as one matrix product G_ab = Σ_l w_l T_ap(x_l) T_b(x_l), since T_ap T_b = (T_ap+b + T_|ap-b|)/2.
Everything that depends on the grid (Bessel functions, powers of i, the relation of G to μ) is one kernel matrix K per
grid and bandwidth: f = exp(iω_c t) · K vec(G). Exact to rounding: q·p exceeds the order beyond which J_m(Wt) < 1e-14.

Source: Jacobi-Anger expansion as used by H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984); here on moments of
the line spectrum instead of on operators.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi, sqrt

import numpy as np

from harness.tasks.spins.systems import TimeGrid

BAND_STEP = 1.2
SMALLEST_BAND_HZ = 40.0
CACHED_LINES = 8_000
"""Lines handled at a time: the recurrences then stay in a core's cache."""
KERNEL_NUMBERS = 1_000_000
"""Orders times samples that are computed at a time: temporary arrays of about 100 megabytes."""


@dataclass(frozen=True, eq=False)
class LineKernel:
    """K of one grid and bandwidth: ``order`` is (q, p), ``band`` is W in rad/s.

    ``real`` (even entries of vec(G), T) and ``imag`` (odd entries, T) are the rows of K that are not zero.
    """

    band: float
    order: tuple[int, int]
    real: np.ndarray
    imag: np.ndarray

    @property
    def size(self) -> int:
        """Bytes of the matrices."""
        return self.real.nbytes + self.imag.nbytes

    def signals(self, moments: np.ndarray, complex_valued: bool) -> np.ndarray:
        """f (B, T) from G (B, q·p), or its real part."""
        if not complex_valued:
            return moments[:, ::2] @ self.real
        out = np.empty((len(moments), self.real.shape[1]), np.complex128)
        out.real = moments[:, ::2] @ self.real
        out.imag = moments[:, 1::2] @ self.imag
        return out


def band_for(largest: float) -> float:
    """The next of a geometric sequence of bandwidths (rad/s) that covers |ω - ω_c| ≤ ``largest``."""
    band = 2 * pi * SMALLEST_BAND_HZ
    while band < largest:
        band *= BAND_STEP
    return band


def orders(grid: TimeGrid, band: float) -> tuple[int, int]:
    """(q, p) of a grid and bandwidth: q·p orders, beyond which J_m(Wt) < 1e-14."""
    phase = band * grid.horizon_s
    count = ceil(phase + 8 * phase ** (1 / 3) + 16)
    low = max(2, ceil(sqrt(count)))
    return max(2, ceil(count / low)), low


def line_kernel(grid: TimeGrid, band: float) -> LineKernel:
    """The kernel of a grid and bandwidth W (rad/s), made in parts of the grid that stay small."""
    high, low = orders(grid, band)
    real = np.empty(((high * low + 1) // 2, grid.points))
    imag = np.empty((high * low // 2, grid.points))
    step = max(1, KERNEL_NUMBERS // (high * low))
    for start in range(0, grid.points, step):
        part = slice(start, start + step)
        even, odd = _kernel_rows(grid.times_s[part], band, high, low)
        real[:, part], imag[:, part] = even.T[::2], odd.T[1::2]
    return LineKernel(band, (high, low), real, imag)


def _kernel_rows(times_s: np.ndarray, band: float, high: int, low: int) -> tuple[np.ndarray, np.ndarray]:
    """Real and imaginary parts of the factors of G at some times, (times, q·p) each."""
    degree = np.arange(high * low)
    # (2 - δ_m0) i^m J_m(x) are the Fourier coefficients of exp(ix cos θ)
    angles = 2 * pi * np.arange(2 * len(degree)) / (2 * len(degree))
    series = np.fft.fft(np.exp(1j * band * times_s[:, None] * np.cos(angles)), axis=1)[:, : len(degree)]
    series *= np.where(degree == 0, 1.0, 2.0) / len(angles)
    real = np.where(degree % 2 == 0, series.real, 0.0)
    imag = np.where(degree % 2 == 1, series.imag, 0.0)
    # μ_ap+b = 2 G_ab - μ_ap-b: the factor of every μ is moved to the entries of G, highest order first.
    for factor in (real, imag):
        for a in range(high - 1, 0, -1):
            for b in range(low - 1, 0, -1):
                factor[:, a * low - b] -= factor[:, a * low + b]
                factor[:, a * low + b] *= 2.0
    return real, imag


def moment_products(x: np.ndarray, weights: np.ndarray, order: tuple[int, int]) -> np.ndarray:
    """G of every system: x = (ω - ω_c)/W and weights, both (B, lines) -> (B, q·p); ``order`` is (q, p)."""
    batch, lines = x.shape
    high, low = order
    out = np.zeros((batch, high, low), x.dtype)
    if not x.size:
        return out.reshape(batch, high * low)
    step = min(batch, max(1, CACHED_LINES // lines))
    below_all = np.empty((low, step, lines), x.dtype)
    above_all = np.empty((high, step, lines), x.dtype)
    for start in range(0, batch, step):
        part = slice(start, start + step)
        y, w = x[part], weights[part]
        below, above = below_all[:, : len(y)], above_all[:, : len(y)]
        _chebyshev(below, y)
        _chebyshev(above, 2 * y * below[-1] - below[-2])
        above *= w
        np.matmul(above.transpose(1, 0, 2), below.transpose(1, 2, 0), out=out[part])
    return out.reshape(batch, high * low)


def _chebyshev(values: np.ndarray, x: np.ndarray) -> None:
    """T_0(x) … in place, doubling: T_k+j = 2 T_k T_j - T_k-j for j = 1 … k at once."""
    values[0] = 1.0
    values[1] = x
    done = 1
    while done + 1 < len(values):
        more = min(done, len(values) - 1 - done)
        new = values[done + 1 : done + 1 + more]
        np.multiply(values[1 : more + 1], values[done] + values[done], out=new)
        new -= values[done - more : done][::-1]
        done += more
