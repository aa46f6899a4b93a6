"""All methods at equal numbers of quantum calls: drift, temperature, spectrum; and what equal quality costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.library import load
from harness.tasks.kstep.measure.temperature import temperatures_k, worst_deviation
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import map_row
from harness.tasks.kstep.suites.runs import Runs
from harness.tasks.kstep.window import Window

NO_THERMOSTAT = ("rattle",)
"""Methods whose bonds of fixed length the thermostat does not keep."""
STEPS = (16, 12, 8, 6, 4, 3, 2, 1)
ROUNDS = 5
ROUND_PS = 0.1


@dataclass(frozen=True)
class FrontRow:
    """One method: what it costs, and the three numbers by which it is compared; infinite where a run ended early.

    ``drift`` is |mean slope| + 2 standard errors in kJ/mol/ps, NaN where no quantum energy is computed;
    ``temperature`` the largest deviation of an element over what is allowed, NaN where there is no thermostat;
    ``spectrum_cm`` the largest shift of a peak.
    """

    method: str
    k: int
    calls_per_ps: float
    drift: float
    mean_slope: float
    standard_error: float
    fluctuation_kj_mol: float
    temperature: float
    spectrum_cm: float
    failed: int

    def beyond(self, targets: Mapping[str, float]) -> tuple[float, ...]:
        """The three numbers, a target where it is met and infinity where a number is not known."""
        values = {name: getattr(self, name) for name in targets}
        return tuple(max(value, targets[name]) if np.isfinite(value) else np.inf for name, value in values.items())


def front_row(runs: Runs, method: Method, molecule: str, k: int, starts: int) -> FrontRow:
    """The row of a method.

    Raises
    ------
    InputError
        If the method is not made for this molecule.
    """
    found = runs.energy(method, molecule, k, starts)
    one = found.drift
    determined = one.determined
    return FrontRow(
        method.name, k, found.calls_per_ps, one.bound if determined else np.nan, one.mean, one.standard_error,
        one.rms_kj_mol, _temperature(runs, method, molecule, k),
        float(np.abs(runs.shifts_cm(method, molecule, k)).max()), one.failed,
    )  # fmt: skip


def _temperature(runs: Runs, method: Method, molecule: str, k: int) -> float:
    if method.name in NO_THERMOSTAT:
        return float("nan")
    path, one = runs.thermal(method, molecule, k), load(molecule)
    if path.fault:
        return float("inf")
    masses = method.integrator(one, k).masses_da
    _, deviation, allowed = worst_deviation(temperatures_k(path, one, masses), 300.0)
    return deviation / allowed


def dominators(rows: Sequence[FrontRow], mine: FrontRow, targets: Mapping[str, float]) -> list[FrontRow]:
    """Methods with no more quantum calls that are better in one of the three numbers, and worse in none.

    Numbers that meet their target are equal: below it they differ by the scatter of the runs.
    """
    rivals = [row for row in rows if row.method != mine.method and row.calls_per_ps <= 1.01 * mine.calls_per_ps]
    ours = mine.beyond(targets)
    return [
        row
        for row, theirs in ((row, row.beyond(targets)) for row in rivals)
        if theirs != ours and all(one <= other for one, other in zip(theirs, ours, strict=True))
    ]


def largest_k(method: Method, molecule: str, shift_cm: float) -> int:
    """The largest number of base steps whose linear map is stable and shifts no mode by more than ``shift_cm``."""
    for k in STEPS:
        row = map_row(method, molecule, k)
        if row is None:
            raise InputError(f"{method.name} has no linear map in closed form")
        if row.shift_cm <= shift_cm and row.growth <= 1e-9:
            return k
    return STEPS[-1]


def seconds_per_ps(methods: Sequence[tuple[Method, int]], window: Window) -> np.ndarray:
    """Wall time for each ps of dynamics, (methods, rounds): the methods in turn, so that all meet the same machine.

    Other programs only make a round longer: the shortest one is the time of a method.
    """
    made = [replace(method, warm=True).integrator(window.molecule, k) for method, k in methods]
    found = np.empty((len(made), ROUNDS))
    for one in made:
        run(one, window.start, 1)
    for number in range(ROUNDS):
        for place, one in enumerate(made):
            steps = round(ROUND_PS / one.dt_ps)
            begun = perf_counter()
            run(one, window.start, steps)
            found[place, number] = (perf_counter() - begun) / (steps * one.dt_ps)
    return found
