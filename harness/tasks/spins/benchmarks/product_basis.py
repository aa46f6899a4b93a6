"""exact without composite spins and without lines: z-blocks of the product basis, a double sum over every sample.

A simple equivalent of :mod:`harness.tasks.spins.references.exact_lines`: nothing is dropped, grouped or interpolated,
at a cost of (block size)² operations per sample. The results of the faster method are compared with those of this one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.spins.references.base import checked_observables
from harness.tasks.spins.references.components import by_components
from harness.tasks.spins.references.exact import _solve
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.zblocks import ZBlocks


class ProductBasis:
    """M and I_1z of systems whose largest connected part is small: twelve spins take seconds to minutes."""

    name = "product-basis"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m", "i1z")) -> Trajectory:
        """Part by part, as every exact method."""
        wanted = checked_observables(observables, self.observables, self.name)
        return by_components(
            system,
            grid,
            wanted,
            lambda part, names: _solve(ZBlocks(part), grid, names),
            lambda: Provenance(self.name, "numpy", np.__version__),
        )
