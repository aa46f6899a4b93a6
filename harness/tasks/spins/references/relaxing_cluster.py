"""Whole molecules that relax: cores of a few spins in Liouville space, in frozen surroundings.

The signal of each observed spin k comes from a core of ``size`` spins around it
(:mod:`harness.tasks.spins.relaxation.clusters`): the product states of coherence order 1, with the exact rates that the
whole molecule gives them (:mod:`harness.tasks.spins.relaxation.cluster_rates`), once for each state of the outer spins
that split its lines. Each generator -i[H, ·] + R of at most 56 states (4 spins) is diagonalised, so that the signal is a
sum of damped lines; lines below 1e-9 of M(0) are left out.

    s_k(t) = Σ_c p_c <k| exp((-i(h + shifts_c) - rates) t) |Σ_j I_j+>  ·  Π_j cos(πJ_kj t) exp(-R1_j t/2)

(the product over further outer spins that are coupled to k and were not enumerated). Neglected: flips between spins of
the core and outside, coherence that leaves the core, and for "redfield" everything but ``rlx_keep`` "kite". The error
estimate compares with cores of one spin less. Exact for a molecule that fits into one core.
Source: restricted state spaces, H. J. Hogben et al., J. Magn. Reson. 208, 179 (2011); the surroundings are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import checked_observables
from harness.tasks.spins.relaxation.cluster_rates import ClusterRates
from harness.tasks.spins.relaxation.clusters import Core, configurations, cores
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.lines import sum_of_lines
from harness.tasks.spins.relaxation.signals import checked_relaxing
from harness.tasks.spins.relaxation.sparse_matrix import commutators, hamiltonian_terms, within
from harness.tasks.spins.relaxation.states import LONGITUDINAL, PLUS, PROJECTION, ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

SMALLEST, LARGEST = 2, 5
FAINTEST = 1e-9


class RelaxingCluster:
    """Cores of ``size`` spins (2 to 5, by default 4); takes systems that relax, and no others.

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
        signals = self._signals(laboratory, rates, self.size, grid)
        details: dict[str, object] = {"size": self.size, "relaxation": relaxation.model}
        if self.estimate:
            smaller = self._signals(laboratory, rates, self.size - 1, grid).mean(axis=0)
            m = signals.mean(axis=0)
            details["error_estimate"] = float(np.linalg.norm(m - smaller) / np.linalg.norm(m))
        return Trajectory.of(
            grid,
            Provenance(self.name, "numpy", np.__version__, details),
            signals.mean(axis=0) if "m" in wanted else None,
            spin_signals=signals if "spin_signals" in wanted else None,
        )

    def _signals(self, laboratory: LaboratorySystem, rates: ClusterRates, size: int, grid: TimeGrid) -> np.ndarray:
        """(observed spins, T) in our frame."""
        system = laboratory.rotating
        found = np.empty((len(system.observed_spins), grid.points), complex)
        for core in cores(system, size):
            for k, signal in zip(core.centres, _core_signals(laboratory, rates, core, grid), strict=True):
                found[system.observed_spins.index(k)] = signal
        return found if laboratory.turned[system.observed_spins[0]] < 0 else found.conj()


def _core_signals(laboratory: LaboratorySystem, rates: ClusterRates, core: Core, grid: TimeGrid) -> list[np.ndarray]:
    """The signal of each centre."""
    system = laboratory.rotating
    exponents, amplitudes = _core_lines(laboratory, rates, core)
    signals = []
    for row, centre in zip(amplitudes, core.centres, strict=True):
        kept = np.abs(row) > FAINTEST
        signal = sum_of_lines(exponents[kept], row[kept], grid)
        for outer in core.further(system, centre):
            decay = rates.rates((outer,), (), ProductStates(np.array([[LONGITUDINAL]], np.int8)))[0] / 2
            signal *= np.cos(pi * system.couplings_hz[centre, outer] * grid.times_s) * np.exp(-decay * grid.times_s)
        signals.append(signal)
    return signals


def _core_lines(laboratory: LaboratorySystem, rates: ClusterRates, core: Core) -> tuple[np.ndarray, np.ndarray]:
    """(L,) exponents in 1/s and (centres, L) amplitudes of all lines of all states of the splitting spins."""
    small = laboratory.of_members(core.members)
    states = ProductStates.of_orders(small.rotating, {small.rotating.observed: 1})
    h = within(commutators(hamiltonian_terms(small), states), states).toarray()
    decay = rates.rates(core.members, core.splitting, states)
    shifts, weights = configurations(laboratory.rotating, core)
    diagonals = shifts @ PROJECTION[states.numbers].T - 1j * decay
    matrices = h[None] + np.einsum("cd,de->cde", diagonals, np.eye(len(states)))
    values, vectors = np.linalg.eig(matrices)
    start = np.zeros(len(states))
    places = [states.place({n: PLUS}) for n in small.rotating.observed_spins]
    start[places] = 1.0
    inside = np.linalg.solve(vectors, np.broadcast_to(start[:, None], (len(values), len(states), 1)))[..., 0]
    centres = [states.place({core.members.index(k): PLUS}) for k in core.centres]
    amplitudes = weights[:, None, None] * vectors[:, centres, :] * inside[:, None, :]
    return (-1j * values).ravel(), amplitudes.transpose(1, 0, 2).reshape(len(centres), -1)
