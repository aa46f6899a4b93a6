"""Eigensystems of very many small symmetric matrices, vectorised over the batch.

Cyclic Jacobi rotations; they converge quadratically, so that three sweeps are enough for most 3 × 3 matrices (those
with an off-diagonal element left go on), and one rotation is exact for 2 × 2. LAPACK takes about a microsecond per
matrix even when it is that small; this takes a tenth of it for thousands in single precision. Small batches go to
LAPACK, and so do matrices from 4 × 4 on, where it is the faster one.

Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed. (2013), sec. 8.5.
"""

from __future__ import annotations

import numpy as np

SMALL_BATCH = 192
SWEEPS = 3


def small_eigh(elements: np.ndarray, square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Energies (d, b·X) and eigenvectors (d, d, b·X) of b symmetric matrices in each of X cases, b running slower.

    ``elements`` (R, X) holds the distinct matrix elements, ``square`` (d, d, b) their places in the matrices. Column a
    of the vectors belongs to energy a; energies are in no particular order.
    """
    d, _, blocks = square.shape
    count = blocks * elements.shape[1]
    if d == 2:
        return _two(elements[square[[0, 1], [0, 1]]].reshape(2, count), elements[square[0, 1]].reshape(count))
    if d == 3 and count >= SMALL_BATCH:
        diagonal, off = elements[square[[0, 1, 2], [0, 1, 2]]], elements[square[[0, 1, 0], [1, 2, 2]]]
        return _three(diagonal.reshape(3, count), off.reshape(3, count))
    h = elements.T[:, square.transpose(2, 0, 1)].swapaxes(0, 1).reshape(count, d, d)
    energies, vectors = np.linalg.eigh(h)
    return np.ascontiguousarray(energies.T), np.ascontiguousarray(vectors.transpose(1, 2, 0))


def _angle(app: np.ndarray, aqq: np.ndarray, apq: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tangent, cosine and sine of the rotation that clears apq: the smaller of the two angles."""
    half = aqq - app
    half *= 0.5
    root = np.sqrt(half * half + apq * apq)
    root += np.finfo(app.dtype).tiny
    tangent = apq / (half + np.copysign(root, half))
    cosine = 1 / np.sqrt(1 + tangent * tangent)
    return tangent, cosine, tangent * cosine


def _two(diagonal: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    tangent, c, s = _angle(diagonal[0], diagonal[1], off)
    shift = tangent * off
    energies = np.stack([diagonal[0] - shift, diagonal[1] + shift])
    return energies, np.stack([np.stack([c, s]), np.stack([-s, c])])


def _three(energies: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both are overwritten; ``off`` are the elements (0, 1), (1, 2), (0, 2)."""
    vectors = np.zeros((3, 3, off.shape[1]), off.dtype)  # [column, row]
    vectors[0, 0] = vectors[1, 1] = vectors[2, 2] = 1.0
    limit = max(30 * float(np.finfo(off.dtype).eps), 1e-12) * np.abs(off).max()
    for _ in range(SWEEPS):
        _sweep(energies, off, vectors)
    for _ in range(4):
        left = np.flatnonzero((np.abs(off) > limit).any(axis=0))
        if not len(left):
            break
        some = energies[:, left], off[:, left], vectors[:, :, left]
        _sweep(*some)
        energies[:, left], off[:, left], vectors[:, :, left] = some
    return energies, vectors.transpose(1, 0, 2)


def _sweep(a: np.ndarray, off: np.ndarray, vectors: np.ndarray) -> None:
    """Three rotations, in place; ``off`` are the elements (0, 1), (1, 2), (0, 2)."""
    first, second = np.empty_like(vectors[0]), np.empty_like(vectors[0])
    for p, q, pq, pr, qr in ((0, 1, 0, 2, 1), (0, 2, 2, 0, 1), (1, 2, 1, 0, 2)):
        tangent, c, s = _angle(a[p], a[q], off[pq])
        shift = tangent * off[pq]
        a[p] -= shift
        a[q] += shift
        off[pq] = 0.0
        x = c * off[pr]
        x -= s * off[qr]
        off[qr] *= c
        off[qr] += s * off[pr]
        off[pr] = x
        np.multiply(vectors[p], c, out=first)
        np.multiply(vectors[q], s, out=second)
        first -= second
        vectors[q] *= c
        vectors[p] *= s
        vectors[q] += vectors[p]
        vectors[p] = first
