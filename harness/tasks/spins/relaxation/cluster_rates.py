"""Rates of the product states of a few spins in the field of all others, exact for ``rlx_keep`` "kite".

The rate of a product state is a sum over pairs of interactions A, B that share their outer spins,

    rate = (1/5) Σ_{A,B} (Σ_m F_m^A F_m^B) t_AB(states of their spins),

with tables t_AB that depend on isotopes, field and tau_c only: they are made once. Spins outside are in the unit state.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from harness.tasks.spins.relaxation.interactions import Interaction, interactions
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.sparse_matrix import diagonal_of
from harness.tasks.spins.relaxation.states import UNIT, ProductStates, simple_rates

Spins = tuple[int, ...]


class ClusterRates:
    """Rates in 1/s of product states of any spins of one system; interactions are made once."""

    def __init__(self, laboratory: LaboratorySystem) -> None:
        self.laboratory = laboratory
        there = interactions(laboratory) if laboratory.relaxation.model == "redfield" else []
        self._of = {one.spins: one for one in there}

    def rates(self, members: Spins, states: ProductStates) -> np.ndarray:
        """(D,) rates of ``states`` of ``members``, a column for each."""
        relaxation = self.laboratory.relaxation
        if relaxation.model == "damp":
            assert relaxation.damp_rate_per_s is not None
            return relaxation.damp_rate_per_s * states.numbers.any(axis=1)
        if relaxation.model == "t1_t2":
            assert relaxation.r1_per_s is not None and relaxation.r2_per_s is not None
            chosen = list(members)
            return simple_rates(states, relaxation.r1_per_s[chosen], relaxation.r2_per_s[chosen])
        column = {spin: n for n, spin in enumerate(members)}
        inside = [one for spins, one in self._of.items() if set(spins) <= set(members)]
        total = self._summed(inside, column, states)
        for outer in set(range(len(self.laboratory))) - set(members):
            fields = [self._of[min(m, outer), max(m, outer)] for m in members]
            total += self._summed(fields, column, states)
        return total

    def _summed(self, there: Sequence[Interaction], column: dict[int, int], states: ProductStates) -> np.ndarray:
        """(D,) Σ over pairs of these interactions; a spin without a column is in the unit state."""
        total = np.zeros(len(states))
        for first, second in combinations_with_replacement(there, 2):
            weight = float(first.components @ second.components)
            union, table = self._table(first, second)
            where = tuple(states.numbers[:, column[spin]] if spin in column else UNIT for spin in union)
            if table.any():
                total += weight * table[where]
        return total

    def _table(self, first: Interaction, second: Interaction) -> tuple[Spins, np.ndarray]:
        """(spins of both, (4, …, 4) table of their states) for Σ F F = 1; counts A, B and B, A where they differ."""
        union = tuple(sorted({*first.spins, *second.spins}))
        relative = [tuple(union.index(spin) for spin in one.spins) for one in (first, second)]
        larmor = tuple(float(self.laboratory.larmor_rad_per_s[spin]) for spin in union)
        assert self.laboratory.relaxation.tau_c_s is not None
        return union, _unit_table(*relative, larmor, self.laboratory.relaxation.tau_c_s)


@cache
def _unit_table(first: Spins, second: Spins, larmor: tuple[float, ...], tau_c: float) -> np.ndarray:
    states = ProductStates.complete(len(larmor))
    unit = np.array([1.0, 0.0, 0.0, 0.0, 0.0])

    def rates(*which: Spins) -> np.ndarray:
        return -diagonal_of([Interaction(spins, unit) for spins in which], np.array(larmor), tau_c, states)

    found = rates(first) if first == second else rates(first, second) - rates(first) - rates(second)
    found[np.abs(found) < 1e-12 * np.abs(rates(first)).max()] = 0.0  # what rounding leaves of zeros
    return found.reshape((4,) * len(larmor))
