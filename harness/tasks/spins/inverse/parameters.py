"""Which numbers of a spin system are free, and which of them are one and the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import Molecule, SpinSystem

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Parameters:
    """A linear map from θ (P,) in Hz to a system: each θ_p is one offset, or one coupling, of one or more spins.

    All offsets and couplings without a parameter have their values in ``template``.

    Parameters
    ----------
    template
        The system that is varied.
    offsets
        For each free offset the spins that share it.
    couplings
        For each free coupling the pairs (i < j) that share it.
    """

    template: SpinSystem
    offsets: tuple[tuple[int, ...], ...] = ()
    couplings: tuple[tuple[Pair, ...], ...] = ()

    def __post_init__(self) -> None:
        n = len(self.template)
        spins = [k for group in self.offsets for k in group]
        pairs = [pair for group in self.couplings for pair in group]
        if not spins and not pairs:
            raise InputError("no free parameters: name at least one offset or coupling")
        if len(set(spins)) < len(spins) or len(set(pairs)) < len(pairs):
            raise InputError("a spin or a pair belongs to two parameters; name it once")
        if any(not 0 <= k < n for k in spins) or any(not 0 <= i < j < n for i, j in pairs):
            raise InputError(f"parameters name spins outside 0 … {n - 1}, or pairs that are not i < j")

    def __len__(self) -> int:
        return len(self.offsets) + len(self.couplings)

    @property
    def names(self) -> tuple[str, ...]:
        """``offset A`` and ``J A B``, by the label of the first spin or pair that shares the parameter."""
        labels = self.template.labels
        offsets = [f"offset {labels[group[0]]}" for group in self.offsets]
        return (*offsets, *(f"J {labels[group[0][0]]} {labels[group[0][1]]}" for group in self.couplings))

    @property
    def is_coupling(self) -> np.ndarray:
        """(P,) bool."""
        return np.arange(len(self)) >= len(self.offsets)

    def of(self, system: SpinSystem) -> np.ndarray:
        """θ of a system, (P,), in Hz: the value of the first spin or pair of each parameter."""
        offsets = [system.offsets_hz[group[0]] for group in self.offsets]
        return np.array([*offsets, *(system.couplings_hz[group[0]] for group in self.couplings)])

    def mean_of(self, system: SpinSystem) -> np.ndarray:
        """As :meth:`of`, with the mean over the spins or pairs of each parameter."""
        offsets = [system.offsets_hz[list(group)].mean() for group in self.offsets]
        return np.array([*offsets, *(np.mean([system.couplings_hz[pair] for pair in g]) for g in self.couplings)])

    def system(self, theta: np.ndarray) -> SpinSystem:
        """The system at θ."""
        offsets, couplings = self.template.offsets_hz.copy(), self.template.couplings_hz.copy()
        for value, group in zip(theta, self.offsets, strict=False):
            offsets[list(group)] = value
        for value, group in zip(theta[len(self.offsets) :], self.couplings, strict=True):
            for i, j in group:
                couplings[i, j] = couplings[j, i] = value
        return self.template.with_(offsets_hz=offsets, couplings_hz=couplings)

    def without_signs(self, theta: np.ndarray) -> np.ndarray:
        """θ with couplings by magnitude: M does not determine their signs (docs/conventions.md)."""
        return np.where(self.is_coupling, np.abs(theta), theta)


def all_of(system: SpinSystem) -> Parameters:
    """Every offset and every coupling that is not zero, each a separate parameter."""
    pairs = [(int(i), int(j)) for i, j in np.argwhere(np.triu(system.couplings_hz) != 0)]
    return Parameters(system, tuple((k,) for k in range(len(system))), tuple((pair,) for pair in pairs))


def one_coupling(system: SpinSystem) -> Parameters:
    """One J for all couplings that are not zero; offsets are known."""
    pairs = tuple((int(i), int(j)) for i, j in np.argwhere(np.triu(system.couplings_hz) != 0))
    return Parameters(system, (), (pairs,))


def of_molecule(molecule: Molecule, system: SpinSystem, smallest_hz: float = 0.0) -> Parameters:
    """One offset per group of the file, and one coupling per pair of groups; couplings inside a group are fixed.

    Two groups of two spins for whose couplings the file has two values have two, J and J': protons of a CH2 are mirror
    images of each other, so that J(a,a) = J(b,b) and J(a,b) = J(b,a). Spins without a group share nothing, however
    close their values are. Couplings up to ``smallest_hz`` in magnitude stay fixed.
    """
    groups: dict[str, list[int]] = {}
    for k, group in enumerate(molecule.groups):
        groups.setdefault(group, []).append(k)
    units: Sequence[list[int]] = list(groups.values())
    couplings: list[tuple[Pair, ...]] = []
    for a, one in enumerate(units):
        for other in units[a + 1 :]:
            pairs = tuple((min(i, j), max(i, j)) for i in one for j in other)
            mirrored = len(one) == len(other) == 2 and np.ptp([system.couplings_hz[p] for p in pairs]) > 0
            shared = ((pairs[0], pairs[3]), (pairs[1], pairs[2])) if mirrored else (pairs,)
            couplings += [g for g in shared if max(abs(system.couplings_hz[pair]) for pair in g) > smallest_hz]
    return Parameters(system, tuple(tuple(unit) for unit in units), tuple(couplings))


def visible(parameters: Parameters) -> Parameters:
    """Without the offsets of isotopes that are not observed, and the couplings among these: M does not show them."""
    observed = set(parameters.template.observed_spins)
    offsets = tuple(unit for unit in parameters.offsets if observed.issuperset(unit))
    couplings = tuple(group for group in parameters.couplings if any(observed & set(pair) for pair in group))
    return Parameters(parameters.template, offsets, couplings)
