"""Spectral lines of many small clusters at once.

Arrays have the batch last: offsets (n, X), couplings (pairs, X), all in rad/s, pairs in the order of
``itertools.combinations``. H is solved in its blocks of fixed total I_z (C(n, m) states with m spins down); with
eigenvectors V of the block with m spins down and V' of the one with m + 1,

    Tr(F ρ(t)): lines at E_a - E'_b with weights (Vᵀ F V')²_ab,   F = Σ_k I_k+ over the observed members,
    one member k of it: weights (Vᵀ F V')_ab (Vᵀ I_k+ V')_ab,
    I_z of members j and k: lines at E_a - E_b inside a block with weights (Vᵀ I_jz V)_ab (Vᵀ I_kz V)_ab.

Weights are normalised so that those of one spin add up to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.jacobi import small_eigh


@dataclass(frozen=True, eq=False)
class Layout:
    """Product states of n spins: everything that does not depend on the couplings.

    States are sorted by the number m of spins down; ``block[m]`` is their slice. ``z`` (n, 2^n) are the eigenvalues
    ±1/2 of I_kz. ``elements`` (2^n + pairs + 1, n + pairs) turns offsets and couplings into all elements of H: its
    diagonal, J/2 of every pair, and a zero. ``square[m]`` (d, d) are the places of block m in that list.
    ``raised[m][k]`` the rows (block m) and columns (block m + 1) of I_k+, ``total[m]`` their sum as a matrix.
    ``sizes`` are the blocks of equal dimension (above 1), which are solved together, and their ``square``
    (d, d, blocks).
    """

    n: int
    pairs: tuple[tuple[int, int], ...]
    block: tuple[slice, ...]
    z: np.ndarray
    elements: np.ndarray
    square: tuple[np.ndarray, ...]
    raised: tuple[tuple[tuple[np.ndarray, np.ndarray], ...], ...]
    total: tuple[np.ndarray, ...]
    sizes: tuple[tuple[tuple[int, ...], np.ndarray], ...]

    def joined(self, m: int, pair: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of block m that a flip-flop of a pair joins."""
        rows, columns = np.nonzero(np.triu(self.square[m] == 2**self.n + pair, 1))
        return rows, columns

    def dimension(self, m: int) -> int:
        """States with m spins down."""
        return self.block[m].stop - self.block[m].start


def layout(n: int) -> Layout:
    """The layout of n spins."""
    pairs = tuple(combinations(range(n), 2))
    states = [list(combinations(range(n), m)) for m in range(n + 1)]  # the spins that are down
    place = [{s: i for i, s in enumerate(block)} for block in states]
    starts = np.cumsum([0, *map(len, states)])
    every = [s for block in states for s in block]
    z = np.array([[-0.5 if k in s else 0.5 for s in every] for k in range(n)])
    zz = np.array([z[i] * z[j] for i, j in pairs]).reshape(len(pairs), len(every))
    square, raised, total = [], [], []
    for m, block in enumerate(states):
        places = np.full((len(block), len(block)), len(every) + len(pairs))
        np.fill_diagonal(places, np.arange(starts[m], starts[m + 1]))
        for p, (i, j) in enumerate(pairs):
            for s in block:
                if (i in s) != (j in s):
                    down, up = (i, j) if i in s else (j, i)
                    places[place[m][s], place[m][_swapped(s, down, up)]] = len(every) + p
        square.append(places)
        if m < n:
            below = states[m + 1]
            ups = []
            matrix = np.zeros((len(block), len(below)))
            for k in range(n):
                down = [s for s in below if k in s]
                up = [tuple(q for q in s if q != k) for s in down]
                ups.append((np.array([place[m][s] for s in up]), np.array([place[m + 1][s] for s in down])))
                matrix[ups[-1]] = 1.0
            raised.append(tuple(ups))
            total.append(matrix)
    elements = np.zeros((len(every) + len(pairs) + 1, n + len(pairs)))
    elements[: len(every)] = np.concatenate([z, zz]).T
    elements[len(every) : -1, n:] = 0.5 * np.eye(len(pairs))
    by_size: dict[int, list[int]] = {}
    for m in range(1, n):
        by_size.setdefault(len(states[m]), []).append(m)
    return Layout(
        n,
        pairs,
        tuple(slice(int(a), int(b)) for a, b in pairwise(starts)),
        z,
        elements,
        tuple(square),
        tuple(raised),
        tuple(total),
        tuple((tuple(blocks), np.stack([square[m] for m in blocks], axis=-1)) for blocks in by_size.values()),
    )


def _swapped(state: tuple[int, ...], down: int, up: int) -> tuple[int, ...]:
    """The state with spin ``down`` up and spin ``up`` down."""
    return tuple(sorted(up if k == down else k for k in state))


