"""Every coupling taken as secular: multiplets of sharp lines, the first-order rules of the textbook.

    s_k(t) = e^{iΩ_k t} Π_j cos(πJ_kj t),   M = mean of s_k over the observed spins,   i1z(t) = 1.

Couplings between spins of one isotope whose offsets are equal (within 0.01 Hz) are left out, so that magnetically
equivalent spins do not split each other. Exact for couplings between different isotopes, and for J = 0; otherwise the
error is of first order in J/D (measured: docs/choosing-a-reference.md).

Source: M. H. Levitt, Spin Dynamics (2008), ch. 14.
"""

from __future__ import annotations

from harness.tasks.spins.references.pair_product import PairProduct


class WeakCoupling(PairProduct):
    """First-order multiplets; ``simulate`` and ``simulate_batch`` as :class:`PairProduct`."""

    name = "weak-coupling"
    _weak = True
