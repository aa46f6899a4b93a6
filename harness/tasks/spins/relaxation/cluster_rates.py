"""Rates of the product states of a few spins in the field of all others, exact for ``rlx_keep`` "kite".

The rate of a product state is a sum over pairs of interactions A, B that share their outer spins,

    rate = (1/5) Σ_{A,B} (Σ_m F_m^A F_m^B) t_AB(states of their spins),

with tables t_AB that depend on isotopes, field and tau_c only: they are made once. What lies outside the cluster enters
with its spins in the unit state, or, for a spin that splits lines of the cluster, as the mean over its unit state and
its I_z: the rate of both its lines, where they do not overlap.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from harness.tasks.spins.relaxation.interactions import Interaction, interactions
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.sparse_matrix import diagonal_of
from harness.tasks.spins.relaxation.states import LONGITUDINAL, UNIT, ProductStates, simple_rates

Spins = tuple[int, ...]


class ClusterRates:
    """Rates in 1/s of product states of any cluster of one system; interactions are made once."""

    def __init__(self, laboratory: LaboratorySystem) -> None:
        self.laboratory = laboratory
        self._redfield = laboratory.relaxation.model == "redfield"
        there = interactions(laboratory) if self._redfield else []
        self._of = {one.spins: one for one in there}

    def rates(self, members: Spins, splitting: Spins, states: ProductStates) -> np.ndarray:
        """(D,) rates of ``states`` of ``members`` (a column for each), ``splitting`` outside spins averaged."""
        relaxation = self.laboratory.relaxation
        if relaxation.model == "damp":
            assert relaxation.damp_rate_per_s is not None
            return np.full(len(states), relaxation.damp_rate_per_s)
        if relaxation.model == "t1_t2":
            assert relaxation.r1_per_s is not None and relaxation.r2_per_s is not None
            chosen = list(members)
            inside = simple_rates(states, relaxation.r1_per_s[chosen], relaxation.r2_per_s[chosen])
            return inside + relaxation.r1_per_s[list(splitting)].sum() / 2
        return self._inside(members, states) + self._outside(members, splitting, states) + self._among(splitting, members)

    def _inside(self, members: Spins, states: ProductStates) -> np.ndarray:
        """Every pair of interactions whose spins are members."""
        place = {spin: column for column, spin in enumerate(members)}
        there = [one for spins, one in self._of.items() if set(spins) <= set(members)]
        total = np.zeros(len(states))
        for first, second in combinations_with_replacement(there, 2):
            weight = float(first.components @ second.components)
            union, table = self._table(first, second)
            total += weight * table[tuple(states.numbers[:, place[spin]] for spin in union)]
        return total

    def _outside(self, members: Spins, splitting: Spins, states: ProductStates) -> np.ndarray:
        """Pairs of members with one outer spin, and two such pairs of the same outer spin."""
        total = np.zeros(len(states))
        place = {spin: column for column, spin in enumerate(members)}
        for outer in range(len(self.laboratory)):
            if outer in place:
                continue
            fields = [one for m in members if (one := self._of.get((min(m, outer), max(m, outer))))]
            for first, second in combinations_with_replacement(fields, 2):
                union, table = self._table(first, second)
                axis = union.index(outer)
                seen = table.take(UNIT, axis)
                if outer in splitting:
                    seen = (seen + table.take(LONGITUDINAL, axis)) / 2
                where = tuple(states.numbers[:, place[spin]] for spin in union if spin != outer)
                total += float(first.components @ second.components) * seen[where]
        return total

    def _among(self, splitting: Spins, members: Spins) -> float:
        """What the splitting spins lose among themselves and to the rest: the mean over their states."""
        total = 0.0
        for spins, one in self._of.items():
            mine = [spin for spin in spins if spin in splitting]
            if not mine or set(spins) & set(members):
                continue
            union, table = self._table(one, one)
            for axis, spin in enumerate(union):
                kept = [UNIT, LONGITUDINAL] if spin in mine else [UNIT]
                table = table.take(kept, axis)
            total += float(one.components @ one.components) * float(table.mean())
        return total

    def _table(self, first: Interaction, second: Interaction) -> tuple[Spins, np.ndarray]:
        """(spins of both, (4, …, 4) table of their states) for Σ F F = 1; counts A, B and B, A where they differ."""
        union = tuple(sorted({*first.spins, *second.spins}))
        relative = tuple(tuple(union.index(spin) for spin in one.spins) for one in (first, second))
        larmor = tuple(float(self.laboratory.larmor_rad_per_s[spin]) for spin in union)
        assert self.laboratory.relaxation.tau_c_s is not None
        return union, _unit_table(relative[0], relative[1], larmor, self.laboratory.relaxation.tau_c_s)


@cache
def _unit_table(first: Spins, second: Spins, larmor: tuple[float, ...], tau_c: float) -> np.ndarray:
    states = ProductStates.complete(len(larmor))
    unit = np.array([1.0, 0.0, 0.0, 0.0, 0.0])

    def rates(*which: Spins) -> np.ndarray:
        return -diagonal_of([Interaction(spins, unit) for spins in which], np.array(larmor), tau_c, states)

    found = rates(first) if first == second else rates(first, second) - rates(first) - rates(second)
    return found.reshape((4,) * len(larmor))
