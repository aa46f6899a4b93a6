"""Whole molecules that relax: Liouville space of the neighbourhoods of their spins, with the rates of the whole.

The basis holds the products over each spin with all that it is coupled to, and over connected groups of ``level`` spins
(:mod:`harness.tasks.spins.relaxation.neighbourhoods`): 2,131 states of coherence order 1 for the 22 protons of
strychnine. With ``rlx_keep`` "kite" transverse states only decay, each with a rate that is a sum over all pairs of
interactions of the molecule, so that it is exact whatever the basis; no matrix of other orders is needed for it.
Chebyshev polynomials in windows give the FID. Longitudinal signals, "secular" and "dibari", whose matrices join states,
go through Arnoldi's method.

Neglected are products over more spins than the groups hold. The error estimate compares M with that of a smaller basis
(``size`` and ``level`` less by one). Exact for a molecule that fits into one group; cost (states)·T.

``rates="basis"`` computes rates as a program does that multiplies matrices of the truncated basis, in which what leaves
the basis is lost: Spinach's own answer in that basis. It is for comparison; "complete" is what the molecule does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.liouville_krylov import by_arnoldi
from harness.tasks.spins.relaxation.damped_chebyshev import propagate
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.neighbourhoods import (
    Group,
    codes_of,
    connected_groups,
    groups_by_distance,
    neighbourhoods,
    states_of,
)
from harness.tasks.spins.relaxation.signals import RELAXATION, checked_relaxing, trajectory_of
from harness.tasks.spins.relaxation.sparse_matrix import commutators, hamiltonian_terms, rates_of, within
from harness.tasks.spins.relaxation.states import ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

LARGEST_SIZE, MOST_SPINS = 9, 31
"""Spins of one neighbourhood; spins whose states have a number below 4³¹."""
ARNOLDI_TOLERANCE = 1e-9


class LiouvilleNeighbourhoods:
    """Products over neighbourhoods; takes systems that relax, and no others.

    Parameters
    ----------
    size
        Most spins of a neighbourhood, 2 to 9.
    level
        Spins of the connected groups, 1 to ``size``.
    rates
        "complete", or "basis" for those of the truncated basis.
    space_level
        With ``rates`` "basis": groups of so many spins, whatever their distance, belong to that basis too.
    estimate
        Also compute M in a smaller basis, and give the relative difference as "error_estimate".
    """

    name = "liouville-neighbourhoods"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")
    more = frozenset({RELAXATION})

    def __init__(
        self, size: int = 8, level: int = 4, rates: str = "complete", space_level: int = 1, estimate: bool = True
    ) -> None:
        for name, value, least, most in (
            ("size", size, 2, LARGEST_SIZE),
            ("level", level, 1, size),
            ("space_level", space_level, 1, 4),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise InputError(f"{self.name}: {name} = {value!r} must be a whole number from {least} to {most}")
        if rates not in ("complete", "basis"):
            raise InputError(f"{self.name}: rates = {rates!r} is unknown (known: complete, basis)")
        self.size, self.level, self.space_level = size, level, space_level
        self.complete = rates == "complete"
        self.estimate = bool(estimate)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; :class:`InputError` without a relaxation that it can take."""
        wanted = checked_observables(observables, self.observables, self.name)
        relaxation = checked_relaxing(system, self.name)
        if relaxation.rlx_keep == "labframe":
            raise InputError(f"method {self.name!r}: rlx_keep 'labframe' joins all states: take liouville-dense")
        if len(system) > MOST_SPINS:
            raise InputError(f"method {self.name!r}: {len(system)} spins; it takes at most {MOST_SPINS}")
        laboratory = LaboratorySystem.of(system)
        groups = self._groups(laboratory.rotating, self.size, self.level)
        found = self._trajectory(laboratory, grid, wanted, groups)
        if not self.estimate or "m" not in wanted:
            return found
        fewer = self._groups(laboratory.rotating, max(2, self.size - 1), max(1, self.level - 1))
        smaller = self._trajectory(laboratory, grid, ("m",), fewer).m
        error = float(np.linalg.norm(found.m - smaller) / np.linalg.norm(found.m))
        said = found.provenance
        details = {**said.details, "error_estimate": error}
        return replace(found, provenance=Provenance(said.method, said.engine, said.version, details))

    def _groups(self, system: SpinSystem, size: int, level: int) -> set[Group]:
        return neighbourhoods(system, size) | connected_groups(system, level)

    def _trajectory(
        self, laboratory: LaboratorySystem, grid: TimeGrid, wanted: tuple[str, ...], groups: set[Group]
    ) -> Trajectory:
        system, relaxation = laboratory.rotating, laboratory.relaxation
        joins = relaxation.equilibrium == "dibari" or (
            relaxation.model == "redfield" and relaxation.rlx_keep == "secular"
        )
        reachable = None
        if not self.complete:
            reachable = codes_of(groups | groups_by_distance(len(system), self.space_level), len(system))

        def choose(orders: dict[str, int]) -> ProductStates:
            return states_of(groups, system, orders)

        def solve(states: ProductStates, start: np.ndarray, coils: np.ndarray) -> np.ndarray:
            if joins or states.longitudinal.any():
                return by_arnoldi(laboratory, states, start, coils, grid, ARNOLDI_TOLERANCE, reachable)
            h = within(commutators(hamiltonian_terms(laboratory), states), states)
            rows = [int(np.flatnonzero(coil)[0]) for coil in coils]
            return propagate(h, rates_of(laboratory, states, reachable), start, rows, grid)

        details = {
            "relaxation": relaxation.model,
            "states": len(choose({system.observed: 1})),
            "largest_group": max(map(len, groups)),
            "rates": "complete" if self.complete else "basis",
        }
        provenance = Provenance(self.name, "numpy", np.__version__, details)
        return trajectory_of(laboratory, grid, wanted, solve, provenance, choose)
