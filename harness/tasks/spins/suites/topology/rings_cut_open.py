"""A subject that was not trained on rings: it replaces a ring by the chain that remains when one bond is removed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.subjects import NamedSubject
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory


class RingsCutOpen:
    """The pair product of chains, stars and trees; for a ring, the pair product of the ring without its last bond.

    A formula is used, and not exact, because with an error of 0 on chains the relative increase is not defined.
    """

    name = "rings cut open"
    observables = ("m", "i1z")

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m", "i1z")) -> Trajectory:
        """The pair product of the system, or of a ring without its last bond."""
        return reference("pair-product").simulate(cut_open(system), grid, tuple(observables))


def cut_open(system: SpinSystem) -> SpinSystem:
    """A ring without its last bond; any other system unchanged."""
    bonds = np.array(system.couplings_hz)
    if len(system) > 2 and np.all(np.count_nonzero(bonds, axis=1) == 2):
        first, last = 0, int(np.flatnonzero(bonds[0])[-1])
        bonds[first, last] = bonds[last, first] = 0.0
    return system.with_(couplings_hz=bonds)


def rings_cut_open() -> NamedSubject:
    """The subject, marked as trained on chains, so that the tests of such models are applied to it."""
    return NamedSubject(RingsCutOpen.name, "reference", RingsCutOpen(), {"topologies": "chain"})
