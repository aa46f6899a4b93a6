"""Whole molecules that relax: Liouville space of the neighbourhoods of their spins, with the rates of the whole.

The basis holds the products over each spin with all that it is coupled to, and over connected groups of ``level`` spins
(:mod:`harness.tasks.spins.relaxation.neighbourhoods`): 2,131 states of coherence order 1 for the 22 protons of
strychnine. With ``rlx_keep`` "kite" transverse states only decay, each with a rate that is a sum over all pairs of
interactions of the molecule, so that it is exact whatever the basis; no matrix of other orders is needed for it.
Powers of a dense propagator give the FID of few states, Chebyshev polynomials in windows that of many. Longitudinal
signals, "secular" and "dibari", whose matrices join states, go through Arnoldi's method. With "damp" and "t1_t2", whose
rates are sums over single spins, the connected parts of a system are solved one by one.

Neglected are products over more spins than the groups hold. The error estimate is three times the relative change of M
from a smaller basis (``size`` and ``level`` less by one). A connected part of up to ``complete`` spins has all its
states, as has one that fits into a group; where transverse states only decay, such a part is exact and adds nothing to
the estimate. Cost (states)·T.

``rates="basis"`` computes rates as a program does that multiplies matrices of the truncated basis, in which what leaves
the basis is lost: Spinach's own answer in that basis (IK-2 is ``level`` 1, IK-1 is ``size`` 2). It is for comparison;
"complete" is what the molecule does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.components import by_components
from harness.tasks.spins.references.liouville_dense import propagate as propagate_densely
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
    whole_parts,
)
from harness.tasks.spins.relaxation.signals import RELAXATION, checked_relaxing, trajectory_of
from harness.tasks.spins.relaxation.sparse_matrix import commutators, hamiltonian_terms, rates_of, within
from harness.tasks.spins.relaxation.states import ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.relaxation import Relaxation

LARGEST_SIZE, LARGEST_COMPLETE, MOST_SPINS = 9, 8, 31
"""Spins of one group; of a part with all its states; of a system, whose states have numbers below 4³¹."""
SAFETY = 3.0
"""The error estimate in units of the change from the smaller basis. It is no bound: of 17 truncated systems of the
library three changes cover the error of 13, and the largest error is ten changes (docs/relaxation.md)."""
LARGEST_JOINED = 6
"""Spins of a part with all its states where R joins states: Arnoldi's method takes half a minute for eight."""
DENSE_STATES = 250
"""States up to which powers of a dense propagator take less time than polynomials."""
ARNOLDI_TOLERANCE = 1e-9


