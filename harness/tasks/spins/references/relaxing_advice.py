"""Which method for a system that relaxes: the three methods in Liouville space, tried where that is fast.

Errors are distances to the finest method that could be tried: ``liouville-dense`` to 5 spins, else ``liouville-krylov``
where it takes some seconds, else none, and ``liouville-neighbourhoods`` states its own. Methods and surrogates without
relaxation are left out: none of them leaves the relaxation out in silence.
"""

from __future__ import annotations

import time
from dataclasses import replace
from math import comb

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.liouville_dense import LARGEST, LARGEST_LABFRAME
from harness.tasks.spins.references.liouville_krylov import LARGEST as LARGEST_KRYLOV
from harness.tasks.spins.references.option import JUDGE_S, LONGEST_S, STATED, Advice, Option, in_words
from harness.tasks.spins.relaxation.arnoldi import DIMENSION
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.checks import aliased

DENSE, KRYLOV, NEIGHBOURHOODS = "liouville-dense", "liouville-krylov", "liouville-neighbourhoods"
ROUNDING, TOLERANCE = 1e-10, 1e-9
DENSE_S, DENSE_POWER = 5.3e-7, 2.4
"""Seconds of the dense method for D states of coherence order 1: DENSE_S · D^DENSE_POWER (five and six spins)."""
SAMPLE = 16
"""The time of Arnoldi's method is extrapolated from the first 1/16 and 1/8 of the grid."""
STATE_BYTES = 16.0


def advise_relaxing(system: SpinSystem, grid: TimeGrid, error: float) -> Advice:
    """Compare the methods for M of a system that relaxes; see :func:`harness.tasks.spins.references.advice.advise`."""
    answers: dict[str, np.ndarray] = {}
    options = [_dense(system, grid, answers), _krylov(system, grid, answers), _neighbourhoods(system, grid, answers)]
    judge = next((name for name in (DENSE, KRYLOV) if name in answers), "")
    m = next(iter(answers.values()), None)
    ratio = float(np.sqrt(2 / np.mean(np.abs(m) ** 2))) if m is not None else 1.0
    options = [_judged(option, answers, judge, ratio) for option in options]
    usable = [option for option in options if not option.refused and option.error <= error]
    chosen = min(usable, key=lambda option: option.seconds) if usable else None
    ranked = sorted(options, key=lambda option: (bool(option.refused), option.seconds))
    return Advice(tuple(ranked), chosen, ratio, tuple(_reasons(system, grid, error, chosen, options)))


def _dense(system: SpinSystem, grid: TimeGrid, answers: dict[str, np.ndarray]) -> Option:
    whole = system.relaxation is not None and system.relaxation.rlx_keep == "labframe"
    if len(system) > (LARGEST_LABFRAME if whole else LARGEST):
        return _refused(DENSE, system, grid)
    states = 4 ** len(system) if whole else comb(2 * len(system), len(system) - 1)
    seconds, memory = DENSE_S * states**DENSE_POWER, 8 * STATE_BYTES * states**2
    if seconds > JUDGE_S:
        return Option(DENSE, DENSE, ROUNDING, ROUNDING, "rounding", seconds, "estimated", memory)
    return _tried(DENSE, system, grid, answers, memory)


