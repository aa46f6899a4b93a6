"""A second opinion on doubtful answers: clusters of seven spins in place of three and four.

Where the estimate of what the clusters left out is neither clearly small nor clearly large (error_estimate.py), the
answer is held against :class:`harness.references.cluster.Cluster` with ``SIZE`` spins, at some ``POINTS`` of the grid.
For parts of up to seven spins these are exact, and what is seen is the error; beyond, their own error is part of what
is seen, so an answer is trusted only if it agrees to ``AGREEMENT``, well below the error that a flag stands for.

A comparison costs some milliseconds, twenty times an answer in a batch. So it is made when somebody looks whether an
answer can be trusted, for all doubtful ones of the batch at once, and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from harness.references.cluster import Cluster
from harness.spins import SpinSystem, TimeGrid, Trajectory
from harness.surrogates.base import DomainCheck
from harness.surrogates.spin_graph.error_estimate import TOLERANCE

SIZE = 7
LARGEST = 10
"""Spins of the largest cluster that is solved for a second opinion: a group of equivalent spins joins whole, and may
make it larger than ``SIZE``."""
POINTS = 40
AGREEMENT = 4e-3
"""Largest difference that is taken for agreement. Of 4000 random systems on each grid (seed 995101) those with errors
above ``TOLERANCE`` differ by 7e-3 or more, sizes included at which the clusters are cut."""


class Checks(Sequence[DomainCheck]):
    """The checks of a batch; those that are None need a second opinion, which is asked for at the first look."""

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
        systems, answers = [self._systems[k] for k in places], [self._answers[k] for k in places]
        for k, check in zip(places, second_opinions(systems, answers, self._grid), strict=True):
            self._known[k] = check
        return self._known  # type: ignore[return-value]


def second_opinions(systems: Sequence[SpinSystem], answers: Sequence[Trajectory], grid: TimeGrid) -> list[DomainCheck]:
    """The check of every answer: inside if larger clusters agree with it, and else by how much they do not."""
    method = Cluster(SIZE)
    step = max(1, grid.points // POINTS)
    some = TimeGrid(-(-grid.points // step), grid.dt_s * step)
    sizes = [_largest_cluster(method, system) for system in systems]
    asked = [k for k, size in enumerate(sizes) if size <= LARGEST]
    found = [DomainCheck({"no_second_opinion": float(size - LARGEST)}) for size in sizes]
    opinions = method.simulate_batch([systems[k] for k in asked], some) if asked else []
    for k, opinion in zip(asked, opinions, strict=True):
        seen = differences(answers[k], opinion, step)
        found[k] = DomainCheck(
            {f"second_opinion_{name}": value - AGREEMENT for name, value in seen.items() if value > AGREEMENT}
        )
    return found


def differences(answer: Trajectory, opinion: Trajectory, step: int) -> dict[str, float]:
    """By signal that was asked for, the larger of the relative difference and the largest at any time.

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
