"""Exact propagation by diagonalising the z-blocks of H.

With H V = V E in every block, and F = Σ_k I_k+ over the observed spins (n of them),

    Tr(F ρ(t)) / Tr(F ρ0) = Σ_{a in upper, b in lower} |(Vᵀ F V)_ab|² exp(i (E_a - E_b) t) / (n 2^{N-1}),

a double sum that factors into matrix products over the grid: Σ_a exp(iE_a t) · [W · exp(-iE t)]_a. I_1z stays inside
the blocks, with W = (Vᵀ I_1z V)². Uncoupled parts of the system are solved one by one. Large parts and long grids go
by composite spins and lines instead (:mod:`harness.tasks.spins.references.exact_lines`), with the same result. Exact to
rounding for every H of docs/conventions.md; cost O(Σ d³ + Σ d² T) with d up to C(N, N/2), there O(Σ d³ + Σ d² + T log
T) with smaller d.

Source: textbook (M. H. Levitt, Spin Dynamics (2008), ch. 14); the block structure: H. J. Hogben et al.,
J. Magn. Reson. 208, 179 (2011).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

import numpy as np

from harness.tasks.spins.references import exact_lines
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.components import Solved, by_components, parts
from harness.tasks.spins.references.density import Evolution, density_operators
from harness.tasks.spins.references.isotope_bookkeeping import ALL
from harness.tasks.spins.references.limits import require_fit
from harness.tasks.spins.references.liouville import CoherenceBlock
from harness.tasks.spins.references.pairs import Buffers
from harness.tasks.spins.references.stacked import stacked_exact
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.phases import phases
from harness.tasks.spins.systems.zblocks import ZBlocks

SMALL = 10
"""Largest N solved by dense bookkeeping that is stored between calls; beyond it diagonalising takes most time."""

FEW_POINTS = 2000
"""Up to so many points, and for up to SMALL spins, the double sum is as fast as lines and a non-uniform FFT."""


class Exact:
    """Diagonalisation in z-blocks: exact to rounding."""

    name = "exact"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def __init__(self) -> None:
        self._buffers: Buffers = []

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; see the module docstring for the formula.

        Raises
        ------
        InputError
            If the largest blocks would not fit into memory, before anything is allocated.
        """
        wanted = checked_observables(observables, self.observables, self.name)
        require_fit(self.name, system, grid, lambda: max(memory_bytes(part, grid, wanted) for part in parts(system)))
        largest = [0]

        def solve(part: SpinSystem, names: tuple[str, ...]) -> Solved:
            largest.append(len(part))
            if "spin_polarisations" in names:
                return _solve(ZBlocks(part), grid, names)
            if len(part) <= SMALL and grid.points <= FEW_POINTS:
                return _solve_small(part, grid, names, self._buffers)
            return exact_lines.signals(part, grid, names)

        def provenance() -> Provenance:
            return Provenance(self.name, "numpy", np.__version__, {"largest_component": max(largest)})

        return by_components(system, grid, wanted, solve, provenance)

    def density_operators(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        """ρ(t_n), (2^N, 2^N) complex for n = 0 … T-1, from ρ0 = (1 + 2 I_1z)/2^N; N ≤ 8, product states in Kronecker
        order."""

        def evolution(block: CoherenceBlock) -> Evolution:
            energies, vectors = np.linalg.eigh(block.upper.toarray())
            inside = vectors.T @ block.start @ vectors
            table = phases(energies, grid)
            # exp(-iE_a t) A_ab exp(iE_b t), rotated back.
            return lambda t: (vectors * table[:, t].conj()) @ inside @ (vectors * table[:, t]).T

        return density_operators(system, grid, self.name, evolution)


def _solve_small(system: SpinSystem, grid: TimeGrid, names: tuple[str, ...], buffers: Buffers) -> Solved:
    """Dense from the start: for small blocks the bookkeeping of sparse matrices costs more than the numbers."""
    rows = [(0, k) for k in range(len(system))] if "spin_signals" in names else [(0, ALL)]
    transverse = "m" in names or "spin_signals" in names
    retained = [row for row in rows if row[1] == ALL or row[1] in system.observed_spins] if transverse else []
    tagged = [(0, system.tagged_spin)] if "i1z" in names else []
    signals, polarisations = stacked_exact([system], grid, retained, tagged, buffers)
    solved: dict[str, np.ndarray] = {}
    if transverse:
        solved |= {"m": signals.mean(axis=0), "spin_signals": signals}
    if "i1z" in names:
        solved["i1z"] = polarisations[0]
    return solved


def _solve(blocks: ZBlocks, grid: TimeGrid, names: tuple[str, ...]) -> Solved:
    """The observables ``names`` of one connected system."""
    system = blocks.system
    n, observed = len(system), system.observed_spins
    transverse = "m" in names or "spin_signals" in names
    singles, polarised = "spin_signals" in names, "spin_polarisations" in names
    m = np.zeros(grid.points, complex)
    i1z = np.zeros(grid.points)
    signals = np.zeros((len(observed), grid.points), complex)
    polarisations = np.zeros((n, grid.points))
    below = dict(blocks.pairs()) if transverse else {}
    held: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for b in sorted(range(len(blocks.states)), key=lambda b: (blocks.downs[b][1:], blocks.downs[b][0])):
        vectors, upper = held.pop(b) if b in held else _eigen(blocks, b, grid)
        if "i1z" in names or polarised:
            states = blocks.states[b]
            tagged = _diagonal_in(vectors, blocks.z(system.tagged_spin, states))
            i1z += np.real(_double_sum(tagged * tagged, upper, upper))
            for k in range(n if polarised else 0):
                weight = tagged * _diagonal_in(vectors, blocks.z(k, states))
                polarisations[k] += np.real(_double_sum(weight, upper, upper))
        if b not in below:
            continue
        vectors_l, lower = held[below[b]] = _eigen(blocks, below[b], grid)
        total = vectors.T @ (blocks.raising(b, below[b], observed) @ vectors_l)
        if not singles:
            m += _double_sum(total * total, upper, lower)
        for row, k in enumerate(observed if singles else ()):
            one = vectors.T @ (blocks.raising(b, below[b], (k,)) @ vectors_l)
            signals[row] += _double_sum(total * one, upper, lower)
    # Tr(I_k+ I_k-) = 2^(N-1) for each spin, Tr(I_1z²) = 2^(N-2).
    if singles:
        m = signals.sum(axis=0)
    return {
        "m": m / (len(observed) * 2.0 ** (n - 1)),
        "i1z": i1z / 2.0 ** (n - 2),
        "spin_signals": signals / 2.0 ** (n - 1),
        "spin_polarisations": polarisations / 2.0 ** (n - 2),
    }


def memory_bytes(system: SpinSystem, grid: TimeGrid, names: Sequence[str] = DEFAULT_OBSERVABLES) -> float:
    """Estimated peak memory of the method in bytes for the observables ``names`` of one connected system."""
    if "spin_polarisations" not in names:
        return exact_lines.memory_bytes(system, grid, names)
    largest = 1
    for isotope in set(system.isotopes):
        count = system.isotopes.count(isotope)
        largest *= comb(count, count // 2)
    return 8.0 * (10 * largest**2 + 8 * largest * grid.points) + 64.0 * 2 ** len(system)


def _eigen(blocks: ZBlocks, block: int, grid: TimeGrid) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvectors (d, d) and phases exp(iEt) (d, T) of one block."""
    energies, vectors = np.linalg.eigh(blocks.hamiltonian(block).toarray())
    return vectors, phases(energies, grid)


def _diagonal_in(vectors: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    """Vᵀ diag(d) V."""
    return vectors.T @ (diagonal[:, None] * vectors)


def _double_sum(weights: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Σ_ab left_at · weights_ab · conj(right_bt) for every t, as one real matrix product."""
    product = (weights @ right.view(np.float64)).view(np.complex128)
    return np.einsum("at,at->t", left, np.conj(product, out=product))
