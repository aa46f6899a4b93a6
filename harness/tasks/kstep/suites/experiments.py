"""What the suites measure, as plain rows; nothing here judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from harness.tasks.kstep.integrators.base import Path, run
from harness.tasks.kstep.integrators.rattle import Rattle
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.integrators.thermostat import Thermostatted
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.library import load
from harness.tasks.kstep.linear_map import (
    linear_map,
    normal_modes,
    reduced,
    respa_matrix,
    verlet_matrix,
    verlet_shift_cm,
    vibrations,
)  # fmt: skip
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.minimum import hessian
from harness.tasks.kstep.references.answers import hessian_at
from harness.tasks.kstep.subjects import Method, Truth, bonds_of
from harness.tasks.kstep.units import BASE_DT_PS
from harness.tasks.kstep.window import MacroGrid, Window

SPECTRUM_PS = 4.0


@dataclass(frozen=True)
class MapRow:
    """What a macro step adds to the shift of the base step, largest over the modes in cm⁻¹, and max |λ| - 1."""

    molecule: str
    method: str
    k: int
    shift_cm: float
    mode_cm: float
    growth: float


def map_row(method: Method, name: str, k: int) -> MapRow | None:
    """The linear map of a method at the minimum of a molecule; None for what is neither Verlet nor RESPA."""
    molecule = load(name)
    integrator = method.integrator(molecule, k)
    positions, masses = molecule.positions_nm, molecule.masses_da
    quantum = hessian_at(method.found, molecule)
    exact, _ = normal_modes(quantum, positions, masses)
    space = vibrations(positions, masses)
    curvature = reduced(quantum, masses, space)
    if isinstance(integrator, Respa):
        inner = reduced(hessian(integrator.inner, positions), masses, space)
        matrix = respa_matrix(curvature, inner, integrator.inner_dt_ps, integrator.k)
    elif isinstance(integrator, VelocityVerlet) and np.array_equal(integrator.masses_da, masses):
        matrix = verlet_matrix(curvature, integrator.dt_ps)
    else:
        return None
    found = linear_map(matrix, integrator.dt_ps)
    beyond = np.abs(found.frequencies_cm - exact - verlet_shift_cm(exact, BASE_DT_PS))
    worst = int(np.argmax(beyond))
    return MapRow(name, method.name, k, float(beyond[worst]), float(exact[worst]), found.largest_modulus - 1)


@dataclass(frozen=True)
class JumpRow:
    """Median errors over the windows of one method, with its cost for each ps, the runs that failed, and the steps that
    were made again or replaced."""

    method: str
    k: int
    position_1_nm: float
    position_10_nm: float
    position_end_nm: float
    bonds_nm: float
    calls_per_ps: float
    seconds_per_ps: float
    failed: int
    retries: int = 0
    fallbacks: int = 0


def jump_row(method: Method, windows: Sequence[Window], grid: MacroGrid) -> JumpRow:
    """Errors against the reference over the grid, and cost."""
    truths = Truth(method.found).predict(windows, grid)
    start = perf_counter()
    answers = method.predict(windows, grid)
    seconds = perf_counter() - start
    length_ps = len(windows) * grid.step * (grid.points - 1)
    errors = {
        key: float(np.median([METRICS[key].of(a, t, w) for a, t, w in zip(answers, truths, windows, strict=True)]))
        for key in ("position_1", "position_10", "position_end", "bonds")
    }
    return JumpRow(
        method=method.name,
        k=grid.k,
        position_1_nm=errors["position_1"],
        position_10_nm=errors["position_10"],
        position_end_nm=errors["position_end"],
        bonds_nm=errors["bonds"],
        calls_per_ps=sum(answer.qm_calls for answer in answers) / length_ps,
        seconds_per_ps=seconds / length_ps,
        failed=sum(bool(answer.fault) for answer in answers),
        retries=sum(answer.retries for answer in answers),
        fallbacks=sum(answer.fallbacks for answer in answers),
    )


def energy_path(method: Method, window: Window, k: int, length_ps: float) -> Path:
    """A constant-energy run, each SCF from the last one."""
    integrator = replace(method, warm=True).integrator(window.molecule, k)
    start = integrator.prepared(window.start) if isinstance(integrator, Rattle) else window.start
    return run(integrator, start, round(length_ps / integrator.dt_ps), bonds_of(window.molecule))


def thermostatted(method: Method, window: Window, k: int, length_ps: float, seed: int) -> Path:
    """A Langevin run on the method's own surface, whose temperature is judged: BAOAB around each macro step.

    Half of the Ornstein-Uhlenbeck step before the macro step and half behind it.
    """
    integrator = Thermostatted(replace(method, warm=True).integrator(window.molecule, k), window.temperature_k, seed)
    return run(integrator, window.start, round(length_ps / integrator.dt_ps), bonds_of(window.molecule))