def _krylov(system: SpinSystem, grid: TimeGrid, answers: dict[str, np.ndarray]) -> Option:
    if len(system) > LARGEST_KRYLOV:
        return _refused(KRYLOV, system, grid)
    memory = DIMENSION * STATE_BYTES * comb(2 * len(system), len(system) - 1)
    parts = [grid.prefix(max(2, grid.points // share)) for share in (SAMPLE, SAMPLE // 2)]
    try:
        short, longer = (_seconds_of(KRYLOV, system, part) for part in parts)
    except InputError:
        return _refused(KRYLOV, system, grid)
    per_point = max(0.0, longer - short) / max(1, parts[1].points - parts[0].points)
    seconds = longer + per_point * (grid.points - parts[1].points)
    if seconds > JUDGE_S:
        refused = f"takes {in_words(seconds)}" if seconds > LONGEST_S else ""
        return Option(KRYLOV, KRYLOV, TOLERANCE, TOLERANCE, "by tolerance", seconds, "estimated", memory, refused)
    return _tried(KRYLOV, system, grid, answers, memory)


def _neighbourhoods(system: SpinSystem, grid: TimeGrid, answers: dict[str, np.ndarray]) -> Option:
    method = reference(NEIGHBOURHOODS)
    began = time.perf_counter()
    try:
        found = method.simulate(system, grid, ("m",))
    except InputError as reason:
        return _no_answer(NEIGHBOURHOODS, str(reason))
    seconds = time.perf_counter() - began
    answers[NEIGHBOURHOODS] = found.m
    details = found.provenance.details
    memory = DIMENSION * STATE_BYTES * details["states"]
    relative = float(details["error_estimate"])
    return Option(NEIGHBOURHOODS, NEIGHBOURHOODS, relative, relative, STATED, seconds, "measured", memory)


def _tried(name: str, system: SpinSystem, grid: TimeGrid, answers: dict[str, np.ndarray], memory: float) -> Option:
    began = time.perf_counter()
    answers[name] = reference(name).simulate(system, grid, ("m",)).m
    known = (ROUNDING, "rounding") if name == DENSE else (TOLERANCE, "by tolerance")
    return Option(name, name, known[0], known[0], known[1], time.perf_counter() - began, "measured", memory)


def _seconds_of(name: str, system: SpinSystem, grid: TimeGrid) -> float:
    began = time.perf_counter()
    reference(name).simulate(system, grid, ("m",))
    return time.perf_counter() - began


def _refused(name: str, system: SpinSystem, grid: TimeGrid) -> Option:
    """The option with the method's own reason; it refuses before it computes."""
    try:
        reference(name).simulate(system, grid.prefix(2), ("m",))
    except InputError as reason:
        return _no_answer(name, str(reason))
    return _no_answer(name, "its steps are too long for this grid")


def _no_answer(name: str, reason: str) -> Option:
    return Option(name, name, 1.0, 1.0, "none", 0.0, "none", 0.0, reason.removeprefix(f"method {name!r}: "))


def _judged(option: Option, answers: dict[str, np.ndarray], judge: str, ratio: float) -> Option:
    """RMSE and relative error: against the judge where both were tried, else what the method states."""
    if option.refused:
        return option
    if judge and option.method in answers and option.method != judge:
        apart = answers[option.method] - answers[judge]
        rmse = float(np.sqrt(np.mean(np.abs(apart) ** 2) / 2))
        return replace(option, error=rmse, relative=rmse * ratio, error_source=f"to {judge.removeprefix('liouville-')}")
    return replace(option, error=option.relative / ratio)


def _reasons(
    system: SpinSystem, grid: TimeGrid, error: float, chosen: Option | None, options: list[Option]
) -> list[str]:
    relaxation = system.relaxation
    assert relaxation is not None
    part = f" with rlx_keep {relaxation.rlx_keep!r}" if relaxation.model == "redfield" else ""
    lines = []
    if chosen is None:
        there = [option for option in options if not option.refused]
        best = min(there, key=lambda option: option.error, default=None)
        what = f": the finest is {best.label} with {best.error:.1e}; relax the error to that" if best else ""
        lines.append(f"no method reaches {error:g} here{what}")
    elif chosen.error_source == STATED:
        lines.append("its error is the difference to a smaller basis, as it states it (error_estimate)")
    lines.append(f"the spins relax ({relaxation.model}{part}, equilibrium {relaxation.equilibrium!r})")
    lines.append("methods and surrogates without relaxation refuse this system and are left out")
    return lines + ([line] if (line := aliased(system, grid)) else [])
