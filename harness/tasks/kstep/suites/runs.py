"""Long runs, each made once: several suites judge the same ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.library import load
from harness.tasks.kstep.linear_map import normal_modes
from harness.tasks.kstep.measure.drift import Drift, drift, slope
from harness.tasks.kstep.measure.spectrum import cold_start, mode_peaks_cm
from harness.tasks.kstep.references.answers import hessian_at
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import SPECTRUM_PS, energy_path, thermostatted
from harness.tasks.kstep.suites.plan import Plan
from harness.tasks.kstep.window import Window


@dataclass(frozen=True, eq=False)
class EnergyRuns:
    """Constant-energy runs of a method from several starts: the slopes of those that ended well, and the cost."""

    slopes: tuple[float, ...]
    drift: Drift
    calls_per_ps: float


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of a tier, on windows (molecule → thermal starts) that were drawn for this run."""

    plan: Plan
    windows: Mapping[str, list[Window]]
    seed: int
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False)

    def energy(self, method: Method, molecule: str, k: int, starts: int) -> EnergyRuns:
        """Constant-energy runs from the first ``starts`` windows; a run that was made for more starts is used."""
        paths = [
            self._once(
                ("energy", method.name, molecule, k, number),
                lambda window=window: energy_path(method, window, k, self.plan.nve_ps),
            )
            for number, window in enumerate(self.windows[molecule][:starts])
        ]
        slopes = tuple(slope(path)[0] for path in paths if not path.fault)
        length = sum(path.times_ps[-1] for path in paths)
        return EnergyRuns(slopes, drift(paths), sum(path.qm_calls for path in paths) / max(length, 1e-9))

    def thermal(self, method: Method, molecule: str, k: int) -> Path:
        """A Langevin run from the first window."""
        window = self.windows[molecule][0]
        return self._once(
            ("thermal", method.name, molecule, k),
            lambda: thermostatted(method, window, k, self.plan.langevin_ps, self.seed),
        )

    def cold(self, method: Method, molecule: str, k: int) -> Path:
        """A run from the minimum with little energy in every normal mode."""
        modes = self.modes(method, molecule)
        one = load(molecule)
        start = cold_start(one.positions_nm, modes, one.masses_da, 300.0)
        window = Window(f"{molecule} cold", one, start.positions_nm, start.velocities_nm_ps)
        return self._once(("cold", method.name, molecule, k), lambda: energy_path(method, window, k, SPECTRUM_PS))

    def base(self, method: Method, molecule: str) -> Path:
        """The same run by velocity Verlet of 0.25 fs."""
        return self.cold(Method("verlet", method.found), molecule, 1)

    def modes(self, method: Method, molecule: str) -> np.ndarray:
        """The normal modes of GFN2-xTB, (M, N, 3), by ascending wavenumber."""
        one = load(molecule)
        quantum = hessian_at(method.found, one)
        return self._once(("modes", molecule), lambda: normal_modes(quantum, one.positions_nm, one.masses_da)[1])

    def shifts_cm(self, method: Method, molecule: str, k: int) -> np.ndarray:
        """Peaks of all modes after the cold start minus those of small steps, (M,) in cm⁻¹; inf if the run ended."""
        modes, masses = self.modes(method, molecule), load(molecule).masses_da
        path = self.cold(method, molecule, k)
        if path.fault:
            return np.full(len(modes), np.inf)
        return mode_peaks_cm(path, modes, masses) - mode_peaks_cm(self.base(method, molecule), modes, masses)

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]
