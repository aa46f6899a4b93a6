"""A method as a subject: windows and a grid in, paths out, each with the cost that it had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.faults import Fault
from harness.tasks.kstep.integrators.base import Integrator, run
from harness.tasks.kstep.integrators.rattle import Rattle
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.methods import Setting, make
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.answers import reference_path
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.units import FS
from harness.tasks.kstep.window import MacroGrid, Signals, Window


@dataclass(frozen=True)
class Method:
    """An integrator by its name, on live quantum forces.

    ``fault`` alters it; ``warm`` starts each SCF from the last one, for long runs; ``accuracy`` is that of the SCF;
    ``factory`` makes the integrator in place of the method of this name.
    """

    name: str
    found: Resolution
    weights: FilePath | None = None
    fault: Fault | None = None
    warm: bool = False
    accuracy: float | None = None
    factory: Callable[[Setting], Integrator] | None = None

    def integrator(self, molecule: Molecule, k: int) -> Integrator:
        """Set up for a molecule and k base steps."""
        quantum = self.found.force(molecule, self.warm, self.accuracy)
        setting = Setting(molecule, quantum, Step(k), self.weights)
        made = make(self.name, setting) if self.factory is None else self.factory(setting)
        if self.fault is None:
            return made
        assert isinstance(made, Respa), f"faults are made of RESPA, not of {self.name}"
        return self.fault.apply(made, setting)

    def predict(self, windows: Sequence[Window], grid: MacroGrid) -> list[Signals]:
        """The path of each window."""
        answers = []
        for window in windows:
            integrator = self.integrator(window.molecule, grid.k)
            self._check(integrator, grid)
            start = integrator.prepared(window.start) if isinstance(integrator, Rattle) else window.start
            path = run(integrator, start, grid.points - 1, bonds_of(window.molecule))
            answers.append(Signals.of(path, grid))
        return answers

    def _check(self, integrator: Integrator, grid: MacroGrid) -> None:
        """Refuse an integrator whose macro step is not that of the grid (a seeded fault may be just that)."""
        if self.fault is None and abs(integrator.dt_ps - grid.step) > 1e-9:
            raise InputError(
                f"{self.name}: its macro step of {integrator.dt_ps / FS:g} fs is not that of the grid, "
                f"{grid.step / FS:g} fs; run it with 'harness kstep integrate'"
            )


@dataclass(frozen=True)
class Truth:
    """The reference path: velocity Verlet of 0.25 fs on GFN2-xTB, from the cache or live."""

    found: Resolution

    def predict(self, windows: Sequence[Window], grid: MacroGrid) -> list[Signals]:
        """The path of each window, at the macro steps of the grid."""
        answers = []
        for window in windows:
            length_fs = int(np.ceil(grid.step * (grid.points - 1) * 1e3 - 1e-9))
            path = reference_path(self.found, window.molecule, window.start, length_fs)
            answers.append(Signals.of(path, grid, stride_of(grid)))
        return answers


def stride_of(grid: MacroGrid) -> int:
    """States of a reference path, one every femtosecond, for each macro step."""
    if grid.k % 4:
        raise InputError(f"k = {grid.k}: reference paths have a state every femtosecond, so that k must be 4, 8, 12, …")
    return grid.k // 4


def bonds_of(molecule: Molecule) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of bonded atoms (B, 2) and their lengths (B,) in nm at the molecule's geometry."""
    pairs = np.array([(i, j) for i, j, _ in molecule.bonds])
    x = molecule.positions_nm
    return pairs, np.linalg.norm(x[pairs[:, 0]] - x[pairs[:, 1]], axis=1)
