"""Where a model was trained, as limits that a system can be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from harness.surrogates.base import DomainCheck
from harness.tasks.spins.systems import SpinSystem, TimeGrid

ROUNDING = 1e-9
"""Relative slack of every limit: a system on the limit is inside."""
UNBRANCHED = 2
"""Most bonds of a spin in chains and rings."""


@dataclass(frozen=True)
class Domain:
    """Limits of the training systems.

    Parameters
    ----------
    offset_hz
        Largest |offset| from the carrier.
    coupling_hz
        Smallest and largest |J| of a bond between spins of one isotope; couplings between others never flip spins.
    spins
        Smallest and largest N.
    degree
        Largest number of bonds of one spin.
    horizon_s
        Last time of the training grid.
    topologies
        Coupling graphs: "any", or "chain" (spin k bound to k+1 and to no other).
    uniform_coupling
        All bonds of a system have one J.
    isotopes
        Largest number of different isotopes.
    """

    offset_hz: float
    coupling_hz: tuple[float, float]
    spins: tuple[int, int]
    degree: int
    horizon_s: float
    topologies: str = "any"
    uniform_coupling: bool = False
    isotopes: int = 1

    def check(self, system: SpinSystem, grid: TimeGrid) -> DomainCheck:
        """The limits that a system exceeds, and by how much in the limit's unit."""
        exceeded: dict[str, float] = {}

        def over(name: str, value: float, limit: float) -> None:
            if value > limit * (1 + ROUNDING):
                exceeded[name] = float(value - limit)

        def under(name: str, value: float, limit: float) -> None:
            if value < limit * (1 - ROUNDING):
                exceeded[name] = float(value - limit)

        n = len(system)
        isotopes = np.array(system.isotopes)
        bonds = np.abs(np.where(isotopes[:, None] == isotopes, system.couplings_hz, 0.0)[np.triu_indices(n, 1)])
        bonds = bonds[bonds > 0]
        over("offset_hz", float(np.max(np.abs(system.offsets_hz))), self.offset_hz)
        if len(bonds):
            under("coupling_hz", float(bonds.min()), self.coupling_hz[0])
            over("coupling_hz", float(bonds.max()), self.coupling_hz[1])
        under("spins", n, self.spins[0])
        over("spins", n, self.spins[1])
        degree = int(np.max(np.sum(system.couplings_hz != 0, axis=1)))
        over("degree", degree, self.degree)
        over("horizon_s", grid.horizon_s, self.horizon_s)
        over("isotopes", len(set(system.isotopes)), self.isotopes)
        if self.topologies == "chain":
            expected = np.eye(n, k=1, dtype=bool) | np.eye(n, k=-1, dtype=bool)
            wrong = int(np.sum((system.couplings_hz != 0) != expected)) // 2
            if wrong:
                exceeded["bonds_off_chain"] = float(wrong)
            if system.tagged_spin:
                exceeded["tagged_spin"] = float(system.tagged_spin)
        if self.uniform_coupling and len(bonds):
            over("coupling_spread_hz", float(np.ptp(bonds)), 1e-9)
        return DomainCheck(exceeded)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "coupling_hz": list(self.coupling_hz), "spins": list(self.spins)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Domain:
        """Back from :meth:`as_dict`."""
        coupling, spins = values["coupling_hz"], values["spins"]
        return cls(**{**values, "coupling_hz": (coupling[0], coupling[1]), "spins": (spins[0], spins[1])})
