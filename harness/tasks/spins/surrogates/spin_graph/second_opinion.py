"""A second opinion on doubtful answers: the exact solution for small parts, clusters of seven spins for large ones.

Where the estimate of what the clusters left out is neither clearly small nor clearly large (error_estimate.py), the
answer is compared with another at some ``POINTS`` of the grid. Systems whose parts have up to ``EXACT`` spins are
solved exactly, which costs no more than clusters do there: the difference is the error. In others each spin is solved
with six around it (:mod:`harness.tasks.spins.references.cluster`); the error of this is part of the difference, so an
answer is accepted only if the two agree to ``AGREEMENT``, well below the error at which an answer is flagged.

A comparison costs 1 to 13 ms a system, ten to a hundred times an answer in a batch. So it is made only when the flags
are read, for all doubtful answers of the batch at once, and its result is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from harness.surrogates.base import DomainCheck
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.cluster import Cluster
from harness.tasks.spins.surrogates.spin_graph.error_estimate import TOLERANCE
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

EXACT = 9
SIZE = 7
LARGEST = 10
"""Spins of the largest cluster that is solved for a second opinion: a group of equivalent spins joins whole, and may
make it larger than ``SIZE``."""
POINTS = 40
AGREEMENT = 4e-3
"""Largest difference that counts as agreement. Of 640 doubtful or other random systems of nine and ten spins on each
grid (seed 995102), and of those of eight spins (995101), answers with errors above ``TOLERANCE`` differ from clusters
of seven by 7e-3 or more."""


class Checks(Sequence[DomainCheck]):
    """The checks of a batch; those that are None need a second opinion, which is computed when they are first read."""

    def __init__(
        self,
        known: Sequence[DomainCheck | None],
        systems: Sequence[SpinSystem],
        answers: Sequence[Trajectory],
        grid: TimeGrid,
    ) -> None:
        self._known = list(known)
        self._systems, self._answers, self._grid = tuple(systems), tuple(answers), grid

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, place: int) -> DomainCheck: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[DomainCheck, ...]: ...

    def __getitem__(self, place: int | slice) -> DomainCheck | tuple[DomainCheck, ...]:
        every = self._decided()
        return tuple(every[place]) if isinstance(place, slice) else every[place]

    def __iter__(self) -> Iterator[DomainCheck]:
        return iter(self._decided())

    def __repr__(self) -> str:
        undecided = self._known.count(None)
        return f"Checks({len(self)} systems, {undecided} of them not yet looked at)"

    def _decided(self) -> list[DomainCheck]:
        places = [k for k, check in enumerate(self._known) if check is None]
        if not places:
            return self._known  # type: ignore[return-value]
        systems, answers = [self._systems[k] for k in places], [self._answers[k] for k in places]
        for k, check in zip(places, second_opinions(systems, answers, self._grid), strict=True):
            self._known[k] = check
        return self._known  # type: ignore[return-value]


def second_opinions(systems: Sequence[SpinSystem], answers: Sequence[Trajectory], grid: TimeGrid) -> list[DomainCheck]:
    """The check of every answer: inside if the second opinion agrees with it, else the size of the difference."""
    step = max(1, grid.points // POINTS)
    some = TimeGrid(-(-grid.points // step), grid.dt_s * step)
    found: list[DomainCheck] = [DomainCheck({})] * len(systems)
    small = [k for k, system in enumerate(systems) if max(map(len, system.components())) <= EXACT]
    large = sorted(set(range(len(systems))) - set(small))
    exact, clusters = reference("exact"), Cluster(SIZE)
    opinions = {k: exact.simulate(systems[k], some) for k in small}
    sizes = {k: _largest_cluster(clusters, systems[k]) for k in large}
    solved = [k for k in large if sizes[k] <= LARGEST]
    if solved:
        opinions |= dict(zip(solved, clusters.simulate_batch([systems[k] for k in solved], some), strict=True))
    for k in range(len(systems)):
        if k not in opinions:
            found[k] = DomainCheck({"no_second_opinion": float(sizes[k] - LARGEST)})
            continue
        seen = differences(answers[k], opinions[k], step)
        over = {f"second_opinion_{name}": value - AGREEMENT for name, value in seen.items() if value > AGREEMENT}
        found[k] = DomainCheck(over)
    return found


def differences(answer: Trajectory, opinion: Trajectory, step: int) -> dict[str, float]:
    """For each requested signal, the larger of the relative difference and the largest difference at any time.

    ``opinion`` is at every ``step``-th point of the answer's grid.
    """
    found: dict[str, float] = {}
    for name in ("m", "i1z"):
        mine, other = _signal(answer, name), _signal(opinion, name)
        if mine is None or other is None:
            continue
        delta = np.abs(mine[::step] - other)
        size = max(float(np.sqrt(np.mean(np.abs(other) ** 2))), TOLERANCE)
        found[name] = max(float(np.sqrt(np.mean(delta**2))) / size, float(delta.max()))
    return found


def _signal(trajectory: Trajectory, name: str) -> np.ndarray | None:
    if name == "m":
        return None if trajectory.mx is None else trajectory.m
    return None if trajectory.i1z is None else np.asarray(trajectory.i1z)


def _largest_cluster(method: Cluster, system: SpinSystem) -> int:
    return max(map(len, [*method.clusters(system), method.cluster_of(system, system.tagged_spin)]))
