"""Linear maps on Hermitian matrices, as two real matrices on packed triangles.

A Hermitian D = R + iA has a symmetric R of n(n+1)/2 numbers and an antisymmetric A of n(n-1)/2. Coulomb, exchange and
the response kernels of real orbitals never mix the two, so a map of D costs about n⁴/2 multiplications instead of 2n⁴.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@lru_cache(maxsize=32)
def triangles(n: int) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Row and column of the packed numbers: lower triangle with diagonal, and without."""
    return np.tril_indices(n), np.tril_indices(n, -1)


def pack(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(…, n, n) Hermitian -> Re on the lower triangle (…, n(n+1)/2), Im strictly below it (…, n(n-1)/2)."""
    with_diagonal, without = triangles(matrix.shape[-1])
    return np.real(matrix)[..., *with_diagonal], np.imag(matrix)[..., *without]


def unpack(symmetric: np.ndarray, antisymmetric: np.ndarray, n: int) -> np.ndarray:
    """The inverse of :func:`pack`."""
    (row, column), (below, left) = triangles(n)
    matrix = np.zeros((*symmetric.shape[:-1], n, n), dtype=complex)
    matrix[..., column, row] = matrix[..., row, column] = symmetric
    matrix[..., below, left] += 1j * antisymmetric
    matrix[..., left, below] -= 1j * antisymmetric
    return matrix


def doubled(n: int) -> np.ndarray:
    """(n(n+1)/2,) 2 for numbers off the diagonal, which stand for two elements, 1 on it."""
    row, column = triangles(n)[0]
    return np.where(row == column, 1.0, 2.0)


def coordinates(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`pack`, numbers off the diagonal times √2, so that Tr AB is the scalar product of the coordinates."""
    real, imaginary = pack(matrix)
    return real * np.sqrt(doubled(matrix.shape[-1])), imaginary * np.sqrt(2.0)


def from_coordinates(real: np.ndarray, imaginary: np.ndarray, n: int) -> np.ndarray:
    """The inverse of :func:`coordinates`."""
    return unpack(real / np.sqrt(doubled(n)), imaginary / np.sqrt(2.0), n)


@dataclass(frozen=True, eq=False)
class PackedMap:
    """G: ``symmetric`` (s, n(n+1)/2, s, n(n+1)/2) acts on Re D, ``antisymmetric`` (s, n(n-1)/2, s, n(n-1)/2) on Im D.

    s is the number of spins; both are real.
    """

    symmetric: np.ndarray
    antisymmetric: np.ndarray

    def __call__(self, density: np.ndarray) -> np.ndarray:
        """(s, n, n) Hermitian -> (s, n, n) Hermitian."""
        spins, n = density.shape[:2]
        real, imaginary = pack(density)
        size, smaller = real.size, imaginary.size
        image = self.symmetric.reshape(size, size) @ real.reshape(size)
        twisted = self.antisymmetric.reshape(smaller, smaller) @ imaginary.reshape(smaller)
        return unpack(image.reshape(spins, -1), twisted.reshape(spins, -1), n)

    def plus(self, symmetric: np.ndarray) -> PackedMap:
        """The same map with more of a response to Re D."""
        return PackedMap(self.symmetric + symmetric, self.antisymmetric)


def coulomb_and_exchange(eri: np.ndarray, spins: int, fraction: float) -> PackedMap:
    """G[D] = J[ΣD] - c·K[D] from the integrals (ij|kl), shape (n, n, n, n).

    With one spin D is half of the total density, so that J counts twice.
    """
    n = eri.shape[0]
    (i, j), (a, b) = triangles(n)
    double = doubled(n)
    coulomb = eri[i, j][:, i, j] * double
    same = -fraction * 0.5 * (eri[i[:, None], i, j[:, None], j] + eri[i[:, None], j, j[:, None], i]) * double
    twisted = -fraction * (eri[a[:, None], a, b[:, None], b] - eri[a[:, None], b, b[:, None], a])
    if spins == 1:
        return PackedMap((2 * coulomb + same)[None, :, None, :], twisted[None, :, None, :])
    blocks = np.broadcast_to(coulomb[None, :, None, :], (2, len(i), 2, len(i))).copy()
    apart = np.zeros((2, len(a), 2, len(a)))
    for spin in range(2):
        blocks[spin, :, spin] += same
        apart[spin, :, spin] += twisted
    return PackedMap(blocks, apart)
