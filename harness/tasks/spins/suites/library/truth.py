"""The reference of a system of the library: exact, or grown clusters if a part is too large for exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from harness.tasks.spins.references import reference
from harness.tasks.spins.references.components import parts
from harness.tasks.spins.references.composite import largest_block
from harness.tasks.spins.references.grown_cluster import GrownCluster
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.equivalence import equivalent_groups
from harness.tasks.spins.systems.gissmo import LibraryEntry, library

LARGEST_BLOCK = 2000
"""States of the largest block up to which exact is used here. All but two systems of the library are below this limit;
the largest of these (13 spins, none of them equivalent, half a minute) has 1,716 states. Two systems, with parts of 18
and 29 spins, are above it."""

TIMED_BLOCK = 300
"""States of the largest block up to which the time of exact is measured over one second; three systems have more."""

LARGEST_FOR_I1Z = 9
"""Spins of the largest part for which exact computes I1z here: equivalent spins do not reduce the size of this
problem."""

WORK = 2e10
"""Work of the grown clusters (:data:`harness.tasks.spins.references.grown_cluster.WORK`): half a minute on one core."""


@dataclass(frozen=True, eq=False)
class Believed:
    """M of one system on the longest requested grid; shorter grids use its first points.

    ``error`` is the relative L2 error that the method states for itself, 0 for exact.
    """

    trajectory: Trajectory
    method: str
    error: float

    def on(self, grid: TimeGrid) -> Trajectory:
        """The first points, on a shorter grid with the same step."""
        whole = self.trajectory
        if grid.dt_s != whole.grid.dt_s or grid.points > whole.grid.points:
            raise ValueError(f"{grid} is no beginning of {whole.grid}")
        return Trajectory.of(grid, whole.provenance, whole.m[: grid.points])


def believed(system: SpinSystem, grid: TimeGrid) -> Believed:
    """M by exact, or by grown clusters if the largest block of a part exceeds :data:`LARGEST_BLOCK`."""
    if all(largest_block(part, equivalent_groups(part)) <= LARGEST_BLOCK for part in parts(system)):
        return Believed(reference("exact").simulate(system, grid, ("m",)), "exact", 0.0)
    found = GrownCluster(work=WORK).simulate(system, grid, ("m",))
    return Believed(found, "grown-cluster", float(found.provenance.details["error_estimate"]))


def i1z_error(system: SpinSystem, answer: Trajectory | None, grid: TimeGrid) -> float | None:
    """Largest |ΔI1z| of an answer; None if it has no I1z, or if the part of the tagged spin is too large."""
    if answer is None or answer.i1z is None:
        return None
    (part,) = [one for one in system.components() if system.tagged_spin in one]
    if len(part) > LARGEST_FOR_I1Z:
        return None
    truth = reference("exact").simulate(system, grid, ("i1z",)).i1z
    return float(np.max(np.abs(answer.i1z - truth)))


def exact_seconds(system: SpinSystem, grid: TimeGrid) -> float | None:
    """Seconds that exact needs for M of a system; None if its largest block exceeds :data:`TIMED_BLOCK`."""
    if any(largest_block(part, equivalent_groups(part)) > TIMED_BLOCK for part in parts(system)):
        return None
    begun = perf_counter()
    reference("exact").simulate(system, grid, ("m",))
    return perf_counter() - begun


def drawn(every: int) -> Iterator[LibraryEntry]:
    """Each ``every``-th system of the library, in the order of their keys: the same ones in every run."""
    systems = library().systems
    for key in sorted(systems)[::every]:
        yield systems[key]
