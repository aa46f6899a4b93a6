"""A subject that has never seen a ring: to it a ring is the chain that is left when one bond is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.subjects import NamedSubject
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory


class RingsCutOpen:
    """The pair product on chains, stars and trees; of a ring, that of the ring without its last bond.

    A formula, and not exact, because an error on chains of 0 would leave no relative increase to speak of.
    """

    name = "rings cut open"
    observables = ("m", "i1z")

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m", "i1z")) -> Trajectory:
        """The pair product of the system, or of what is left of a ring."""
        return reference("pair-product").simulate(cut_open(system), grid, tuple(observables))


def cut_open(system: SpinSystem) -> SpinSystem:
    """A ring without its last bond; any other system as it is."""
    bonds = np.array(system.couplings_hz)
    if len(system) > 2 and np.all(np.count_nonzero(bonds, axis=1) == 2):
        first, last = 0, int(np.flatnonzero(bonds[0])[-1])
        bonds[first, last] = bonds[last, first] = 0.0
    return system.with_(couplings_hz=bonds)


def rings_cut_open() -> NamedSubject:
    """The subject, said to be trained on chains, so that it is asked what such models are asked."""
    return NamedSubject(RingsCutOpen.name, "reference", RingsCutOpen(), {"topologies": "chain"})
