"""Relaxation in Liouville space by Arnoldi's method, for up to 8 spins.

    dρ/dt = -i[H, ρ] + R ρ        H in the rotating frame, R of the models "damp", "t1_t2" and "redfield"

in the product states of one coherence order (11,440 for M of 8 spins), with a sparse generator
(:mod:`harness.tasks.spins.relaxation.sparse_matrix` has R, its source, and what it neglects) and Krylov spaces in place
of a propagator (:mod:`harness.tasks.spins.relaxation.arnoldi`). ``tolerance`` bounds the error of the state at every
sample, in units of its start (of its polarisation where it starts with the unit state). ``rlx_keep`` "labframe" joins
all 4^N states; it is solved only by :mod:`harness.tasks.spins.references.liouville_dense`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import tau

import numpy as np
from scipy.sparse import csr_array

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, checked_tolerance
from harness.tasks.spins.relaxation.arnoldi import propagate
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.signals import RELAXATION, checked_relaxing, trajectory_of
from harness.tasks.spins.relaxation.sparse_matrix import (
    Term,
    commutators,
    hamiltonian_terms,
    left_products,
    relaxation_matrix,
    within,
)
from harness.tasks.spins.relaxation.states import ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

LARGEST = 8
BOLTZMANN_ORDER = 5
"""Terms of the series of exp(βH): (N·1e-4)^6/720 is far below rounding."""


class LiouvilleKrylov:
    """Arnoldi in the coherence blocks of Liouville space; takes systems that relax, and no others.

    Raises
    ------
    InputError
        If ``tolerance`` is below rounding (1e-14) or not below 1.
    """

    name = "liouville-krylov"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")
    more = frozenset({RELAXATION})

    def __init__(self, tolerance: float = 1e-9) -> None:
        self.tolerance = checked_tolerance(tolerance, self.name)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; :class:`InputError` without a relaxation, or for too many spins."""
        wanted = checked_observables(observables, self.observables, self.name)
        relaxation = checked_relaxing(system, self.name)
        if relaxation.rlx_keep == "labframe":
            raise InputError(f"method {self.name!r}: rlx_keep 'labframe' joins all states: take liouville-dense")
        if len(system) > LARGEST:
            raise InputError(
                f"method {self.name!r}: {len(system)} spins; it takes at most {LARGEST}: take liouville-neighbourhoods"
            )
        laboratory = LaboratorySystem.of(system)

        def solve(states: ProductStates, start: np.ndarray, coils: np.ndarray) -> np.ndarray:
            return by_arnoldi(laboratory, states, start, coils, grid, self.tolerance)

        details = {"relaxation": relaxation.model, "tolerance": self.tolerance}
        return trajectory_of(laboratory, grid, wanted, solve, Provenance(self.name, "numpy", np.__version__, details))


def by_arnoldi(
    laboratory: LaboratorySystem,
    states: ProductStates,
    start: np.ndarray,
    coils: np.ndarray,
    grid: TimeGrid,
    tolerance: float,
    reachable: np.ndarray | None = None,
) -> np.ndarray:
    """(C, T) overlaps of coils (C, D) with ρ(t) in the basis ``states``, whatever its relaxation matrix is like."""
    h = within(commutators(hamiltonian_terms(laboratory), states), states)
    r = relaxation_matrix(laboratory, states, reachable)
    warm = _boltzmann(laboratory, states) if laboratory.relaxation.equilibrium == "dibari" else None

    def apply(vector: np.ndarray) -> np.ndarray:
        return r @ (vector if warm is None else _exponential(warm, vector)) - 1j * (h @ vector)

    share = 1.0 if warm is None else abs(laboratory.inverted_share)
    return propagate(apply, start, coils, grid, tolerance * share)


def _boltzmann(laboratory: LaboratorySystem, states: ProductStates) -> csr_array:
    """(D, D) of ρ → βH_lab ρ, H_lab with I·I couplings between all spins."""
    system = laboratory.rotating
    frequencies = laboratory.larmor_rad_per_s + tau * system.offsets_hz
    terms: list[Term] = [(frequency, (k,), ("z",)) for k, frequency in enumerate(frequencies)]
    for i, j in np.argwhere(np.triu(system.couplings_hz)).tolist():
        coupling = tau * system.couplings_hz[i, j]
        terms.append((coupling, (i, j), ("z", "z")))
        terms += [(coupling / 2, (i, j), factors) for factors in (("+", "-"), ("-", "+"))]
    return left_products(terms, states) * laboratory.beta_s


def _exponential(small: csr_array, vector: np.ndarray) -> np.ndarray:
    """exp(A) v of an A far below 1, by its series."""
    total = term = vector
    for n in range(1, BOLTZMANN_ORDER + 1):
        term = small @ term / n
        total = total + term
    return total
