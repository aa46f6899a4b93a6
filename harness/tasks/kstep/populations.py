"""Windows drawn at random: thermal starts of stated molecules at a stated temperature, and the grid they are run on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.domain import Domain
from harness.tasks.kstep.library import SPLIT, load
from harness.tasks.kstep.references.answers import start_state
from harness.tasks.kstep.references.ladder import Resolution, resolve
from harness.tasks.kstep.window import MacroGrid, Window


@dataclass(frozen=True)
class Starts:
    """Thermal starts on GFN2-xTB of the molecules, in turn, at ``temperature_k``."""

    name: str
    molecules: tuple[str, ...]
    temperature_k: float
    grid: MacroGrid

    @property
    def size(self) -> int:
        """Atoms of the largest molecule."""
        return max(len(load(name)) for name in self.molecules)

    def draw(self, count: int, seed: int, found: Resolution | None = None) -> list[Window]:
        """``count`` windows; the i-th depends on ``seed`` and i alone. From the cache, else by live Langevin."""
        found = found if found is not None else resolve()
        return [self.one(found, number, seed) for number in range(count)]

    def within(self, domain: Domain) -> bool:
        """True if a model was trained for every molecule of this population, and up to its temperature."""
        known = {load(name).topology for name in self.molecules} <= domain.topologies
        return known and self.temperature_k <= domain.highest_temperature_k

    def one(self, found: Resolution, number: int, seed: int) -> Window:
        """The window of this number."""
        name = self.molecules[number % len(self.molecules)]
        own = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
        state = start_state(found, load(name), self.temperature_k, own)
        title = f"{name} {self.temperature_k:g} K start {seed}.{number}"
        return Window(title, load(name), state.positions_nm, state.velocities_nm_ps, self.temperature_k)


@dataclass(frozen=True)
class Between:
    """Thermal starts of one molecule, each at a temperature that is drawn evenly between two, in K."""

    name: str
    molecule: str
    lowest_k: float
    highest_k: float
    grid: MacroGrid

    @property
    def size(self) -> int:
        """Atoms of the molecule."""
        return len(load(self.molecule))

    def draw(self, count: int, seed: int, found: Resolution | None = None) -> list[Window]:
        """``count`` windows, independent and of one distribution; the i-th depends on ``seed`` and i alone."""
        found = found if found is not None else resolve()
        windows = []
        for number in range(count):
            kelvin = float(np.random.default_rng([seed, number]).uniform(self.lowest_k, self.highest_k))
            windows.append(Starts(self.name, (self.molecule,), kelvin, self.grid).one(found, number, seed))
        return windows

    def within(self, domain: Domain) -> bool:
        """True if a model was trained for the molecule, and up to the highest temperature."""
        return load(self.molecule).topology in domain.topologies and self.highest_k <= domain.highest_temperature_k


JUDGED = MacroGrid(101, 8)
POPULATIONS = {
    population.name: population
    for population in (
        Starts("methanol", ("methanol",), 300.0, JUDGED),
        Starts("ethanol", ("ethanol",), 300.0, JUDGED),
        Starts("unseen", tuple(SPLIT["test"]), 300.0, JUDGED),
        Starts("large", tuple(SPLIT["large"]), 300.0, JUDGED),
        Starts("hot", ("ethanol",), 600.0, JUDGED),
        Starts("other-k", ("ethanol",), 300.0, MacroGrid(101, 12)),
    )
}
"""Name -> population."""
