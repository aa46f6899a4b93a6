"""Exchange and correlation by quadrature, with the basis functions on the grid computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from harness.tasks.tddft.packing import triangles

CODES = {"lda": ("slater,vwn5", 2), "pbe": ("pbe,pbe", 2), "pbe0": ("pbe0", 1)}
"""The name of a functional in libxc, and of how many functionals it is made."""
DENSITY_THRESHOLD = 1e-15
"""Densities (1/bohr³) below this one have no potential. libxc's own threshold for PBE0 is higher: where one spin has
few electrons, its potential is cut off in most of space. Of LiH+ this moves the lowest empty orbital by 3e-4 hartree.
"""
POINTS_AT_ONCE = 4096


@cache
def code_of(functional: str) -> str:
    """The name in PySCF of a functional with the threshold of this module."""
    from pyscf.dft.libxc import register_custom_functional_

    code, parts = CODES[functional]
    name = f"{functional}_from_{DENSITY_THRESHOLD:.0e}".replace("-", "m")
    register_custom_functional_(name, code, omega=[0.0] * parts, density_threshold=DENSITY_THRESHOLD)
    return name


@dataclass(frozen=True, eq=False)
class Quadrature:
    """E_xc[ρ] = Σ_g w_g f(ρ_g, ∇ρ_g) and its derivatives.

    Parameters
    ----------
    functional
        A name of :data:`CODES`; gradients are used unless it is ``lda``.
    basis
        (1 or 4, points, n): values and, for gradients, d/dx, d/dy, d/dz of the orthogonal basis functions.
    weights
        (points,).
    """

    functional: str
    basis: np.ndarray
    weights: np.ndarray

    def __call__(self, density: np.ndarray) -> tuple[np.ndarray, float]:
        """v_xc (s, n, n) real symmetric and E_xc, of a density (s, n, n): only its real part counts."""
        derivatives = self._derivatives(density, 1)
        energy_density, potential = derivatives[0], derivatives[1]
        spins, n = density.shape[:2]
        rho = self._rho(density)
        total = rho[0, 0] if spins == 1 else rho[0, 0] + rho[1, 0]
        energy = float(np.dot(self.weights * total, energy_density))
        matrices = np.empty((spins, n, n))
        for spin in range(spins):
            weighted = self.weights * potential[spin]
            weighted[0] *= 0.5
            half = (
                np.einsum("xg,xgi->gi", weighted, self.basis)
                if len(self.basis) > 1
                else weighted[0][:, None] * self.basis[0]
            )
            matrix = self.basis[0].T @ half
            matrices[spin] = matrix + matrix.T
        return matrices, energy

    def at(self, points: np.ndarray) -> Quadrature:
        """The same sum over the points of these indices alone."""
        return Quadrature(self.functional, np.ascontiguousarray(self.basis[:, points]), self.weights[points])

    def beyond_first_order(self, ground: np.ndarray, density: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """ρ - ρ0 and v[ρ] - v[ρ0] - f[ρ0] (ρ - ρ0) at every point, (s, 1 or 4, points) each."""
        _, potential, second = self._derivatives(ground, 2)
        change = self._rho(density) - self._rho(ground)
        linear = np.einsum("sxtyg,tyg->sxg", second, change)
        return change, self._derivatives(density, 1)[1] - potential - linear

    def kernel(self, density: np.ndarray) -> np.ndarray:
        """d v_xc / d Re D at a density, packed: (s, n(n+1)/2, s, n(n+1)/2); see :class:`PackedMap`."""
        spins, n = density.shape[:2]
        second = self._derivatives(density, 2)[2]
        row, column = triangles(n)[0]
        size = len(row)
        kernel = np.zeros((spins, size, spins, size))
        chunk = max(1, POINTS_AT_ONCE * 64 // size)
        weights = np.moveaxis(self.weights * second, -1, 0)  # (points, s, x, s, y)
        for start in range(0, len(self.weights), chunk):
            part = slice(start, start + chunk)
            pairs = self._pairs(part, row, column)
            flat = pairs.reshape(-1, size)
            for a in range(spins):
                for b in range(spins):
                    weighted = weights[part, a, :, b] @ pairs
                    kernel[a, :, b] += flat.T @ weighted.reshape(-1, size)
        # Of one spin, both spins change: ρ = 2 Σ D φφ.
        return kernel * np.where(row == column, 1.0, 2.0) * (2.0 if spins == 1 else 1.0)

    def _pairs(self, part: slice, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """(points, 1 or 4, pairs) φ_i φ_j and its gradient."""
        basis = self.basis[:, part].swapaxes(0, 1)
        first, second = basis[:, :1], basis[:, 1:]
        values = first[..., row] * first[..., column]
        gradients = second[..., row] * first[..., column] + first[..., row] * second[..., column]
        return np.concatenate([values, gradients], axis=1)

    def _rho(self, density: np.ndarray) -> np.ndarray:
        """(s, 1 or 4, points) density and its gradient; of one spin the total."""
        rho = np.empty((len(density), len(self.basis), len(self.weights)))
        for spin, one in enumerate(density):
            half = self.basis[0] @ np.ascontiguousarray(one.real)
            rho[spin] = np.einsum("gi,xgi->xg", half, self.basis)
            rho[spin, 1:] *= 2
        return 2 * rho if len(density) == 1 else rho

    def _derivatives(self, density: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray, Any]:
        """Energy per electron (points,), first (s, x, points) and, of order 2, second (s, x, s, y, points) derivatives.

        With respect to ρ and ∇ρ; of one spin those of the total density.
        """
        from pyscf.dft.numint import NumInt

        rho = self._rho(density)
        spins, components = rho.shape[:2]
        kind = "LDA" if components == 1 else "GGA"
        given = rho[0] if spins == 1 else rho
        found = NumInt().eval_xc_eff(
            code_of(self.functional), given if kind == "GGA" else given[..., 0, :], order, xctype=kind
        )
        shape = (spins, components, spins, components, -1)
        second = None if found[2] is None else np.asarray(found[2]).reshape(shape)
        return found[0], np.asarray(found[1]).reshape(spins, components, -1), second
