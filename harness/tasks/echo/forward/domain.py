"""The systems like those of a training: labels of systems as a table, and whether each lies in the trained ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from harness.tasks.echo.labels import Prior
from harness.tasks.echo.offsets import DrawnOffsets
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.recipe import CurveRecipe
from harness.tasks.echo.system import EchoSystem

SMALLEST_RATE = 1e-300
"""A dissipation of 0 counts as this, so that its logarithm is finite; it lies outside of every range."""
_COLUMNS = {
    "alpha": lambda system: abs(system.strength),
    "xi": lambda system: system.kernel.length,
    "p": lambda system: system.kernel.exponent,
    "d": lambda system: system.dissipation,
}


@dataclass(frozen=True)
class TrainingDomain:
    """Kernel, coupling, lattice and line of ``recipe`` (plain values), and the ranges of the labels in ``prior``."""

    prior: Prior
    recipe: Mapping[str, Any]

    @cached_property
    def made(self) -> CurveRecipe:
        """The recipe of the curves of the training."""
        return CurveRecipe.from_dict(self.recipe)

    @property
    def plan(self) -> EchoPlan:
        """Their plan."""
        return self.made.plan

    def labels(self, systems: Sequence[EchoSystem]) -> np.ndarray:
        """(n, V) the labels of systems in the order of the prior, column by column."""
        table = np.empty((len(systems), len(self.prior.keys)))
        for place, key in enumerate(self.prior.keys):
            of = _COLUMNS[key]
            table[:, place] = [of(system) for system in systems]
            if key == "d":
                table[:, place] = -np.log10(np.maximum(table[:, place], SMALLEST_RATE))
        return table

    def contains(self, systems: Sequence[EchoSystem]) -> np.ndarray:
        """(n,) bool: which systems are like those of the training."""
        unit = self.prior.to_unit(self.labels(systems))
        inside = np.all((unit >= 0) & (unit <= 1), axis=1)
        return inside & np.array([self._alike(system) for system in systems], dtype=bool)

    def _alike(self, system: EchoSystem) -> bool:
        made, offsets = self.made, system.offsets
        return (
            system.kernel.family == made.family
            and system.kernel.normalised == made.normalised
            and system.coupling == made.coupling
            and system.side == made.side
            and not (isinstance(offsets, DrawnOffsets) and offsets.line != made.line)
        )
