"""Whole molecules that relax: cores of a few spins in Liouville space, in frozen surroundings.

The signal of each observed spin k comes from a core of ``size`` spins around it, with the spins that are coupled to the
core frozen in their unit state or I_z (:mod:`harness.tasks.spins.relaxation.clusters`): product states of coherence
order 1, 56·2⁶ at most for 4 spins, with the exact rates that the whole molecule gives each of them
(:mod:`harness.tasks.spins.relaxation.cluster_rates`). So the relaxation of a frozen spin, which broadens the lines that
it splits, is there; what is neglected are flips between core and surroundings, coherence that leaves the core, and for
"redfield" everything but ``rlx_keep`` "kite". A spin that is coupled to k and not frozen, because six others are, splits
its lines as one of two sites that exchange with its R1,

    f(t) = exp(-R1 t/2) (cosh qt + (R1/2q) sinh qt),        q² = R1²/4 - (πJ)²

The error estimate compares with cores of one spin less. Exact for a molecule that fits into one core.
Source: restricted state spaces, H. J. Hogben et al., J. Magn. Reson. 208, 179 (2011); the surroundings are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import checked_observables
from harness.tasks.spins.relaxation.cluster_rates import ClusterRates
from harness.tasks.spins.relaxation.clusters import Core, cores
from harness.tasks.spins.relaxation.damped_chebyshev import propagate
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.signals import checked_relaxing
from harness.tasks.spins.relaxation.sparse_matrix import commutators, hamiltonian_terms, within
from harness.tasks.spins.relaxation.states import LONGITUDINAL, PLUS, ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

SMALLEST, LARGEST = 1, 6


class RelaxingCluster:
    """Cores of ``size`` spins (1 to 6, by default 4); takes systems that relax, and no others.

    ``estimate``: also compute with ``size`` - 1 and give the relative difference of M as "error_estimate".
    """

    name = "relaxing-cluster"
    observables = ("m", "spin_signals")
    relaxes = True

    def __init__(self, size: int = 4, estimate: bool = True) -> None:
        if isinstance(size, bool) or int(size) != size or not SMALLEST <= size <= LARGEST:
            raise InputError(f"relaxing-cluster: size = {size!r} must be a whole number from {SMALLEST} to {LARGEST}")
        self.size = int(size)
        self.estimate = bool(estimate) and self.size > SMALLEST

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m",)) -> Trajectory:
        """Observables of ``system`` on ``grid``; :class:`InputError` without a relaxation that it can take."""
        wanted = checked_observables(observables, self.observables, self.name)
        relaxation = checked_relaxing(system, self.name)
        if relaxation.model == "redfield" and relaxation.rlx_keep != "kite":
            raise InputError(
                f"method {self.name!r}: rlx_keep {relaxation.rlx_keep!r} joins states of different cores: take 'kite', or "
                "liouville-krylov (8 spins)"
            )
        laboratory = LaboratorySystem.of(system)
        rates = ClusterRates(laboratory)
        signals = _signals(laboratory, rates, self.size, grid)
        details: dict[str, object] = {"size": self.size, "relaxation": relaxation.model}
        if self.estimate:
            smaller = _signals(laboratory, rates, self.size - 1, grid).mean(axis=0)
            m = signals.mean(axis=0)
            details["error_estimate"] = float(np.linalg.norm(m - smaller) / np.linalg.norm(m))
        return Trajectory.of(
            grid,
            Provenance(self.name, "numpy", np.__version__, details),
            signals.mean(axis=0) if "m" in wanted else None,
            spin_signals=signals if "spin_signals" in wanted else None,
        )


def _signals(laboratory: LaboratorySystem, rates: ClusterRates, size: int, grid: TimeGrid) -> np.ndarray:
    """(observed spins, T) in our frame."""
    system = laboratory.rotating
    found = np.empty((len(system.observed_spins), grid.points), complex)
    for core in cores(system, size):
        for centre, signal in zip(core.centres, _core_signals(laboratory, rates, core, grid), strict=True):
            for outer in core.further(system, centre):
                signal *= _exchange(system.couplings_hz[centre, outer], rates, outer, grid)
            found[system.observed_spins.index(centre)] = signal
    return found if laboratory.turned[system.observed_spins[0]] < 0 else found.conj()


def _core_signals(laboratory: LaboratorySystem, rates: ClusterRates, core: Core, grid: TimeGrid) -> np.ndarray:
    """(centres, T): the core in its frozen surroundings."""
    members = core.members
    states = core.states(laboratory.rotating)
    h = within(commutators(hamiltonian_terms(laboratory.of_members(members)), states), states)
    rotating = laboratory.rotating
    places = {k: states.place({members.index(k): PLUS}) for k in core.flipping if k in rotating.observed_spins}
    start = np.zeros(len(states))
    start[list(places.values())] = 1.0
    return propagate(h, rates.rates(members, states), start, [places[k] for k in core.centres], grid)


def _exchange(coupling_hz: float, rates: ClusterRates, outer: int, grid: TimeGrid) -> np.ndarray:
    """(T,) f(t) of an outer spin that relaxes with R1."""
    r1 = float(rates.rates((outer,), ProductStates(np.array([[LONGITUDINAL]], np.int8)))[0])
    times = grid.times_s
    q = np.sqrt(complex(r1**2 / 4 - (pi * coupling_hz) ** 2)) or 1e-12
    return np.real(np.exp(-r1 * times / 2) * (np.cosh(q * times) + r1 / (2 * q) * np.sinh(q * times)))