def eigenblocks(
    form: Layout, offsets: np.ndarray, couplings: np.ndarray, flips: np.ndarray | None
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Energies (d, X) and eigenvectors (d, d, X) of every block; ``flips`` (pairs, X) is 0 for unlike isotopes."""
    count = offsets.shape[1]
    elements = form.elements @ np.concatenate([offsets, couplings])
    if flips is not None:
        elements[2**form.n : -1] *= flips
    energies: list[np.ndarray] = [elements[part] for part in form.block]
    vectors: list[np.ndarray] = [np.ones((1, 1, 1), offsets.dtype)] * (form.n + 1)
    for blocks, square in form.sizes:
        energy, vector = small_eigh(elements, square)
        for b, m in enumerate(blocks):
            energies[m] = energy[:, b * count : (b + 1) * count]
            vectors[m] = vector[:, :, b * count : (b + 1) * count]
    return energies, vectors


def transverse_lines(
    form: Layout,
    offsets: np.ndarray,
    couplings: np.ndarray,
    flips: np.ndarray | None = None,
    observed: np.ndarray | None = None,
    per_spin: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Lines of F: frequencies (L, X) and weights (L, X), or (n, L, X) member by member.

    ``observed`` (n, X) is 1 for members that F holds; all of them if None.
    """
    if form.n == 2 and flips is None and observed is None and not per_spin:
        return _pair_lines(offsets, couplings[0])
    energies, vectors = eigenblocks(form, offsets, couplings, flips)
    count = offsets.shape[1]
    frequencies, weights = [], []
    for m in range(form.n):
        upper, lower = vectors[m], vectors[m + 1]
        frequencies.append((energies[m][:, None] - energies[m + 1]).reshape(-1, count))
        if observed is None and not per_spin:
            rows = (form.total[m] @ lower.reshape(len(lower), -1)).reshape(-1, *lower.shape[1:])
            total = contract(upper, rows)
            weights.append((total * total).reshape(-1, count) if total.shape[-1] == count else _wide(total, count))
            continue
        single = []
        for k, (rows, columns) in enumerate(form.raised[m]):
            amplitude = np.broadcast_to(contract(upper[rows], lower[columns]), (len(upper), len(lower), count))
            single.append(amplitude if observed is None else amplitude * observed[k])
        whole = np.sum(single, axis=0)
        if per_spin:
            weights.append(np.stack([(whole * one).reshape(-1, count) for one in single]))
        else:
            weights.append((whole * whole).reshape(-1, count))
    scale = 2.0 ** (1 - form.n)
    return np.concatenate(frequencies), np.concatenate(weights, axis=-2) * scale


def _pair_lines(offsets: np.ndarray, coupling: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The AB quartet in closed form: lines at Σ ± (R ± J)/2, R² = D² + J², with weights (1 ∓ J/R)/2."""
    frequencies = np.empty((4, offsets.shape[1]), offsets.dtype)
    weights = np.empty_like(frequencies)
    middle = 0.5 * (offsets[0] + offsets[1])
    detuning = offsets[0] - offsets[1]
    root = np.sqrt(detuning * detuning + coupling * coupling)
    outer, inner = 0.5 * (root + coupling), 0.5 * (root - coupling)
    np.add(middle, outer, out=frequencies[0])
    np.subtract(middle, outer, out=frequencies[1])
    np.add(middle, inner, out=frequencies[2])
    np.subtract(middle, inner, out=frequencies[3])
    # J/R, and 0/0 = 0 where there is neither coupling nor detuning: then all four lines fall together.
    share = 0.5 * coupling / np.maximum(root, np.finfo(root.dtype).tiny)
    weights[:2] = 0.5 - share
    weights[2:] = 0.5 + share
    return frequencies, weights


def _wide(amplitude: np.ndarray, count: int) -> np.ndarray:
    """Squares of an amplitude that is the same for the whole batch (a single spin)."""
    square = (amplitude * amplitude).reshape(-1, 1)
    return np.broadcast_to(square, (len(square), count))


def longitudinal_lines(
    form: Layout,
    offsets: np.ndarray,
    couplings: np.ndarray,
    flips: np.ndarray | None = None,
    observed: np.ndarray | None = None,
    per_spin: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Lines of I_z of member 0 in itself, or in all members: frequencies (L, X), weights (L, X) or (n, L, X).

    ``observed`` plays no part. The signal is the real part of the sum over lines.
    """
    energies, vectors = eigenblocks(form, offsets, couplings, flips)
    count = offsets.shape[1]
    members = range(form.n if per_spin else 1)
    # The two blocks with one state give the constant.
    frequencies = [np.zeros((1, count), offsets.dtype)]
    weights = [np.full((len(members), 1, count), 0.5, offsets.dtype)]
    for m in range(1, form.n):
        energy, vector, z = energies[m], vectors[m], form.z[:, form.block[m]]
        inside = [contract(z[k][:, None, None] * vector, vector) for k in members]
        frequencies.append((energy[:, None] - energy).reshape(-1, count))
        if per_spin:
            weights.append(np.stack([(inside[0] * one).reshape(-1, count) for one in inside]))
        else:
            weights.append((inside[0] * inside[0]).reshape(1, -1, count))
    out = np.concatenate(weights, axis=1) * 2.0 ** (2 - form.n)
    return np.concatenate(frequencies), out if per_spin else out[0]


def contract(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Σ_r left[r, a, x] right[r, b, x]."""
    out = left[0][:, None] * right[0][None, :]
    for r in range(1, len(left)):
        out += left[r][:, None] * right[r][None, :]
    return out
