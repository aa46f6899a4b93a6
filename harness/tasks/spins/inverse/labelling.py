"""Solutions that a spectrum cannot distinguish: exchanged labels and signs of couplings.

A spectrum does not determine the labels of the spins. It does not change when two protons of a CH2 are exchanged with
all their couplings, and it often does not depend on the signs of couplings. Of such solutions a fit gives the one that
is nearest to the molecule's values, and states which labels may be exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from harness.tasks.spins.inverse.parameters import Pair, Parameters
from harness.tasks.spins.inverse.refine import Refined, Refinement

SAME = 4.0
"""Two solutions whose sums of squares, in units of the variance, differ by less are not distinguished (two standard
deviations of one parameter)."""


MOST = 720
"""Labellings that are tested; six spins that are all coupled to each other have so many."""


@dataclass(frozen=True, eq=False)
class Exchange:
    """Another labelling: which label takes whose place, and where each parameter's value then comes from, (P,)."""

    labels: tuple[tuple[str, str], ...]
    order: np.ndarray


def settled(
    refinement: Refinement, last: Refined, begun: np.ndarray, reach: np.ndarray
) -> tuple[Refined, tuple[Exchange, ...]]:
    """Of the solutions as good as ``last`` the one nearest to ``begun`` (P,), and the labellings that remain open.

    Distances are counted in ``reach`` (P,); labels are open where the other solution lies within it too.
    """
    parameters = refinement.parameters
    count, units = len(parameters), len(parameters.offsets)
    known = exchanges(parameters)
    theta = last.theta[:count]
    labelled = _nearest(theta, begun, reach, known)
    if not np.array_equal(labelled, theta):
        widths = last.widths_of(labelled[:units])
        last = _better(refinement, last, labelled, widths)
    for p in np.flatnonzero(parameters.is_coupling):
        theta = last.theta[:count]
        if theta[p] * begun[p] < 0:
            turned = np.where(np.arange(count) == p, -theta, theta)
            last = _better(refinement, last, turned, last.widths_of(theta[:units]))
    return last, _fewest([exchange for exchange in known if _open(exchange, last, begun, reach)])


def exchanges(parameters: Parameters) -> list[Exchange]:
    """Every labelling but the given one that maps free parameters onto each other.

    Groups of one size and isotope change places, and so do the two spins of a group of two. Couplings that are fixed
    are not compared: the caller has to test whether the spectrum is the same.
    """
    labels = parameters.template.labels
    free = {k for unit in parameters.offsets for k in unit}
    fixed = {k: k for k in range(len(labels)) if k not in free}
    found = []
    for spins in islice(_labellings(parameters, fixed), MOST):
        order = _order(parameters, spins)
        if not np.array_equal(order, np.arange(len(order))):
            moved = [(labels[i], labels[j]) for i, j in sorted(spins.items()) if i != j]
            found.append(Exchange(tuple(moved), order))
    return found


def _labellings(parameters: Parameters, spins: dict[int, int]) -> Iterator[dict[int, int]]:
    """All ways to complete ``spins``, from spin to spin, group by group."""
    rest = [unit for unit in parameters.offsets if unit[0] not in spins]
    if not rest:
        yield spins
        return
    isotopes, unit = parameters.template.isotopes, rest[0]
    taken = set(spins.values())
    for other in parameters.offsets:
        if other[0] in taken or len(other) != len(unit) or isotopes[other[0]] != isotopes[unit[0]]:
            continue
        for image in (other, other[::-1]) if len(other) == 2 else (other,):
            more = spins | dict(zip(unit, image, strict=True))
            if _consistent(parameters, more):
                yield from _labellings(parameters, more)


def _consistent(parameters: Parameters, spins: dict[int, int]) -> bool:
    """Whether every coupling among ``spins`` becomes one that is there."""
    known = set(map(frozenset, parameters.couplings))
    return all(
        _image(group, spins) in known
        for group in parameters.couplings
        if all(i in spins and j in spins for i, j in group)
    )


def _image(group: Sequence[Pair], spins: dict[int, int]) -> frozenset[Pair]:
    return frozenset((min(spins[i], spins[j]), max(spins[i], spins[j])) for i, j in group)


def _order(parameters: Parameters, spins: dict[int, int]) -> np.ndarray:
    offsets = {frozenset(unit): p for p, unit in enumerate(parameters.offsets)}
    couplings = {frozenset(group): p for p, group in enumerate(parameters.couplings, len(offsets))}
    order = [offsets[frozenset(spins[k] for k in unit)] for unit in parameters.offsets]
    return np.array([*order, *(couplings[_image(group, spins)] for group in parameters.couplings)])


def _nearest(theta: np.ndarray, begun: np.ndarray, reach: np.ndarray, known: list[Exchange]) -> np.ndarray:
    return min([theta, *(theta[exchange.order] for exchange in known)], key=lambda t: _distance(t, begun, reach))


def _distance(theta: np.ndarray, begun: np.ndarray, reach: np.ndarray) -> float:
    return float(np.sum(((theta - begun) / reach) ** 2))


def _better(refinement: Refinement, last: Refined, theta: np.ndarray, widths_hz: np.ndarray) -> Refined:
    """The fit from θ if it is as good as ``last``, else that."""
    trial = refinement.fit(theta, widths_hz)
    evaluations = last.evaluations + trial.evaluations
    # Both by one measure: the scatter of the residuals of the last fit.
    before = float(last.comparison.residual @ last.comparison.residual)
    same = len(trial.projection.windows) == len(last.projection.windows)
    after = replace(trial.projection, scales=last.projection.scales)(trial.theta).residual if same else None
    if after is not None and float(after @ after) < before + SAME:
        return replace(trial, evaluations=evaluations)
    return replace(last, evaluations=evaluations)


def _open(exchange: Exchange, last: Refined, begun: np.ndarray, reach: np.ndarray) -> bool:
    count = len(begun)
    other = last.theta[:count][exchange.order]
    if np.any(np.abs(other - begun) > reach):
        return False
    widths = last.theta[count:]
    residual = last.projection(np.concatenate([other, widths])).residual
    return float(residual @ residual) < float(last.comparison.residual @ last.comparison.residual) + SAME


def _fewest(known: list[Exchange]) -> tuple[Exchange, ...]:
    """Those that are not made up of others: no other exchanges only some of their labels."""
    moved = [{label for label, _ in exchange.labels} for exchange in known]
    return tuple(e for e, own in zip(known, moved, strict=True) if not any(other < own for other in moved))
