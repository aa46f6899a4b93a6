"""Whether an answer of spin-graph is reliable: by the limits of the systems, and by the answer itself.

Limits (offset, coupling, spins, degree, isotopes, horizon) are those of the domain. Of the answer, four quantities are
checked: what the clusters left out of M and of I_1z, as an error (error_estimate.py), the size of the learned
remainder, and by how much |M| left the unit disc before it was projected onto it. Where these do not decide, a second
opinion does (second_opinion.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import tau

import numpy as np

from harness.surrogates.base import DomainCheck
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.surrogates.physical import EXCESS
from harness.tasks.spins.surrogates.spin_graph.error_estimate import (
    REMAINDER,
    TOLERANCE,
    Reach,
    doubtful,
    left_out,
    limit,
    watched_flips,
)
from harness.tasks.spins.surrogates.spin_graph.expansion import Expansion
from harness.tasks.spins.surrogates.spin_graph.groups import Group
from harness.tasks.spins.systems import SpinSystem, TimeGrid

INSIDE = DomainCheck({})
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found for a group, each a sequence over its systems, or None if it was not requested.

    ``m`` (B, T), ``i1z`` (B, T), ``signals`` (B, n_observed, T), ``polarisations`` (B, N, T); ``remainder`` (B,) is the
    largest |r| of the learned remainder, ``excess`` (B,) the largest |M| - 1 before the projection.
    """

    m: np.ndarray | None
    i1z: np.ndarray | None
    signals: np.ndarray | None
    polarisations: np.ndarray | None
    remainder: np.ndarray
    excess: np.ndarray


def checked(
    systems: Sequence[SpinSystem], group: Group, grid: TimeGrid, answer: Answer, domain: Domain, expansion: Expansion
) -> list[DomainCheck | None]:
    """The check of every system of a group, None where a second opinion has to decide.

    ``systems`` is the batch that the rows of the group point into.
    """
    inside = within_limits(domain, group, grid)
    low, high = doubtful(grid.horizon_s)
    doubt = (answer.remainder > REMAINDER) | (watched_flips(group, grid.horizon_s) > low)
    measured: dict[str, np.ndarray] = {}
    if inside.any():  # the estimate costs much where spins have many bonds, and those are outside already
        for name, signal, longitudinal in (("m", answer.m, False), ("i1z", answer.i1z, True)):
            if signal is not None:
                errors = estimated_error(expansion, group, grid, signal, longitudinal)
                measured[f"estimated_error_{name}"] = errors - high
                doubt = doubt | (errors > low)
    measured["magnitude"] = answer.excess - EXCESS
    passed = inside & np.all([over <= 0 for over in measured.values()], axis=0)
    found: list[DomainCheck | None] = [INSIDE] * len(group)
    for b in np.flatnonzero(passed & doubt).tolist():
        found[b] = None
    for b in np.flatnonzero(~passed).tolist():
        limits = {} if inside[b] else domain.check(systems[int(group.rows[b])], grid).exceeded
        own = {name: float(over[b]) for name, over in measured.items() if over[b] > 0}
        # Systems that only seem to pass a limit (rounding) and are not flagged otherwise are as doubtful as others.
        found[b] = DomainCheck({**limits, **own}) if limits or own else None
    return found


def estimated_error(
    expansion: Expansion, group: Group, grid: TimeGrid, signal: np.ndarray, longitudinal: bool
) -> np.ndarray:
    """(B,) what the clusters left out of a signal (B, T), on the scale on which ``TOLERANCE`` is the limit."""
    key = (Reach, expansion, longitudinal)
    if key not in group.memo:
        observers = 1 if longitudinal else len(group.observed)
        group.memo[key] = Reach.of(expansion.plan(group, longitudinal).plan, group.spins, observers)
    missing = left_out(group.memo[key], group, longitudinal, expansion.least(grid), grid.horizon_s)
    if not missing.any():
        return missing
    size = np.sqrt(np.einsum("bt,bt->b", signal, signal.conj()).real / grid.points)
    return missing / np.maximum(size, 1e-12) * (TOLERANCE / limit("i1z" if longitudinal else "m", grid.horizon_s))


def within_limits(domain: Domain, group: Group, grid: TimeGrid) -> np.ndarray:
    """(B,) bool: systems that surely lie inside the domain's limits; :meth:`Domain.check` decides the others."""
    if "degree" not in group.memo:
        group.memo["degree"] = int(np.count_nonzero(group.couplings[0], axis=1).max())
    kinds = 1 if group.all_alike else len(set(group.isotopes))
    few = domain.spins[0] <= group.spins <= domain.spins[1] and group.memo["degree"] <= domain.degree
    if not few or kinds > domain.isotopes or grid.horizon_s > domain.horizon_s * (1 + ROUNDING):
        return np.zeros(len(group), dtype=bool)
    alike = group.couplings if group.all_alike else group.couplings * group.alike
    strength = np.abs(alike).reshape(len(group), -1)
    inside = np.abs(group.offsets).max(axis=1) <= tau * domain.offset_hz
    inside &= strength.max(axis=1) <= tau * domain.coupling_hz[1]
    if domain.coupling_hz[0] > 0:
        inside &= np.where(strength > 0, strength, np.inf).min(axis=1) >= tau * domain.coupling_hz[0]
    return inside
