"""Coherence blocks: operator space cut along the conserved z-projections.

An operator that F = Σ I_k+ can reach from ρ0 has blocks A (d_upper × d_lower) only, and the Liouvillian acts on each as

    L A = H_upper A - A H_lower          (rad/s),

real and symmetric in the inner product Tr(AᵀB), so that exp(iLt) A0, the observable in the Heisenberg picture, needs
sparse H and dense A only. Both observables are autocorrelations <A0|exp(iLt)|A0>/<A0|A0>: M of A0 = Σ I_k+ over the
observed spins, i1z of A0 = I_1z.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np
from scipy.sparse import csr_array

from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.zblocks import ZBlocks


@dataclass(frozen=True, eq=False)
class CoherenceBlock:
    """One block A (d_upper × d_lower), with its start A0 and the operators whose overlaps are wanted.

    ``start`` is normalised over all blocks together: its squared norm is the weight of this block in the signal, and
    the weights of all blocks add up to 1. ``overlaps`` (W, d_upper·d_lower) sparse: the normalised operators.
    """

    upper: csr_array
    lower: csr_array
    start: np.ndarray
    overlaps: csr_array

    @property
    def weight(self) -> float:
        """Share of the whole signal at t = 0 that lies in this block."""
        return float(np.vdot(self.start, self.start))

    @property
    def wanted(self) -> int:
        """Number of overlaps."""
        return len(self.overlaps.indptr) - 1

    @cached_property
    def _lower_transposed(self) -> csr_array:
        return self.lower.T.tocsr()

    def apply(self, a: np.ndarray) -> np.ndarray:
        """L A = H_upper A - A H_lower."""
        return self.upper @ a - (self._lower_transposed @ a.T).T

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest possible eigenvalue of L in rad/s, from Gershgorin's circles of the two H."""
        low_u, high_u = _gershgorin(self.upper)
        low_l, high_l = _gershgorin(self.lower)
        return low_u - high_l, high_u - low_l


def _gershgorin(h: csr_array) -> tuple[float, float]:
    diagonal = h.diagonal()
    radius = np.asarray(abs(h).sum(axis=1)).ravel() - np.abs(diagonal)
    return float(np.min(diagonal - radius)), float(np.max(diagonal + radius))


def transverse_blocks(system: SpinSystem, signals: bool) -> Iterator[CoherenceBlock]:
    """Blocks of M, A0 = F/‖F‖; with ``signals`` the overlaps are those of every observed I_k+ (1 at t = 0)."""
    blocks = ZBlocks(system)
    observed = system.observed_spins
    n = len(system)
    for upper, lower in blocks.pairs():
        total = blocks.raising(upper, lower, observed).toarray() / np.sqrt(len(observed) * 2.0 ** (n - 1))
        single = [blocks.raising(upper, lower, (k,)) for k in (observed if signals else ())]
        yield CoherenceBlock(
            blocks.hamiltonian(upper),
            blocks.hamiltonian(lower),
            total,
            _rows(single, total.size) * np.sqrt(len(observed) / 2.0 ** (n - 1)),
        )


def longitudinal_blocks(system: SpinSystem, polarisations: bool) -> Iterator[CoherenceBlock]:
    """Blocks of i1z, A0 = I_1z/‖I_1z‖; with ``polarisations`` the overlaps are those of every I_kz."""
    blocks = ZBlocks(system)
    n = len(system)
    for b, states in enumerate(blocks.states):
        h = blocks.hamiltonian(b)
        z = [csr_array(np.diag(blocks.z(k, states))) for k in (range(n) if polarisations else ())]
        start = np.diag(blocks.z(system.tagged_spin, states)) / np.sqrt(2.0 ** (n - 2))
        yield CoherenceBlock(h, h, start, _rows(z, start.size) / np.sqrt(2.0 ** (n - 2)))


def _rows(operators: Sequence[csr_array], size: int) -> csr_array:
    from scipy.sparse import vstack

    if not operators:
        return csr_array((0, size))
    return csr_array(vstack([operator.reshape(1, size).tocsr() for operator in operators]))


def memory_bytes(system: SpinSystem, vectors: float) -> float:
    """Bytes of ``vectors`` real arrays of the largest coherence block, in addition to H itself."""
    largest = 1.0
    for isotope in set(system.isotopes):
        count = system.isotopes.count(isotope)
        largest *= comb(count, count // 2)
    return 8.0 * vectors * largest**2 + 24.0 * (2 + len(system)) * 2 ** len(system)
