"""A method as a subject: windows and a grid in, paths out, each with the cost that it had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import gcd
from pathlib import Path as FilePath

import numpy as np

from harness.tasks.kstep.integrators.base import Integrator, run
from harness.tasks.kstep.integrators.rattle import Rattle
from harness.tasks.kstep.methods import Setting, make, step_of
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.answers import STRIDE, reference_path
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.units import FS
from harness.tasks.kstep.window import MacroGrid, Signals, Window


@dataclass(frozen=True)
class Method:
    """An integrator by its name, on live quantum forces.

    ``warm`` starts each SCF from the last one, for long runs; ``accuracy`` is that of the SCF; ``factory`` makes the
    integrator in place of the method of this name.
    """

    name: str
    found: Resolution
    weights: FilePath | None = None
    warm: bool = False
    accuracy: float | None = None
    factory: Callable[[Setting], Integrator] | None = None

    def integrator(self, molecule: Molecule, k: int) -> Integrator:
        """Set up for a molecule and k base steps."""
        quantum = self.found.force(molecule, self.warm, self.accuracy)
        setting = Setting(molecule, quantum, step_of(self.name, k), self.weights)
        return make(self.name, setting) if self.factory is None else self.factory(setting)

    def predict(self, windows: Sequence[Window], grid: MacroGrid) -> list[Signals]:
        """The path of each window."""
        answers = []
        method = self if grid.accuracy is None else replace(self, accuracy=grid.accuracy, warm=False)
        for window in windows:
            integrator = method.integrator(window.molecule, grid.k)
            other = self._other_step(integrator, grid)
            start = integrator.prepared(window.start) if isinstance(integrator, Rattle) else window.start
            path = run(integrator, start, grid.points - 1, bonds_of(window.molecule))
            answers.append(Signals.of(path if path.fault else replace(path, fault=other), grid))
        return answers

    def _other_step(self, integrator: Integrator, grid: MacroGrid) -> str:
        """What is wrong with an integrator whose macro step is not that of the grid, "" if it is."""
        if abs(integrator.dt_ps - grid.step) <= 1e-9:
            return ""
        return f"its macro step of {integrator.dt_ps / FS:g} fs is not that of the grid, {grid.step / FS:g} fs"


@dataclass(frozen=True)
class Truth:
    """The reference path: velocity Verlet of 0.25 fs on GFN2-xTB, from the cache or live."""

    found: Resolution

    def predict(self, windows: Sequence[Window], grid: MacroGrid) -> list[Signals]:
        """The path of each window, at the macro steps of the grid."""
        answers = []
        for window in windows:
            length_fs = int(np.ceil(grid.step * (grid.points - 1) * 1e3 - 1e-9))
            stride = gcd(grid.k, STRIDE)
            path = reference_path(self.found, window.molecule, window.start, length_fs, stride)
            answers.append(Signals.of(path, grid, grid.k // stride))
        return answers


def bonds_of(molecule: Molecule) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of bonded atoms (B, 2) and their lengths (B,) in nm at the molecule's geometry."""
    pairs = np.array([(i, j) for i, j, _ in molecule.bonds])
    x = molecule.positions_nm
    return pairs, np.linalg.norm(x[pairs[:, 0]] - x[pairs[:, 1]], axis=1)
