"""Measurements of spin-graph beyond its training: ``python -m
harness.tasks.spins.surrogates.spin_graph.beyond_training``.

The network was trained on protons, few spins and 30 ms; beyond these limits the clusters give the answer, and the
estimate and the second opinion decide whether it is correct. That this holds is measured on the systems of ``ROWS``, on
30 ms and on 100 ms, against ``exact`` or, where that takes too long, against clusters of nine spins. measured.py states
how far they reach (tests/surrogates/test_spin_graph_domain.py compares the two; docs/spin-graph.md has the
table).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.tasks.spins.references import reference
from harness.tasks.spins.surrogates.spin_graph.domain_test import GRIDS, POPULATIONS, judged, line, random_system
from harness.tasks.spins.surrogates.spin_graph.measured import MEASURED
from harness.tasks.spins.systems import SpinSystem

ISOTOPES = ("1H", "13C", "15N", "19F", "29Si", "31P")


@dataclass(frozen=True)
class Row:
    """``each`` systems of every population for every size, and their reference."""

    name: str
    populations: tuple[str, ...]
    sizes: tuple[int, ...]
    each: int
    truth: str = "exact"
    options: Mapping[str, Any] | None = None

    def systems(self, seed: int = MEASURED.seed) -> list[SpinSystem]:
        """The systems; each depends on the seed, its population, its size and its number alone."""
        return [
            drawn(population, np.random.default_rng([seed, number, size, k]), size)
            for number, population in enumerate(self.populations)
            for size in self.sizes
            for k in range(self.each)
        ]


ROWS = (
    Row("ten spins", POPULATIONS, (10,), 15),
    Row("twelve spins", POPULATIONS, (12,), 4),
    Row("hubs of nine bonds", ("hub",), (11,), 30),
    Row("six isotopes", ("six isotopes",), (9,), 60),
    Row("chains and rings", ("chains and rings",), (16, 20), 20, "cluster", {"size": 9}),
)


def drawn(population: str, rng: np.random.Generator, size: int) -> SpinSystem:
    """A system of one of the populations of the domain test, or of the two that are measured here alone."""
    if population == "chains and rings":
        offsets = rng.uniform(-1, 1, size) * 10 ** rng.uniform(1.4, 2.4)
        couplings = np.diag(rng.uniform(5, 20, size - 1), 1)
        couplings[0, -1] = rng.uniform(5, 20) * (rng.random() < 0.5)
        return SpinSystem(offsets, couplings + couplings.T, name=f"{population}-{size}")
    if population != "six isotopes":
        return random_system(population, rng, size)
    system = random_system("graph", rng, size)
    isotopes = [*ISOTOPES, *["1H"] * (size - len(ISOTOPES))]
    names = np.array(isotopes)
    factor = np.where(names[:, None] == names, 1.0, rng.uniform(1, 8))
    return system.with_(isotopes=isotopes, couplings_hz=system.couplings_hz * factor, name=f"{population}-{size}")


def main(chosen: Sequence[Row] = ROWS) -> None:
    """Measure and print, as the domain test does."""
    from harness.tasks.spins.surrogates.spin_graph import load

    surrogate = load()
    for label, grid in GRIDS.items():
        for row in chosen:
            truth = reference(row.truth, **(row.options or {}))
            print(line(f"{row.name} {label}", judged(surrogate, row.systems(), grid, truth)), flush=True)


if __name__ == "__main__":
    main()
