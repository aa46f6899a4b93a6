"""The pair factor, and products of pair factors over a graph, for whole batches of systems at once.

For spins k and j of one isotope with D = Ω_j - Ω_k, J in rad/s, R = √(D² + J²), s = J/R, c = D/R (docs/conventions.md):

    f_kj(t) = e^{iDt/2} · g_kj(t),   g_kj = cos(Jt/2)cos(Rt/2) + s·sin(Jt/2)sin(Rt/2) - i·c·cos(Jt/2)sin(Rt/2)
    p_kj(t) = 1 - s² sin²(Rt/2)

are exact for the pair alone; g_jk = conj(g_kj) and p_jk = p_kj, so both directions of an edge are made once. For
different isotopes, and in the weak-coupling limit, f_kj = cos(Jt/2) and p_kj = 1. The slow factors e^{iDt/2} of all
edges of a spin join its own frame: one exponential per spin,

    s_k(t) = exp(i(Ω_k + Σ_j D_kj/2)t) · Π_j g_kj(t).

Angles are built by :func:`harness.tasks.spins.systems.phases.phases`, and the work is chunked to stay in cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import tau

import numpy as np
from numpy.typing import NDArray

from harness.tasks.spins.references.base import refuse_relaxing
from harness.tasks.spins.references.limits import require_fit
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.phases import phases

CACHE_BYTES = 1 << 19
"""Signals made at a time; with the factors of their edges they fill about a second-level cache."""

MANY = 64
"""From this number of spins on, the memory is estimated from the number of couplings; below, from all pairs."""

EQUAL_OFFSETS_HZ = 1e-2
"""Offsets closer than this count as equal, as in :meth:`SpinSystem.equivalent_groups`."""


Buffers = list[NDArray[np.complex128]]
"""Work arrays, taken from here and returned: repeated calls then use the same memory (pop and append are atomic)."""


@dataclass(frozen=True, eq=False)
class PairTerms:
    """Signals (spins of all systems in a row) and polarisations of the tagged spins of one chunk.

    ``signals`` is (Σ N, T) complex, ``starts`` (B+1,) the first row of each system, ``i1z`` (B, T) or None. The arrays
    hold until the next chunk is taken.
    """

    signals: np.ndarray | None
    starts: np.ndarray
    i1z: np.ndarray | None


def pair_products(
    systems: Sequence[SpinSystem],
    grid: TimeGrid,
    weak: bool = False,
    m: bool = True,
    i1z: bool = True,
    buffers: Buffers | None = None,
) -> Iterator[tuple[Sequence[SpinSystem], PairTerms]]:
    """Products of pair factors of every system, chunk by chunk.

    Parameters
    ----------
    systems
        Any sizes and graphs, mixed.
    grid
        One grid for all.
    weak
        Weak coupling: f = cos(Jt/2) for every edge, and edges between equal offsets of one isotope left out.
    m, i1z
        Which of the two is wanted.
    buffers
        Work arrays to take from and give back to, so that repeated calls touch the same memory.
    """
    buffers = [] if buffers is None else buffers
    if not systems:
        return
    largest = max(systems, key=len)
    edges = len(largest) ** 2 / 2 if len(largest) < MANY else max(np.count_nonzero(s.couplings_hz) / 2 for s in systems)
    name = "weak-coupling" if weak else "pair-product"
    for system in systems:
        refuse_relaxing(system, name)
    require_fit(name, largest, grid, lambda: 16.0 * 3 * edges * grid.points)
    limit = max(1, CACHE_BYTES // (16 * grid.points))
    for chunk in _chunks(systems, limit):
        terms, memory = _chunk(chunk, grid, weak, m, i1z, buffers)
        yield chunk, terms
        buffers.append(memory)


def _chunks(systems: Sequence[SpinSystem], limit: int) -> Iterator[list[SpinSystem]]:
    """Consecutive systems of together at most ``limit`` spins, at least one at a time."""
    chunk: list[SpinSystem] = []
    spins = 0
    for system in systems:
        if chunk and spins + len(system) > limit:
            yield chunk
            chunk, spins = [], 0
        chunk.append(system)
        spins += len(system)
    if chunk:
        yield chunk


def _chunk(
    systems: list[SpinSystem], grid: TimeGrid, weak: bool, m: bool, i1z: bool, buffers: Buffers
) -> tuple[PairTerms, NDArray[np.complex128]]:
    starts = np.cumsum([0, *(len(s) for s in systems)])
    tagged = starts[:-1] + [s.tagged_spin for s in systems]
    offsets = tau * np.concatenate([s.offsets_hz for s in systems])
    one, two, j, strong = _edges(systems, starts, weak)
    if not m:
        keep = np.isin(one, tagged) | np.isin(two, tagged)
        one, two, j = one[keep], two[keep], j[keep]
        strong = int(np.count_nonzero(keep[:strong]))
    d, js = offsets[two[:strong]] - offsets[one[:strong]], j[:strong]
    r = np.sqrt(d * d + js * js)
    frames = offsets if m else offsets[:0]
    if m:
        np.add.at(frames, one[:strong], d / 2)
        np.add.at(frames, two[:strong], d / -2)
    # Every exponential of the chunk in one call: frames, J/2 of all edges, R/2 of the strong ones; then spare rows.
    omega = np.concatenate([frames, j / 2, r / 2])
    memory = buffers.pop() if buffers else np.empty(0, np.complex128)
    if memory.size < (len(omega) + strong) * grid.points:
        memory = np.empty((len(omega) + strong) * grid.points, np.complex128)
    work = memory[: (len(omega) + strong) * grid.points].reshape(-1, grid.points)
    phases(omega, grid, out=work[: len(omega)])
    signals, factor = work[: len(frames)], work[len(frames) : len(frames) + len(j)]
    fast, spare = work[len(omega) - strong : len(omega)], work[len(omega) :]
    polarisation = np.ones((len(systems), grid.points)) if i1z else None
    if polarisation is not None:
        owner = np.searchsorted(starts, one, "right") - 1
        for e in np.flatnonzero((tagged[owner] == one)[:strong] | (tagged[owner] == two)[:strong]):
            polarisation[owner[e]] *= 1 - (js[e] / r[e] * fast[e].imag) ** 2
    if m:
        half = factor[:strong]
        np.multiply(half.imag, fast.imag, out=spare.real)
        np.multiply(half.real, fast.imag, out=half.imag)
        half.real *= fast.real
        spare.real *= (js / r)[:, None]
        half.real += spare.real
        half.imag *= (d / -r)[:, None]
        factor[strong:].imag = 0
        for k, row in zip(one.tolist(), factor, strict=True):
            signals[k] *= row
        np.conj(factor, out=factor)
        for k, row in zip(two.tolist(), factor, strict=True):
            signals[k] *= row
    return PairTerms(signals if m else None, starts, polarisation), memory


def _edges(systems: list[SpinSystem], starts: np.ndarray, weak: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Ends and J in rad/s of all edges, those treated as strong pairs first, and how many these are."""
    ends, strong = [], []
    for system, start in zip(systems, starts.tolist(), strict=False):
        one, two = np.nonzero(np.triu(system.couplings_hz))
        same = system.same_isotope[one, two] if len(set(system.isotopes)) > 1 else np.ones(len(one), bool)
        j = tau * system.couplings_hz[one, two]
        if weak:
            keep = ~same | (np.abs(system.offsets_hz[one] - system.offsets_hz[two]) > EQUAL_OFFSETS_HZ)
            one, two, j, same = one[keep], two[keep], j[keep], np.zeros(int(keep.sum()), bool)
        ends.append((one + start, two + start, j))
        strong.append(same)
    one, two, j = (np.concatenate(part) for part in zip(*ends, strict=True))
    first = np.concatenate(strong)
    if not first.all():
        order = np.argsort(~first, kind="stable")
        one, two, j = one[order], two[order], j[order]
    return one, two, j, int(first.sum())


def pair_factor(system: SpinSystem, k: int, j: int, grid: TimeGrid) -> tuple[np.ndarray, np.ndarray]:
    """f_kj(t), (T,) complex, and p_kj(t), (T,) real, of one edge in both factors of the module docstring."""
    coupling = tau * system.couplings_hz[k, j]
    cosine, sine = (part(0.5 * coupling * grid.times_s) for part in (np.cos, np.sin))
    if system.isotopes[k] != system.isotopes[j]:
        return cosine.astype(complex), np.ones(grid.points)
    d = tau * (system.offsets_hz[j] - system.offsets_hz[k])
    r = float(np.hypot(d, coupling))
    s, c = (coupling / r, d / r) if r else (0.0, 1.0)
    turn = 0.5 * r * grid.times_s
    factor = cosine * np.cos(turn) + s * sine * np.sin(turn) - 1j * c * cosine * np.sin(turn)
    return np.exp(0.5j * d * grid.times_s) * factor, 1 - (s * np.sin(turn)) ** 2
