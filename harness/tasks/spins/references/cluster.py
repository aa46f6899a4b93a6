"""Each spin with its neighbourhood, solved exactly: the dynamics is local on the time scale 1/J.

For every observed spin k a cluster of ``size`` spins is grown from k: the nearest spins in the coupling graph join
first, and among equally near ones that with the largest product of |J|/(|D| + |J|) along its path (D the difference of
offsets; the ratio counts as 0 between different isotopes, whose flips do not mix), then the larger |J|, then the lower
index. A group of magnetically equivalent spins is never cut: it joins whole, and the cluster may pass ``size`` by the
rest of that last group. (The ratio alone, without the distance, passes over near neighbours: five times the error at
size 5 and over a hundred times at size 7, chains of 8 at ±100 Hz.) Then

    s_k(t) = [s_k of the cluster alone, exact] · Π_j f_kj(t)   over neighbours j of k outside the cluster,

f being the pair factor of :mod:`harness.tasks.spins.references.pairs`, so that no direct splitting of k is lost at any
size; ``i1z`` is that of the tagged spin's cluster times p_1j likewise. Exact if every cluster is a whole component of
the coupling graph. Otherwise the error of chains and rings falls more than tenfold for every two spins, that of stars,
whose centre has more neighbours than fit, slowly (measured: docs/choosing-a-reference.md); cost N·4^size.

Source: the locality is that of the NMR simulators' restricted state spaces, e.g. H. J. Hogben et al.,
J. Magn. Reson. 208, 179 (2011); the formula is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.limits import cluster_bytes, require_fit
from harness.tasks.spins.references.pairs import Buffers, pair_factor
from harness.tasks.spins.references.stacked import stacked_exact
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

STACK_BYTES = 1 << 24
"""Phase tables of one stack are smaller than this, so that they stay in cache."""


class Cluster:
    """Exact clusters of ``size`` spins (typically 3, 5 or 7) around each spin.

    Raises
    ------
    InputError
        If ``size`` is not a whole number of at least 1, or if a cluster would not fit into memory.
    """

    name = "cluster"
    observables = ("m", "i1z", "spin_signals")

    def __init__(self, size: int = 5) -> None:
        if isinstance(size, bool) or int(size) != size or size < 1:
            raise InputError(f"cluster: size = {size!r} must be a whole number of at least 1 (3, 5 and 7 are usual)")
        self.size = int(size)
        self._buffers: Buffers = []

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; see the module docstring for the formula."""
        return self.simulate_batch([system], grid, observables)[0]

    def simulate_batch(
        self, systems: Sequence[SpinSystem], grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> list[Trajectory]:
        """Many systems on one grid; clusters with the same isotopes are solved together, across systems."""
        wanted = checked_observables(observables, self.observables, self.name)
        jobs = [job for b, s in enumerate(systems) for job in self._jobs(b, s, wanted)]
        largest = max(len(job.members) for job in jobs)
        for system in systems:
            require_fit(self.name, system, grid, lambda: cluster_bytes(largest, grid))
        signals = [np.empty((len(s.observed_spins), grid.points), complex) for s in systems]
        polarisations = [np.empty(grid.points) for _ in systems]
        for stack in _stacks(systems, jobs, grid):
            _solve(systems, stack, grid, signals, polarisations, self._buffers)
        provenance = Provenance(self.name, "numpy", np.__version__, {"size": self.size, "largest_cluster": largest})
        return [
            Trajectory.of(
                grid,
                provenance,
                signals[b].mean(axis=0) if "m" in wanted else None,
                polarisations[b] if "i1z" in wanted else None,
                signals[b] if "spin_signals" in wanted else None,
            )
            for b in range(len(systems))
        ]

    def clusters(self, system: SpinSystem) -> dict[tuple[int, ...], list[int]]:
        """Every cluster (ascending spins) with the observed spins that are its centres."""
        found: dict[tuple[int, ...], list[int]] = {}
        groups, strengths = _groups(system), _strengths(system)
        for k in system.observed_spins:
            found.setdefault(_grow(system, k, self.size, groups, strengths), []).append(k)
        return found

    def cluster_of(self, system: SpinSystem, spin: int) -> tuple[int, ...]:
        """The cluster grown from ``spin``, ascending."""
        return _grow(system, spin, self.size, _groups(system), _strengths(system))

    def _jobs(self, number: int, system: SpinSystem, wanted: Sequence[str]) -> list[_Job]:
        found = self.clusters(system) if "m" in wanted or "spin_signals" in wanted else {}
        tagged = self.cluster_of(system, system.tagged_spin) if "i1z" in wanted else ()
        if tagged:
            found.setdefault(tagged, [])
        return [_Job(number, members, tuple(centres), members == tagged) for members, centres in found.items()]


@dataclass(frozen=True)
class _Job:
    """One cluster of system ``number``: the spins in it whose signals it gives, and whether it gives i1z."""

    number: int
    members: tuple[int, ...]
    centres: tuple[int, ...]
    tagged: bool


def _groups(system: SpinSystem) -> dict[int, tuple[int, ...]]:
    """The equivalent group of each spin."""
    offsets = np.sort(system.offsets_hz)
    if len(offsets) > 1 and np.min(np.diff(offsets)) > 1e-2:
        return {k: (k,) for k in range(len(system))}
    return {k: group for group in system.equivalent_groups() for k in group}


def _strengths(system: SpinSystem) -> np.ndarray:
    """(N, N) |J|/(|D| + |J|), 0 for no edge and for different isotopes."""
    j = np.abs(system.couplings_hz)
    d = np.abs(system.offsets_hz[:, None] - system.offsets_hz[None, :])
    return np.divide(j, d + j, out=np.zeros_like(j), where=(j > 0) & system.same_isotope)


def _grow(
    system: SpinSystem, k: int, size: int, groups: dict[int, tuple[int, ...]], strengths: np.ndarray
) -> tuple[int, ...]:
    # Per spin: minus its distance, the product along its path, |J| of the last edge, minus its index.
    rank = {j: (0, 1.0, 0.0, -j) for j in groups[k]}
    couplings = np.abs(system.couplings_hz)
    neighbours = [np.flatnonzero(row).tolist() for row in couplings]
    frontier: dict[int, tuple[int, float, float, int]] = {}

    def reach(spins: tuple[int, ...]) -> None:
        for a in spins:
            distance, product, _, _ = rank[a]
            for j in neighbours[a]:
                if j not in rank:
                    offer = (distance - 1, product * strengths[a, j], couplings[a, j], -j)
                    frontier[j] = max(frontier.get(j, offer), offer)

    reach(groups[k])
    while len(rank) < size and frontier:
        best = max(frontier, key=lambda j: frontier[j])
        offer = frontier[best]
        for j in groups[best]:
            rank[j] = offer
            frontier.pop(j, None)
        reach(groups[best])
    return tuple(sorted(rank))


def _stacks(systems: Sequence[SpinSystem], jobs: Sequence[_Job], grid: TimeGrid) -> Iterator[list[_Job]]:
    """Jobs whose clusters have the same isotopes, few enough for the cache."""
    alike: dict[object, list[_Job]] = {}
    for job in jobs:
        system = systems[job.number]
        isotopes = tuple(system.isotopes[k] for k in job.members)
        alike.setdefault((isotopes, system.observed), []).append(job)
    for same in alike.values():
        step = max(1, STACK_BYTES // (16 * grid.points * 2 ** len(same[0].members)))
        for start in range(0, len(same), step):
            yield same[start : start + step]


def _solve(
    systems: Sequence[SpinSystem],
    stack: Sequence[_Job],
    grid: TimeGrid,
    signals: Sequence[np.ndarray],
    polarisations: Sequence[np.ndarray],
    buffers: Buffers,
) -> None:
    """Fill in what the jobs of one stack give."""
    small = [systems[job.number].subsystem(job.members) for job in stack]
    rows = [(p, k) for p, job in enumerate(stack) for k in job.centres]
    tagged = [(p, systems[job.number].tagged_spin) for p, job in enumerate(stack) if job.tagged]
    inside, inside_z = stacked_exact(
        small,
        grid,
        [(p, stack[p].members.index(k)) for p, k in rows],
        [(p, stack[p].members.index(k)) for p, k in tagged],
        buffers,
    )
    for (p, k), signal in zip(rows, inside, strict=True):
        system = systems[stack[p].number]
        for j in _outside(system, k, stack[p].members):
            signal *= pair_factor(system, k, j, grid)[0]
        signals[stack[p].number][system.observed_spins.index(k)] = signal
    for (p, k), polarisation in zip(tagged, inside_z, strict=True):
        system = systems[stack[p].number]
        for j in _outside(system, k, stack[p].members):
            polarisation *= pair_factor(system, k, j, grid)[1]
        polarisations[stack[p].number][:] = polarisation


def _outside(system: SpinSystem, k: int, members: tuple[int, ...]) -> list[int]:
    return [j for j in np.flatnonzero(system.couplings_hz[k]).tolist() if j not in members]
