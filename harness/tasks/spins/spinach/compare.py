"""Two results for one request, compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.systems import Trajectory


@dataclass(frozen=True)
class Difference:
    """The largest difference between two trajectories: how large, in which observable, and when."""

    case: str
    points: int
    difference: float
    observable: str
    time_s: float


def largest_difference(a: Trajectory, b: Trajectory, case: str = "") -> Difference:
    """Over all observables that both have, in units of their value at t = 0."""
    worst = Difference(case, a.grid.points, -1.0, "", 0.0)
    for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations"):
        left, right = getattr(a, name), getattr(b, name)
        if left is None or right is None:
            continue
        gap = np.abs(left - right)
        where = int(np.argmax(gap.max(axis=0) if gap.ndim == 2 else gap))
        if float(gap.max()) > worst.difference:
            worst = Difference(case, a.grid.points, float(gap.max()), name, float(a.grid.times_s[where]))
    return worst


def compare_sides(cache: SpinachCache, left: str, right: str) -> list[Difference]:
    """Differences for every request that both sides answered; a side is an engine or the beginning of a commit."""
    sides: list[dict[tuple[str, int, tuple[str, ...]], Entry]] = [{}, {}]
    for entry in cache.entries():
        key = (entry.request.family, entry.grid.points, entry.request.observables)
        for side, name in zip(sides, (left, right), strict=True):
            if entry.engine == name or entry.commit.startswith(name):
                side[key] = entry
    both = [key for key in sides[0] if key in sides[1] and sides[0][key] is not sides[1][key]]
    return [
        largest_difference(sides[0][key].trajectory(), sides[1][key].trajectory(), sides[0][key].case)
        for key in both
    ]


def recomputed(cache: SpinachCache, count: int, seed: int) -> Iterator[tuple[str, float]]:
    """Draw entries, compute them anew with the live engine, and yield (case, largest difference).

    Entries of at most 8 spins are drawn: a complete basis of 10 takes minutes.
    """
    from harness.tasks.spins.spinach.drivers import single
    from harness.tasks.spins.spinach.ladder import resolve_backend

    found = resolve_backend(live=True, cache=cache)
    if found.driver is None or found.copy is None:
        raise InputError(found.refusal())
    small = [entry for entry in cache.entries() if len(entry.system) <= 8]
    chosen = np.random.default_rng(seed).choice(len(small), size=min(count, len(small)), replace=False)
    for k in chosen:
        entry = small[int(k)]
        answer = single(found.driver.run([entry.request], "spinach", str(found.copy.root))[0])
        anew = Entry(entry.request, answer, entry.engine, entry.commit, entry.details).trajectory()
        yield entry.case, largest_difference(entry.trajectory(), anew).difference
