"""Exact lines and long signals: composite spins, diagonalisation block by block, lines, one non-uniform FFT.

Equivalent spins are composite spins (:mod:`harness.tasks.spins.references.composite`), which makes blocks smaller by
the root of the number of permutations or so; each block is diagonalised once; what comes out are lines
(:mod:`harness.tasks.spins.references.line_list`). Compared with the product basis and the double sum over the grid
(:mod:`harness.tasks.spins.references.exact`) nothing is neglected but lines of a total intensity of 1e-13.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.tasks.spins.references.composite import Composite, composites, largest_block
from harness.tasks.spins.references.isotope_bookkeeping import ALL, KEPT_SPINS, bookkeeping_of
from harness.tasks.spins.references.line_list import LineList, SignalSum
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.equivalence import equivalent_groups

DROPPED = 1e-13
"""Total intensity that may be left out: below the rounding of some thousand lines."""

ROWS_AT_ONCE = 1 << 22
"""Lines that are made at once, so that memory stays bounded for the largest blocks."""

SMALLER = 0.6
"""Composite spins are used where the largest block is at most this part of that of the product basis: below, what
:mod:`harness.tasks.spins.references.isotope_bookkeeping` stores for systems of the same isotopes is faster."""

Eigen = tuple[np.ndarray, np.ndarray]


def groups_of(system: SpinSystem, names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Equivalent groups; the tagged spin stays by itself, and so does its group, where its polarisation is wanted."""
    if "i1z" not in names:
        return equivalent_groups(system)
    mine = next(group for group in equivalent_groups(system) if system.tagged_spin in group)
    return equivalent_groups(system, mine)


def memory_bytes(system: SpinSystem, grid: TimeGrid, names: Sequence[str]) -> float:
    """Estimated peak memory in bytes: H, two sets of eigenvectors and the work arrays of the largest block, lines."""
    block = largest_block(system, groups_of(system, names))
    return 8.0 * (9 * block**2 + 6 * (ROWS_AT_ONCE + block)) + 64.0 * grid.points * (1 + len(system))


def signals(system: SpinSystem, grid: TimeGrid, names: Sequence[str]) -> dict[str, np.ndarray]:
    """"m" (T,) complex, "i1z" (T,) and "spin_signals" (n, T) complex of one connected system, those in ``names``."""
    groups = groups_of(system, names)
    if len(system) <= KEPT_SPINS and largest_block(system, groups) > SMALLER * _product_block(system):
        return _in_product_basis(system, grid, names)
    observed = [g for g, group in enumerate(groups) if system.isotopes[group[0]] == system.observed]
    single = "spin_signals" in names
    sets = [[g] for g in observed] if single else [observed]
    transverse = SignalSum(grid, len(sets))
    polarised = SignalSum(grid, 1)
    tagged = next(g for g, group in enumerate(groups) if system.tagged_spin in group)
    for composite in composites(system, groups):
        eigen = _Eigensystems(composite)
        for upper, lower in composite.pairs() if single or "m" in names else ():
            for omega, amplitudes in _transverse(composite, eigen, upper, lower, sets):
                weights = amplitudes * amplitudes.sum(axis=0)
                transverse.add(*_retained(omega, composite.times * weights, system))
        for block in range(len(composite.states)) if "i1z" in names else ():
            polarised.add(*_longitudinal(composite, eigen, block, tagged))
    found: dict[str, np.ndarray] = {}
    norm = 2.0 ** (len(system) - 1)
    if single:
        each = transverse.values()
        rows = {k: each[row] / len(groups[g]) for row, g in enumerate(observed) for k in groups[g]}
        found["spin_signals"] = np.stack([rows[k] for k in system.observed_spins]) / norm
        found["m"] = found["spin_signals"].mean(axis=0)
    elif "m" in names:
        found["m"] = transverse.values()[0] / (norm * len(system.observed_spins))
    if "i1z" in names:
        found["i1z"] = polarised.values()[0].real / 2.0 ** (len(system) - 2)
    return found


def spin_signals(system: SpinSystem, grid: TimeGrid, spins: Sequence[int]) -> np.ndarray:
    """Tr(I_k+ ρ(t)) / Tr(I_k+ I_kx) from ρ0 = Σ I_x for the observed ``spins`` alone, (len(spins), T) complex."""
    groups = equivalent_groups(system)
    norm = 2.0 ** (len(system) - 1)
    sums = SignalSum(grid, len(spins))
    if len(system) <= KEPT_SPINS and largest_block(system, groups) > SMALLER * _product_block(system):
        bookkeeping = bookkeeping_of(system.isotopes, system.observed)
        energies, vectors = bookkeeping.eigen([system])
        for upper, lower, weight in bookkeeping.transverse(vectors, np.zeros(len(spins), int), list(spins)):
            omega = (energies[0, upper, None] - energies[0, lower]).ravel()
            sums.add(*_retained(omega, weight.reshape(len(spins), -1), system))
        return sums.values() / norm
    observed = [g for g, group in enumerate(groups) if system.isotopes[group[0]] == system.observed]
    mine = [next(g for g in observed if k in groups[g]) for k in spins]
    share = np.array([len(groups[g]) for g in mine], float)[:, None]
    for composite in composites(system, groups):
        eigen = _Eigensystems(composite)
        for upper, lower in composite.pairs():
            for omega, amplitudes in _transverse(composite, eigen, upper, lower, [observed, *([g] for g in mine)]):
                sums.add(*_retained(omega, composite.times / share * amplitudes[1:] * amplitudes[0], system))
    return sums.values() / norm