class LiouvilleNeighbourhoods:
    """Products over neighbourhoods; takes systems that relax, and no others.

    Parameters
    ----------
    size
        Most spins of a neighbourhood, 2 to 9.
    level
        Spins of the connected groups, 1 to 9.
    rates
        "complete", or "basis" for those of the truncated basis, in which ``complete`` is 0.
    space_level
        With ``rates`` "basis": groups of so many spins, whatever their distance, belong to that basis too.
    estimate
        Also compute M in a smaller basis, and give "error_estimate", a relative L2 error of M.
    complete
        Spins up to which a connected part has all its states, 0 to 8; at most 6 where R joins states.
    """

    name = "liouville-neighbourhoods"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")
    more = frozenset({RELAXATION})

    def __init__(
        self,
        size: int = 8,
        level: int = 4,
        rates: str = "complete",
        space_level: int = 1,
        estimate: bool = True,
        complete: int = 8,
    ) -> None:
        for name, value, least, most in (
            ("size", size, 2, LARGEST_SIZE),
            ("level", level, 1, LARGEST_SIZE),
            ("space_level", space_level, 1, 4),
            ("complete", complete, 0, LARGEST_COMPLETE),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise InputError(f"{self.name}: {name} = {value!r} must be a whole number from {least} to {most}")
        if rates not in ("complete", "basis"):
            raise InputError(f"{self.name}: rates = {rates!r} is unknown (known: complete, basis)")
        self.size, self.level, self.space_level, self.rates = size, level, space_level, rates
        self.complete = complete if rates == "complete" else 0
        self.estimate = bool(estimate)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; :class:`InputError` without a relaxation that it can take."""
        wanted = checked_observables(observables, self.observables, self.name)
        relaxation = checked_relaxing(system, self.name)
        if relaxation.rlx_keep == "labframe":
            raise InputError(f"method {self.name!r}: rlx_keep 'labframe' joins all states: take liouville-dense")
        separate = relaxation.model != "redfield" and relaxation.equilibrium == "zero"
        largest = max(map(len, system.components())) if separate else len(system)
        if largest > MOST_SPINS:
            where = " of one connected part" if separate else ""
            raise InputError(f"method {self.name!r}: {largest} spins{where}; it takes at most {MOST_SPINS}")
        account = _Account(grid, len(system.observed_spins))

        def solve(part: SpinSystem, names: tuple[str, ...]) -> dict[str, np.ndarray]:
            return self._of_part(LaboratorySystem.of(part), grid, names, account)

        def provenance() -> Provenance:
            about = {"relaxation": relaxation.model, "rates": self.rates, **account.details()}
            return Provenance(self.name, "numpy", np.__version__, about)

        if separate:
            return by_components(system, grid, wanted, solve, provenance)
        found = solve(system, wanted)
        m, i1z, signals, polarisations = (found.get(name) for name in self.observables)
        return Trajectory.of(grid, provenance(), m, i1z, signals, polarisations)

    def _of_part(
        self, laboratory: LaboratorySystem, grid: TimeGrid, names: tuple[str, ...], account: _Account
    ) -> dict[str, np.ndarray]:
        transverse = tuple(name for name in names if name in ("m", "spin_signals"))
        longitudinal = tuple(name for name in names if name not in transverse)
        found = self._transverse(laboratory, grid, transverse, account) if transverse else {}
        if longitudinal:
            groups = self._groups(laboratory.rotating, joins=True)
            account.largest_group = max(account.largest_group, *map(len, groups))
            found |= self._solve(laboratory, grid, longitudinal, groups)
        return found

    def _transverse(
        self, laboratory: LaboratorySystem, grid: TimeGrid, names: tuple[str, ...], account: _Account
    ) -> dict[str, np.ndarray]:
        system, joins = laboratory.rotating, _joins(laboratory.relaxation)
        groups = self._groups(system, joins)
        found = self._solve(laboratory, grid, names, groups)
        account.largest_group = max(account.largest_group, *map(len, groups))
        account.states += len(states_of(groups, system, {system.observed: 1}))
        if "m" not in names:
            return found
        change: np.ndarray | float = np.nan
        if self.estimate:
            exact = set() if joins else {part for part in whole_parts(system) if any(part <= one for one in groups)}
            fewer = _basis(system, max(2, self.size - 1), max(1, self.level - 1)) | exact
            known = exact == whole_parts(system)
            change = 0.0 if known else found["m"] - self._solve(laboratory, grid, ("m",), fewer)["m"]
        account.add(found["m"], change, len(system.observed_spins))
        return found

    def _groups(self, system: SpinSystem, joins: bool) -> set[Group]:
        """The groups of the basis; where R ``joins`` states, which takes longer, fewer parts have all their states."""
        complete = min(self.complete, LARGEST_JOINED) if joins else self.complete
        return _basis(system, self.size, self.level) | whole_parts(system, complete)

    def _solve(
        self, laboratory: LaboratorySystem, grid: TimeGrid, names: tuple[str, ...], groups: set[Group]
    ) -> dict[str, np.ndarray]:
        reachable = None
        if self.rates == "basis":
            reachable = codes_of(groups | groups_by_distance(len(laboratory), self.space_level), len(laboratory))

        def choose(orders: dict[str, int]) -> ProductStates:
            return states_of(groups, laboratory.rotating, orders)

        def solve(states: ProductStates, start: np.ndarray, coils: np.ndarray) -> np.ndarray:
            if _joins(laboratory.relaxation) or states.longitudinal.any():
                return by_arnoldi(laboratory, states, start, coils, grid, ARNOLDI_TOLERANCE, reachable)
            h = within(commutators(hamiltonian_terms(laboratory), states), states)
            rates = rates_of(laboratory, states, reachable)
            if len(states) <= DENSE_STATES:
                return propagate_densely(-1j * h.toarray() - np.diag(rates), start, coils, grid)
            return propagate(h, rates, start, [int(np.flatnonzero(coil)[0]) for coil in coils], grid)

        found = trajectory_of(laboratory, grid, names, solve, Provenance(self.name), choose)
        return {name: getattr(found, name) for name in names}


@dataclass
class _Account:
    """What the solved parts add up to: number of states, largest group, M of ``observed`` spins and its change."""

    grid: TimeGrid
    observed: int

    def __post_init__(self) -> None:
        self.states, self.largest_group = 0, 0
        self.m, self.change = np.zeros((2, self.grid.points), complex)

    def add(self, m: np.ndarray, change: np.ndarray | float, spins: int) -> None:
        """M of a part with so many observed spins, and its change from a smaller basis, NaN where it is not known."""
        self.m += m * (spins / self.observed)
        self.change += change * (spins / self.observed)

    def details(self) -> dict[str, Any]:
        """As plain JSON values."""
        found: dict[str, Any] = {"states": self.states, "largest_group": self.largest_group}
        if self.m.any() and np.isfinite(self.change).all():
            found["error_estimate"] = SAFETY * float(np.linalg.norm(self.change) / np.linalg.norm(self.m))
        return found


def _basis(system: SpinSystem, size: int, level: int) -> set[Group]:
    return neighbourhoods(system, size) | connected_groups(system, level)


def _joins(relaxation: Relaxation) -> bool:
    """True if R joins transverse states with one another."""
    return relaxation.equilibrium == "dibari" or (relaxation.model == "redfield" and relaxation.rlx_keep == "secular")
