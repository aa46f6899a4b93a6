"""Subjects that are right but for one fault, each by a known amount."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.subjects import NamedSubject
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

Change = Callable[[SpinSystem, TimeGrid], Trajectory]


class Changed:
    """A reference-like object whose ``simulate`` is a function of system and grid."""

    observables = ("m", "i1z")

    def __init__(self, name: str, change: Change) -> None:
        self.name = name
        self.change = change

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables=("m", "i1z")) -> Trajectory:
        return self.change(system, grid)


def exact(system: SpinSystem, grid: TimeGrid) -> Trajectory:
    """No fault."""
    return reference("exact").simulate(system, grid)


def noise(level: float) -> Change:
    """Gaussian noise on every sample of every observable."""

    def change(system: SpinSystem, grid: TimeGrid) -> Trajectory:
        true, rng = exact(system, grid), np.random.default_rng(3)
        dirt = rng.normal(0, level, (3, grid.points))
        return Trajectory(grid, Provenance("noise"), true.mx + dirt[0], true.my + dirt[1], true.i1z + dirt[2])

    return change


def couplings(factor: float) -> Change:
    """Every J multiplied."""
    return lambda system, grid: exact(system.with_(couplings_hz=factor * system.couplings_hz), grid)


def shuffled(others: list[SpinSystem]) -> Change:
    """The answer to the next question."""

    def change(system: SpinSystem, grid: TimeGrid) -> Trajectory:
        place = next(k for k, other in enumerate(others) if other == system)
        return exact(others[(place + 1) % len(others)], grid)

    return change


def shifted_spin(by_hz: float) -> Change:
    """The first observed spin at another offset."""

    def change(system: SpinSystem, grid: TimeGrid) -> Trajectory:
        offsets = np.array(system.offsets_hz)
        offsets[system.observed_spins[0]] += by_hz
        return exact(system.with_(offsets_hz=offsets), grid)

    return change


def all_couplings_negated(system: SpinSystem, grid: TimeGrid) -> Trajectory:
    """A null fault: of one isotope this changes nothing."""
    return exact(system.with_(couplings_hz=-system.couplings_hz), grid)


def relabelled(system: SpinSystem, grid: TimeGrid) -> Trajectory:
    """A null fault: the spins in another order, the tagged one moved along."""
    return exact(system.relabelled(range(len(system))[::-1]), grid)


def subject(name: str, change: Change) -> NamedSubject:
    """The change as a subject."""
    return NamedSubject(name, "reference", Changed(name, change), {})