def _product_block(system: SpinSystem) -> int:
    """The largest block of the product basis."""
    return largest_block(system, [(k,) for k in range(len(system))])


def _in_product_basis(system: SpinSystem, grid: TimeGrid, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The same for a small system without much symmetry, with the bookkeeping that is stored for its isotopes."""
    bookkeeping = bookkeeping_of(system.isotopes, system.observed)
    energies, vectors = bookkeeping.eigen([system])
    energy, found = energies[0], {}
    norm = 2.0 ** (len(system) - 1)
    if "m" in names or "spin_signals" in names:
        rows = list(system.observed_spins) if "spin_signals" in names else [ALL]
        sums = SignalSum(grid, len(rows))
        for upper, lower, weight in bookkeeping.transverse(vectors, np.zeros(len(rows), int), rows):
            omega = (energy[upper, None] - energy[lower]).ravel()
            sums.add(*_retained(omega, weight.reshape(len(rows), -1), system))
        each = sums.values() / norm
        found = {"spin_signals": each, "m": each.mean(axis=0)}
        if rows == [ALL]:
            found = {"m": each[0] / len(system.observed_spins)}
    if "i1z" in names:
        polarised = SignalSum(grid, 1)
        for states, _, weight in bookkeeping.longitudinal(vectors, slice(None), [system.tagged_spin]):
            polarised.add(*_both_signs(energy[states], weight[0]))
        found["i1z"] = polarised.values()[0].real / 2.0 ** (len(system) - 2)
    return found


def line_list(system: SpinSystem, tolerance: float = 1e-9) -> LineList:
    """Every line of M of ``system``, connected or not, but those with ``tolerance`` of the intensity together.

    Lines of one frequency are not merged (:meth:`LineList.merged` does that).
    """
    frequencies, intensities, dropped = [], [], 0.0
    observed_spins = len(system.observed_spins)
    for spins in system.components():
        part = system.subsystem(spins) if len(spins) < len(system) else system
        if part.observed != system.observed or system.observed not in part.isotopes:
            continue
        groups = equivalent_groups(part)
        observed = [g for g, group in enumerate(groups) if part.isotopes[group[0]] == part.observed]
        scale = 1 / (2.0 ** (len(part) - 1) * observed_spins)
        for composite in composites(part, groups):
            eigen = _Eigensystems(composite)
            for upper, lower in composite.pairs():
                for omega, amplitudes in _transverse(composite, eigen, upper, lower, [observed]):
                    weight = composite.times * scale * np.square(amplitudes[0])
                    small = weight <= tolerance * scale * observed_spins / 2.0 ** len(part)
                    dropped += float(weight[small].sum())
                    frequencies.append(omega[~small] / (2 * np.pi))
                    intensities.append(weight[~small])
    frequency, intensity = np.concatenate(frequencies), np.concatenate(intensities)
    order = np.argsort(frequency, kind="stable")
    return LineList(frequency[order], intensity[order], dropped)


class _Eigensystems:
    """Eigenvalues and eigenvectors of the blocks of one choice, the two used last."""

    def __init__(self, composite: Composite) -> None:
        self._composite = composite
        self._last: dict[int, Eigen] = {}

    def __getitem__(self, block: int) -> Eigen:
        if block not in self._last:
            while len(self._last) > 1:
                del self._last[next(iter(self._last))]
            self._last[block] = np.linalg.eigh(self._composite.hamiltonian(block))
        return self._last[block]


def _transverse(
    composite: Composite, eigen: _Eigensystems, upper: int, lower: int, sets: Sequence[Sequence[int]]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Lines between two blocks, some rows of states at a time: (L,) frequencies, (sets, L) amplitudes of Σ S_g+.

    The sum runs over the groups of each of ``sets``.
    """
    (high, left), (low, right) = eigen[upper], eigen[lower]
    inside = [composite.raising(groups, upper, lower) @ right for groups in sets]
    rows = max(1, ROWS_AT_ONCE // (len(low) * len(sets)))
    for start in range(0, len(high), rows):
        piece = slice(start, start + rows)
        amplitudes = np.stack([(left[:, piece].T @ one).ravel() for one in inside])
        yield (high[piece, None] - low).ravel(), amplitudes


def _retained(omega: np.ndarray, weights: np.ndarray, system: SpinSystem) -> tuple[np.ndarray, np.ndarray]:
    """The lines that count. There are at most 4^N of a total weight of n 2^(N-1); all others together weigh nothing."""
    least = DROPPED * len(system.observed_spins) * 2.0 ** (len(system) - 1) / 4.0 ** len(system)
    keep = np.abs(weights).max(axis=0) > least
    return omega[keep], weights[:, keep]


def _longitudinal(composite: Composite, eigen: _Eigensystems, block: int, tagged: int) -> tuple[np.ndarray, np.ndarray]:
    """Lines of Tr(I_1z ρ(t)) within a block: each pair of states once, with both of its signs in one weight."""
    energies, vectors = eigen[block]
    inside = np.square(vectors.T @ (composite.projection(tagged, block)[:, None] * vectors))
    return _both_signs(energies, composite.times * inside)


def _both_signs(energies: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each pair of states once: the real part of exp(iωt) with twice the weight is both of its signs.

    Pairs whose weights together are below ``DROPPED`` of all are left out.
    """
    one, two = np.triu_indices(len(energies))
    weight = weights[one, two] * np.where(one == two, 1.0, 2.0)
    keep = weight > DROPPED * weights.sum() / weights.size
    return energies[one[keep]] - energies[two[keep]], weight[None, keep]
