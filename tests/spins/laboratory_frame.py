"""A molecule in a magnet as Spinach takes it, by Kronecker products: nothing of the package's own frame is in here.

H = Σ -γ_i B0 δ_i I_iz + 2π Σ J_ij (I_i·I_j, or I_iz I_jz between isotopes), each isotope in the frame that turns with
its nuclei without shift. Detection is Tr(L+† ρ(t)) from ρ0 = Lx, for every isotope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from harness import TimeGrid

X, Y, Z = np.array([[0, 1], [1, 0]]) / 2, np.array([[0, -1j], [1j, 0]]) / 2, np.diag([0.5, -0.5])


@dataclass(frozen=True, eq=False)
class Laboratory:
    """A molecule (N ≤ 6) with its field and the gyromagnetic ratios (rad/(s T)) of its isotopes."""

    isotopes: Sequence[str]
    shifts_ppm: np.ndarray
    couplings_hz: np.ndarray
    field_t: float
    gammas: Mapping[str, float]

    def signal(self, observed: str, grid: TimeGrid) -> np.ndarray:
        """(T,) complex, 1 at t = 0: what Spinach detects, its frequencies relative to 0 ppm."""
        spins = [k for k, isotope in enumerate(self.isotopes) if isotope == observed]
        lowering = sum(self._of(X, k) - 1j * self._of(Y, k) for k in spins)
        start = sum(self._of(X, k) for k in spins)
        values = self._evolved(start, lowering, grid)
        return values / values[0]

    def polarisations(self, tagged: int, grid: TimeGrid) -> np.ndarray:
        """(N, T) real: Tr(I_kz ρ(t)) / Tr(I_1z²) from ρ0 = I_1z of the tagged spin."""
        start = self._of(Z, tagged)
        rows = [self._evolved(start, self._of(Z, k), grid).real for k in range(len(self.isotopes))]
        return np.array(rows) / np.trace(start @ start).real

    def _of(self, matrix: np.ndarray, spin: int) -> np.ndarray:
        factors = [matrix if k == spin else np.eye(2) for k in range(len(self.isotopes))]
        return reduce(np.kron, factors)

    def _hamiltonian(self) -> np.ndarray:
        n = len(self.isotopes)
        omega = [-self.gammas[i] * self.field_t * 1e-6 * s for i, s in zip(self.isotopes, self.shifts_ppm, strict=True)]
        h = sum(w * self._of(Z, k) for k, w in enumerate(omega)).astype(complex)
        for i in range(n):
            for j in range(i + 1, n):
                axes = (X, Y, Z) if self.isotopes[i] == self.isotopes[j] else (Z,)
                h += 2 * np.pi * self.couplings_hz[i, j] * sum(self._of(a, i) @ self._of(a, j) for a in axes)
        return h

    def _evolved(self, start: np.ndarray, observable: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """Tr(observable ρ(t)), (T,)."""
        energies, vectors = np.linalg.eigh(self._hamiltonian())
        a, b = (vectors.conj().T @ operator @ vectors for operator in (start, observable))
        differences = energies[:, None] - energies
        return np.array([np.sum(a * np.exp(-1j * differences * t) * b.T) for t in grid.times_s])
