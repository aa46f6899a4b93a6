"""How far a spin system is from first order: 0 for weak coupling, 1 where every spin has a neighbour of equal offset.

The strength of a bond is |J|/(|Δν| + |J|), Δν the difference of the two offsets: the pair itself mixes by an angle
θ = arctan(J/Δν). Bonds inside a group of equivalent spins count nothing, since no observable depends on them, and
bonds between different isotopes are always weak. A method that is exact for pairs has large errors for a spin with a
strong bond and others; the mean over the observed spins of their strongest bond orders systems by that.
"""

from __future__ import annotations

import numpy as np

from harness.tasks.spins.systems.equivalence import equivalent_groups
from harness.tasks.spins.systems.system import SpinSystem


def hardness(system: SpinSystem) -> float:
    """Mean over the observed spins of the strongest |J|/(|Δν| + |J|) to a spin outside their equivalent group."""
    couplings = np.abs(system.couplings_hz)
    differences = np.abs(system.offsets_hz[:, None] - system.offsets_hz[None, :])
    counts = (couplings > 0) & system.same_isotope
    for group in equivalent_groups(system):
        counts[np.ix_(group, group)] = False
    strengths = np.divide(couplings, differences + couplings, out=np.zeros_like(couplings), where=counts)
    return float(strengths.max(axis=1)[list(system.observed_spins)].mean())
