"""Systems as numbers: the parameter vectors θ that networks of fixed size take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import SpinSystem


@dataclass(frozen=True, eq=False)
class Encoded:
    """A batch of systems as numbers.

    ``theta`` is (B, p) of order one; ``offsets_hz`` (B, n) with zeros for absent spins; ``weight`` (B, n) the share of
    each spin in M (1/observed spins, or 0); ``beats_hz`` (B, f) frequencies offered to a network as input functions.
    """

    theta: np.ndarray
    offsets_hz: np.ndarray
    weight: np.ndarray
    beats_hz: np.ndarray


@dataclass(frozen=True)
class ChainEncoding:
    """θ = [Ω_1 … Ω_N, J] of a chain: offsets over ``offset_hz``, J mapped from ``coupling_hz`` to [-1, 1].

    J is the mean |J| of the bonds, which is the J of a uniform chain; other systems are outside the domain, and the
    domain check reports this. With ``relative`` the offsets enter minus their mean (the mean is then in the frames),
    and θ also holds D/R and J/R, R = √(D² + J²), of first and second neighbours: the mixing is a resonance in D of
    width J, too narrow to be found in plain offsets.
    """

    spins: int
    offset_hz: float
    coupling_hz: tuple[float, float]
    relative: bool = False

    @property
    def inputs(self) -> int:
        """Length of θ."""
        resonances = 2 * (2 * self.spins - 3) if self.relative else 0
        return self.spins + 1 + resonances

    @property
    def beats(self) -> int:
        """Number of input frequencies: differences of neighbours."""
        return self.spins - 1

    def __call__(self, systems: Sequence[SpinSystem]) -> Encoded:
        """Encode systems of N spins."""
        for system in systems:
            if len(system) != self.spins:
                raise InputError(f"a model of {self.spins} spins was given {len(system)} spins")
        offsets = np.stack([s.offsets_hz for s in systems])
        couplings = np.abs(np.stack([s.couplings_hz for s in systems]))
        bonds = np.maximum(np.count_nonzero(couplings, axis=(1, 2)), 1)
        j = couplings.sum(axis=(1, 2)) / bonds
        low, high = self.coupling_hz
        scaled_j = (2 * j - low - high) / max(high - low, 1e-9)
        shown = offsets - offsets.mean(axis=1, keepdims=True) if self.relative else offsets
        theta = np.concatenate([shown / self.offset_hz, scaled_j[:, None]], axis=1)
        if self.relative:
            apart = np.concatenate([np.diff(offsets, axis=1), offsets[:, 2:] - offsets[:, :-2]], axis=1)
            theta = np.concatenate([theta, *_mixing(apart, j[:, None])], axis=1)
        return Encoded(theta, offsets, _weights(systems, self.spins), np.diff(offsets, axis=1))


@dataclass(frozen=True)
class GeneralEncoding:
    """θ = [Ω, upper triangle of J, presence] of any system of at most ``spins`` spins, in file order.

    Absent spins have zeros. J is over ``coupling_hz`` (largest); an absent bond is zero. With ``relative`` the offsets
    enter minus their mean, and θ also holds D/R and J/R of every bond.
    """

    spins: int
    offset_hz: float
    coupling_hz: tuple[float, float]
    relative: bool = False

    @property
    def inputs(self) -> int:
        """Length of θ."""
        pairs = self.spins * (self.spins - 1) // 2
        return 2 * self.spins + pairs * (3 if self.relative else 1)

    @property
    def beats(self) -> int:
        """Number of input frequencies: each spin against the mean."""
        return self.spins

    def __call__(self, systems: Sequence[SpinSystem]) -> Encoded:
        """Encode systems of up to ``spins`` spins."""
        offsets = np.zeros((len(systems), self.spins))
        shown, present = np.zeros_like(offsets), np.zeros_like(offsets)
        couplings = np.zeros((len(systems), self.spins, self.spins))
        for row, system in enumerate(systems):
            n = len(system)
            if n > self.spins:
                raise InputError(f"a model of at most {self.spins} spins was given {n} spins")
            offsets[row, :n], present[row, :n] = system.offsets_hz, 1.0
            couplings[row, :n, :n] = system.couplings_hz
            shown[row, :n] = system.offsets_hz - (system.offsets_hz.mean() if self.relative else 0.0)
        one, two = np.triu_indices(self.spins, 1)
        upper = couplings[:, one, two]
        theta = np.concatenate([shown / self.offset_hz, upper / self.coupling_hz[1], present], axis=1)
        if self.relative:
            bond = upper != 0
            theta = np.concatenate(
                [theta, *(x * bond for x in _mixing(offsets[:, two] - offsets[:, one], upper))], axis=1
            )
        mean = offsets.sum(axis=1, keepdims=True) / present.sum(axis=1, keepdims=True)
        return Encoded(theta, offsets, _weights(systems, self.spins), (offsets - mean) * present)


def _weights(systems: Sequence[SpinSystem], spins: int) -> np.ndarray:
    weight = np.zeros((len(systems), spins))
    for row, system in enumerate(systems):
        observed = list(system.observed_spins)
        weight[row, observed] = 1 / len(observed)
    return weight


def _mixing(difference_hz: np.ndarray, coupling_hz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """D/R and J/R, both zero where D = J = 0."""
    r = np.maximum(np.hypot(difference_hz, coupling_hz), 1e-12)
    return difference_hz / r, np.broadcast_to(coupling_hz, difference_hz.shape) / r
