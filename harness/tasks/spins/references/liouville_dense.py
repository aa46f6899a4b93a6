"""Relaxation in Liouville space, dense in coherence blocks: the reference for systems that relax, up to 6 spins.

    dρ/dt = -i[H, ρ] + R ρ        H in the rotating frame, R of the models "damp", "t1_t2" and "redfield"

(:mod:`harness.tasks.spins.relaxation.dense_matrix` has R, its source, and what it neglects). ρ is a vector of product
states (:mod:`harness.tasks.spins.relaxation.states`). The states of one coherence order evolve alone, C(2N, N-1) of
them for M (792 for 6 spins). With ``rlx_keep`` "labframe" R joins the orders, and all 4^N states evolve together. The
propagator P = exp(L dt) is exact to rounding; samples come from products of its powers, c Pʲ times P^{Bm} ρ0.

Observables are those of docs/conventions.md. With an equilibrium "dibari" the tagged spin starts with its polarisation
at equilibrium inverted, all others without any, and longitudinal signals are in units of that start: I_1z goes from 1
to -1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.relaxation.dense_matrix import relaxation_matrix
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.signals import RELAXATION, checked_relaxing, trajectory_of
from harness.tasks.spins.relaxation.states import ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.hilbert import hamiltonian

LARGEST, LARGEST_LABFRAME = 6, 5


class LiouvilleDense:
    """Dense propagation in the coherence blocks of Liouville space; takes systems that relax, and no others."""

    name = "liouville-dense"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")
    more = frozenset({RELAXATION})

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; :class:`InputError` without a relaxation, or for too many spins."""
        wanted = checked_observables(observables, self.observables, self.name)
        relaxation = checked_relaxing(system, self.name)
        largest = LARGEST_LABFRAME if relaxation.rlx_keep == "labframe" else LARGEST
        if len(system) > largest:
            raise InputError(
                f"method {self.name!r}: {len(system)} spins; with rlx_keep {relaxation.rlx_keep!r} it takes at most "
                f"{largest}: take liouville-krylov (8) or liouville-neighbourhoods"
            )
        laboratory = LaboratorySystem.of(system)

        def solve(states: ProductStates, start: np.ndarray, coils: np.ndarray) -> np.ndarray:
            return propagate(generator(laboratory, states), start, coils, grid)

        provenance = Provenance(self.name, "numpy", np.__version__, {"relaxation": relaxation.model})
        return trajectory_of(laboratory, grid, wanted, solve, provenance)


def generator(laboratory: LaboratorySystem, states: ProductStates) -> np.ndarray:
    """(D, D) complex L = -i[H, ·] + R in 1/s."""
    return relaxation_matrix(laboratory, states) + coherent_part(laboratory, states)


def coherent_part(laboratory: LaboratorySystem, states: ProductStates) -> np.ndarray:
    """(D, D) complex -i[H, ·] in rad/s."""
    basis = states.matrices()
    h = hamiltonian(laboratory.rotating).toarray()
    commuted = (h @ basis - basis @ h).reshape(len(states), -1)
    return -1j * (basis.reshape(len(states), -1) @ commuted.T)


def propagate(matrix: np.ndarray, start: np.ndarray, coils: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """(C, T) of coils (C, D) times exp(L t) start, in about 2√T products with a vector."""
    from scipy.linalg import expm

    step = expm(matrix * grid.dt_s)
    stride = int(np.ceil(np.sqrt(grid.points)))
    rows = [coils.astype(complex)]
    for _ in range(stride - 1):
        rows.append(rows[-1] @ step)
    table = np.stack(rows, axis=1)  # (C, stride, D)
    leap = np.linalg.matrix_power(step, stride)
    state = start.astype(complex)
    parts = []
    for _ in range(0, grid.points, stride):
        parts.append(table @ state)
        state = leap @ state
    return np.concatenate(parts, axis=1)[:, : grid.points]
