"""Clusters that grow around each spin until two sizes agree, in frozen surroundings, with an error estimate.

For each observed spin k (one of each equivalent group) a cluster is grown as in
:mod:`harness.tasks.spins.references.cluster`. Spins outside that are coupled to the cluster do not flip with it: each
of their states m shifts the offsets inside,

    Ω_i(m) = Ω_i + 2π Σ_j J_ij m_j,      s_k(t) = ⟨ s_k of the cluster with the offsets Ω(m) ⟩_m,

averaged over the states of the outside groups nearest to k (a group of n spins has n + 1 with binomial weights); the
bonds of k to the others count as the factor cos(πJt), and all other bonds that leave the cluster are neglected. This
contains every splitting of k and, unlike the pair factor alone, its effect on the strong coupling inside. It is exact
where the cluster is a whole part of the coupling graph, and for any size where all outside bonds are weak.

The cluster of k grows by two spins at a time until s_k changes by less than ``tolerance`` (relative, L2), up to
``largest`` spins, as far as ``work`` allows. The error estimate of a spin is its last change times ``SAFETY``,
that of M the length of the mean of all last changes times the same: estimates and no bounds; the next two sizes are
inside on the systems of tests/references/test_grown_cluster.py.

Source: frozen (mean-field) surroundings of a quantum cluster are the zeroth order of the cluster-correlation expansion,
W. Yang, R.-B. Liu, Phys. Rev. B 78, 085315 (2008); the growth and the estimate are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb, prod

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, checked_tolerance
from harness.tasks.spins.references.cluster import _grow, _strengths
from harness.tasks.spins.references.composite import largest_block
from harness.tasks.spins.references.exact_lines import memory_bytes, spin_signals
from harness.tasks.spins.references.limits import require_fit
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.equivalence import equivalent_groups

SMALLEST = 4
SAFETY = 2.0
"""The change from one size to the next, times this, is the error estimate of the larger size."""

STATES = 64
"""Most states of the surroundings that are averaged over."""

WORK = 1e11
"""Σ over spins and states of the surroundings of (largest block)³: two to three minutes on one core."""


@dataclass(frozen=True, eq=False)
class Grown:
    """The signal of one spin (T,), its change from the size before (0: exact), and the sizes that were tried."""

    signal: np.ndarray
    change: np.ndarray
    sizes: tuple[int, ...]

    @property
    def error(self) -> float:
        """Relative L2 error as estimated; 1 where there is one size only and it is not exact."""
        return min(1.0, SAFETY * float(np.linalg.norm(self.change) / max(np.linalg.norm(self.signal), 1e-300)))


class GrownCluster:
    """Clusters of up to ``largest`` spins, grown until two sizes agree to ``tolerance``; ``m`` and ``spin_signals``.

    Raises
    ------
    InputError
        If ``tolerance`` is not between rounding and 1, ``largest`` not a whole number of at least 4, or if a cluster
        would not fit into memory.
    """

    name = "grown-cluster"
    observables = ("m", "spin_signals")

    def __init__(self, tolerance: float = 1e-3, largest: int = 12, work: float = WORK) -> None:
        if isinstance(largest, bool) or int(largest) != largest or largest < SMALLEST:
            raise InputError(f"grown-cluster: largest = {largest!r} must be a whole number of at least {SMALLEST}")
        self.tolerance = checked_tolerance(tolerance, self.name)
        self.largest = int(largest)
        self.work = float(work)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """M and the spin signals; the stated relative errors are in the provenance: ``error_estimate`` of M (L2),
        and ``spin_errors`` by label."""
        wanted = checked_observables(observables, self.observables, self.name)
        groups = equivalent_groups(system)
        observed = [group for group in groups if system.isotopes[group[0]] == system.observed]
        neighbourhood = _Neighbourhood(system, {k: group for group in groups for k in group})
        of: dict[int, Grown] = {}
        for group in observed:
            grown = self._grown(neighbourhood, group[0], grid, self.work / len(observed))
            of |= dict.fromkeys(group, grown)
        signals = np.stack([of[k].signal for k in system.observed_spins])
        m = signals.mean(axis=0)
        change = np.mean([of[k].change for k in system.observed_spins], axis=0)
        details = {
            "error_estimate": Grown(m, change, ()).error,
            "spin_errors": {system.labels[k]: of[k].error for k in system.observed_spins},
            "largest_cluster": max(size for grown in of.values() for size in grown.sizes),
        }
        provenance = Provenance(self.name, "numpy", np.__version__, details)
        return Trajectory.of(
            grid, provenance, m if "m" in wanted else None, None, signals if "spin_signals" in wanted else None
        )

    def _grown(self, around: _Neighbourhood, k: int, grid: TimeGrid, work: float) -> Grown:
        found = Grown(np.zeros(grid.points, complex), np.zeros(grid.points, complex), ())
        for size in range(SMALLEST, self.largest + 1, 2):
            members = around.cluster(k, size)
            if found.sizes and len(members) <= found.sizes[-1]:
                continue
            states = around.states_allowed(members, work)
            if found.sizes and states < 1:
                break
            signal, whole = around.signal(k, members, grid, max(1, states))
            # One size alone gives no change: the signal itself is taken as the change.
            change = signal * 0 if whole else signal - found.signal
            found = Grown(signal, change, (*found.sizes, len(members)))
            if found.error < self.tolerance:
                break
        return found


@dataclass(frozen=True, eq=False)
class _Neighbourhood:
    """A system with what growing clusters needs of it."""

    system: SpinSystem
    group_of: dict[int, tuple[int, ...]]

    def cluster(self, k: int, size: int) -> tuple[int, ...]:
        """The cluster of ``size`` spins or a little more around ``k``, ascending; groups are never cut."""
        return _grow(self.system, k, size, self.group_of, _strengths(self.system))

    def states_allowed(self, members: tuple[int, ...], work: float) -> int:
        """How many states of the surroundings can be computed within ``work``."""
        inside = self.system.subsystem(members)
        return min(STATES, int(work / largest_block(inside, equivalent_groups(inside)) ** 3))

    def signal(self, k: int, members: tuple[int, ...], grid: TimeGrid, most: int) -> tuple[np.ndarray, bool]:
        """s_k averaged over at most ``most`` states of the surroundings; True if no bond leaves the cluster."""
        system = self.system
        inside, place = system.subsystem(members), members.index(k)
        require_fit("grown-cluster", inside, grid, lambda: memory_bytes(inside, grid, ("spin_signals",)))
        outside = self._outside(k, members)
        frozen: list[tuple[int, ...]] = []
        for group in outside:
            if prod(len(g) + 1 for g in (*frozen, group)) > most:
                break
            frozen.append(group)
        total = np.zeros(grid.points, complex)
        for shift, weight in _states(system, members, frozen):
            shifted = inside.with_(offsets_hz=inside.offsets_hz + shift)
            total += weight * spin_signals(shifted, grid, [place])[0]
        for group in outside[len(frozen) :]:
            total *= np.cos(np.pi * system.couplings_hz[k, group[0]] * grid.times_s) ** len(group)
        return total, not outside

    def _outside(self, k: int, members: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Groups outside that are coupled to the cluster: neighbours of k first, then by the strongest bond."""
        couplings = np.abs(self.system.couplings_hz)
        reached = np.flatnonzero(couplings[list(members)].any(axis=0))
        groups = dict.fromkeys(self.group_of[int(j)] for j in reached if j not in members)
        return sorted(groups, key=lambda g: (couplings[k, g[0]] == 0, -float(couplings[list(members), g[0]].max())))


def _states(
    system: SpinSystem, members: tuple[int, ...], frozen: Sequence[tuple[int, ...]]
) -> Iterator[tuple[np.ndarray, float]]:
    """Shifts (len(members),) in Hz of the offsets inside, and weights, of all states of the frozen groups."""
    for downs in product(*(range(len(group) + 1) for group in frozen)):
        weight = prod(comb(len(group), d) / 2 ** len(group) for group, d in zip(frozen, downs, strict=True))
        shift = np.zeros(len(members))
        for group, d in zip(frozen, downs, strict=True):
            shift += system.couplings_hz[list(members), group[0]] * (len(group) / 2 - d)
        yield shift, weight
