"""The systems of the experiments, drawn from stated ranges and seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid
from harness.tasks.spins.systems.topologies import TOPOLOGIES, edges_of, system_of

TRAINED_COUPLINGS_HZ = (5.0, 20.0)
TRAINED_OFFSET_HZ = 250.0
STRONG_OFFSET_HZ = 30.0
"""Offsets of the order of the couplings, so that all couplings are strong."""


@dataclass(frozen=True)
class Regime:
    """A population of systems: topology, size, ranges, and the time grid on which they are computed.

    Offsets are uniform in ±``offset_hz``; if ``offset_from_hz`` is positive their absolute values are uniform in
    ``offset_from_hz`` … ``offset_hz`` instead. Couplings are uniform in ``couplings_hz`` on every edge; all edges have
    the same coupling if ``one_coupling``.
    """

    name: str
    spins: int
    kind: str = "chain"
    couplings_hz: tuple[float, float] = TRAINED_COUPLINGS_HZ
    offset_hz: float = TRAINED_OFFSET_HZ
    offset_from_hz: float = 0.0
    grid: TimeGrid = STANDARD_GRID
    one_coupling: bool = False

    @property
    def size(self) -> int:
        """:attr:`spins`, under its name in :class:`harness.task.Population`."""
        return self.spins

    def draw(self, count: int, seed: int) -> list[SpinSystem]:
        """``count`` systems; the i-th depends only on the regime's ranges, ``seed`` and i, not on ``count``."""
        streams = np.random.SeedSequence([seed, self.spins]).spawn(count)
        return [self._one(np.random.default_rng(stream)) for stream in streams]

    def _one(self, rng: np.random.Generator) -> SpinSystem:
        # Edges are drawn from a separate stream, so that the i-th chain, ring, star and tree of a seed share offsets.
        edges = edges_of(self.kind, self.spins, rng.spawn(1)[0])
        offsets = rng.uniform(-self.offset_hz, self.offset_hz, self.spins)
        couplings = rng.uniform(*self.couplings_hz, size=1 if self.one_coupling else len(edges))
        system = system_of(edges, offsets, couplings)
        if self.offset_from_hz:
            size = rng.uniform(self.offset_from_hz, self.offset_hz, self.spins)
            system = system.with_(offsets_hz=np.copysign(size, system.offsets_hz))
        return system.with_(name=self.name)

    def within(self, domain: Any) -> bool:
        """True if these ranges are inside a model's stated domain (limits named as in
        ``harness.tasks.spins.surrogates.domain``).
        """
        low, high = domain.coupling_hz
        return (
            low <= self.couplings_hz[0]
            and self.couplings_hz[1] <= high
            and self.offset_hz <= domain.offset_hz
            and domain.spins[0] <= self.spins <= domain.spins[1]
            and self.grid.horizon_s <= domain.horizon_s * (1 + 1e-9)
        )

    def sized(self, spins: int) -> Regime:
        """The same regime with another number of spins."""
        return replace(self, spins=spins)


def chains(spins: int) -> Regime:
    """Chains of the trained ranges (5-20 Hz, ±250 Hz, 30 ms)."""
    return Regime(f"chain-{spins}", spins)


def topologies(spins: int) -> list[Regime]:
    """Chain, ring, star and random tree with the same ranges."""
    return [Regime(f"{kind}-{spins}", spins, kind) for kind in TOPOLOGIES]


def shifted_regimes(spins: int, larger: int, longer: TimeGrid) -> list[Regime]:
    """First the regime in distribution, then one regime outside it for each of J, offsets, size and horizon.

    The larger offsets are far below 1/(2 dt) of the standard grid.
    """
    inside = Regime("in distribution", spins)
    return [
        inside,
        replace(inside, name="J 1-5 Hz", couplings_hz=(1.0, 5.0)),
        replace(inside, name="J 20-35 Hz", couplings_hz=(20.0, 35.0)),
        replace(inside, name="offsets 250-500 Hz", offset_from_hz=250.0, offset_hz=500.0),
        replace(inside, name=f"N = {larger}", spins=larger),
        replace(inside, name=f"horizon {longer.horizon_s * 1e3:.0f} ms", grid=longer),
    ]
