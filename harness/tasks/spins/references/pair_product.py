"""Each spin's signal as the product of its exact pair factors.

    s_k(t) = e^{iΩ_k t} Π_j f_kj(t),   M = mean of s_k over the observed spins,   i1z(t) = Π_j p_1j(t),

with the pair factors f and p of :mod:`harness.tasks.spins.references.pairs`. Exact for N ≤ 2, for couplings between
different isotopes only, and when all offsets of an isotope are equal (M). Otherwise the error comes from couplings of
two neighbours of a spin to each other or to third spins: of second order in J/D, growing with t (measured:
docs/choosing-a-reference.md).

``i1z`` generalises the pair formula: p_1j is the probability that the polarisation of spin 1 has not gone to j, and the
ways out are taken as independent. The product stays in [0, 1]; 1 - Σ(1 - p) agrees with it to first order but leaves
that interval.

Source: the pair is the AB system, M. H. Levitt, Spin Dynamics (2008), ch. 14.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.pairs import Buffers, pair_products
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory


class PairProduct:
    """Product of exact pair factors: a formula, no diagonalisation."""

    name = "pair-product"
    observables: tuple[str, ...] = ("m", "i1z", "spin_signals")
    _weak = False

    def __init__(self) -> None:
        self._buffers: Buffers = []

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; see the module docstring for the formula."""
        return self.simulate_batch([system], grid, observables)[0]

    def simulate_batch(
        self, systems: Sequence[SpinSystem], grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> list[Trajectory]:
        """Many systems on one grid, any sizes and graphs; the result is that of ``simulate`` for each."""
        wanted = checked_observables(observables, self.observables, self.name)
        m, i1z = "m" in wanted or "spin_signals" in wanted, "i1z" in wanted
        provenance = Provenance(self.name, "numpy", np.__version__)
        results: list[Trajectory] = []
        for chunk, terms in pair_products(systems, grid, self._weak, m, i1z, self._buffers):
            for b, system in enumerate(chunk):
                signals = None
                if terms.signals is not None:
                    signals = terms.signals[terms.starts[b] : terms.starts[b + 1]]
                    if len(set(system.isotopes)) > 1:
                        signals = signals[list(system.observed_spins)]
                results.append(
                    Trajectory.of(
                        grid,
                        provenance,
                        signals.mean(axis=0) if signals is not None and "m" in wanted else None,
                        None if terms.i1z is None else terms.i1z[b],
                        signals if "spin_signals" in wanted else None,
                    )
                )
        return results
