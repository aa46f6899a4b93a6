"""Temperature of each element: twice its kinetic energy over k_B times its degrees of freedom.

The degrees of freedom are those that rigid motion leaves (see :mod:`harness.tasks.kstep.rigid`), not 3 for each atom.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.measure.drift import mean_and_error
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.rigid import degrees_of_freedom, per_element
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K

EVERY = 10
"""The degrees of freedom depend only weakly on the geometry: every tenth state is sufficient for their mean."""
BLOCKS = 40
"""In 40 ps each has 1 ps, ten relaxation times of the thermostat. The standard error of their mean is known to 11 %,
where that of ten blocks is known to 24 % only."""


def temperatures_k(path: Path, molecule: Molecule, masses_da: np.ndarray) -> dict[str, tuple[float, float]]:
    """Element -> mean temperature and its standard error by block averages, both in K."""
    freedoms = np.mean([degrees_of_freedom(x, masses_da) for x in path.positions_nm[::EVERY]], axis=0)
    due = per_element(freedoms, molecule.elements)
    twice = masses_da * (path.velocities_nm_ps**2).sum(axis=2)
    found = {}
    for element, freedom in due.items():
        mine = [atom for atom, name in enumerate(molecule.elements) if name == element]
        series = twice[:, mine].sum(axis=1) / (BOLTZMANN_KJ_MOL_K * freedom)
        blocks = [block.mean() for block in np.array_split(series, min(BLOCKS, len(series)))]
        found[element] = (float(series.mean()), mean_and_error(blocks)[1])
    return found


def worst_deviation(temperatures: dict[str, tuple[float, float]], wanted_k: float) -> tuple[str, float, float]:
    """The element that is furthest off in units of what is allowed, its relative deviation, and the allowed one:
    the larger of 2 % and three standard errors."""

    def ratio(element: str) -> float:
        mean, error = temperatures[element]
        return abs(mean - wanted_k) / max(0.02 * wanted_k, 3 * error)

    worst = max(temperatures, key=ratio)
    mean, error = temperatures[worst]
    return worst, abs(mean / wanted_k - 1), max(0.02, 3 * error / wanted_k)


def naive_temperatures_k(velocities: np.ndarray, elements: Sequence[str], masses_da: np.ndarray) -> dict[str, float]:
    """What three degrees of freedom for each atom would give: the control that must fail."""
    twice = masses_da * (velocities**2).sum(axis=2).mean(axis=0)
    counts = per_element(np.ones(len(elements)), elements)
    return {name: e / (3 * counts[name] * BOLTZMANN_KJ_MOL_K) for name, e in per_element(twice, elements).items()}
