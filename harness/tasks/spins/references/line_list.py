"""Lines: every frequency of a signal with its intensity, and signals from lines by a non-uniform FFT.

After diagonalisation M is a sum of lines,

    M(t) = Σ_ab w_ab exp(i (E_a - E_b) t),      w_ab = |(Vᵀ F V)_ab|² / Tr(F F†) ≥ 0,   Σ w_ab = 1,

F = Σ I_k+ over the observed spins, a in the block above that of b. Lines whose intensities sum to at most ``tolerance``
are dropped; what is dropped bounds the error of M at every time, because no term is larger than its intensity. The sum
over the rest on T points is a non-uniform FFT of type 1: O(L + T log T) instead of O(L·T).

Source: A. H. Barnett, J. Magland, L. af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019) (FINUFFT).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.trajectory import TimeGrid

NUFFT_TOLERANCE = 1e-13
"""Relative to the sum of the absolute intensities; double precision allows little less."""

HELD = 1 << 21
"""Lines that are collected before they are spread onto the grid."""


@dataclass(frozen=True, eq=False, repr=False)
class LineList:
    """Lines of M by ascending frequency.

    Parameters
    ----------
    frequencies_hz
        (L,) from the carrier.
    intensities
        (L,) non-negative; together with ``dropped`` they sum to 1.
    dropped
        Sum of the intensities that were left out: no sample of M is wrong by more.
    """

    frequencies_hz: np.ndarray
    intensities: np.ndarray
    dropped: float = 0.0

    def __len__(self) -> int:
        return len(self.frequencies_hz)

    def __repr__(self) -> str:
        return f"LineList({len(self)} lines, {self.dropped:.1e} of the intensity dropped)"

    def signal(self, grid: TimeGrid) -> np.ndarray:
        """M on ``grid``, (T,) complex128."""
        total = SignalSum(grid, 1)
        total.add(2 * np.pi * self.frequencies_hz, self.intensities[None])
        return total.values()[0]

    def merged(self, resolution_hz: float) -> LineList:
        """Lines closer than ``resolution_hz`` to the one before them as one, at their mean weighted by intensity."""
        if not len(self):
            return self
        start = np.flatnonzero(np.diff(self.frequencies_hz, prepend=-np.inf) > resolution_hz)
        intensity = np.add.reduceat(self.intensities, start)
        frequency = np.add.reduceat(self.intensities * self.frequencies_hz, start) / np.maximum(intensity, 1e-300)
        return LineList(frequency, intensity, self.dropped)


@dataclass(eq=False)
class SignalSum:
    """Σ_l w_l exp(iω_l t) on a grid for several sets of weights of the same frequencies; lines come in pieces."""

    grid: TimeGrid
    rows: int
    _held: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list, init=False)
    _count: int = field(default=0, init=False)
    _sum: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._sum = np.zeros((self.rows, self.grid.points), complex)

    def add(self, omega_rad_s: np.ndarray, weights: np.ndarray) -> None:
        """Add lines: (L,) frequencies, (rows, L) real weights."""
        self._held.append((omega_rad_s, weights))
        self._count += len(omega_rad_s)
        if self._count >= HELD:
            self._spread()

    def values(self) -> np.ndarray:
        """The sums, (rows, T) complex128."""
        self._spread()
        return self._sum

    def _spread(self) -> None:
        if not self._count:
            return
        omega = np.concatenate([omega for omega, _ in self._held])
        weights = np.concatenate([weights for _, weights in self._held], axis=1)
        self._held, self._count = [], 0
        self._sum += from_lines(omega, weights, self.grid)


def from_lines(omega_rad_s: np.ndarray, weights: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """Σ_l weights_rl exp(iω_l t_n): (rows, T) from (L,) and (rows, L)."""
    import finufft

    turns = np.remainder(omega_rad_s * grid.dt_s / (2 * np.pi), 1.0)
    x = 2 * np.pi * (turns - (turns >= 0.5))
    # Type 1 gives the modes -T//2 … : shifting by T//2 makes the first of them t = 0.
    strengths = np.ascontiguousarray(weights * np.exp(1j * x * (grid.points // 2)))
    found = finufft.nufft1d1(x, strengths, grid.points, eps=NUFFT_TOLERANCE, isign=1, nthreads=1)
    return np.asarray(found).reshape(len(weights), grid.points)
