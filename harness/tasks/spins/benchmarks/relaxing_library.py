"""One second of M of every system of the library, relaxing with R1 and R2: time, stated error, and error where known.

Each system goes to ``liouville-neighbourhoods`` with its error estimate. Two independent truths exist. For systems
whose connected parts have up to ``dense`` spins it is the dense reference, whose matrices are made in another way. For
larger ones, of up to ``exact`` spins, with one rate for all states (the model "damp"), it is the exact M without
relaxation times exp(-rate t): both the answer and its stated error are checked with it. Rows are stored one by one, and
a second call computes only what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from harness.benchmark.machine import conditions
from harness.durable import write_json
from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.components import by_components
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid
from harness.tasks.spins.systems.gissmo import LibraryEntry, library

SCHEMA = "relaxing-library-benchmark-1"
METHOD = "liouville-neighbourhoods"
FLOOR = 1e-9
"""Rounding of a second of propagation, which no error estimate holds: an error below it counts as covered."""


@dataclass(frozen=True)
class Plan:
    """Field, grid, rates of all spins, and the largest parts that are checked."""

    field_t: float = 11.74
    grid: TimeGrid = field(default_factory=lambda: TimeGrid(10_000, 1e-4))
    r1_per_s: float = 0.8
    r2_per_s: float = 2.0
    dense: int = 5
    exact: int = 14

    def system(self, entry: LibraryEntry) -> SpinSystem:
        """A system of the library with these rates."""
        rates = {"model": "t1_t2", "r1_per_s": self.r1_per_s, "r2_per_s": self.r2_per_s}
        return entry.molecule(library().head).at(self.field_t, relaxation=rates)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "grid": {"points": self.grid.points, "dt_s": self.grid.dt_s}}


@dataclass(frozen=True)
class Answered:
    """One system: size, time of the answer with R1 and R2, and relative L2 errors of M, None where not determined.

    ``error`` is that of the answer; ``damped_stated_error`` and ``damped_error`` are with one rate for all states.
    """

    system: str
    spins: int
    largest_part: int
    states: int
    wall_s: float
    cpu_s: float
    stated_error: float
    error: float | None
    damped_stated_error: float | None
    damped_error: float | None


def answer(entry: LibraryEntry, plan: Plan) -> Answered:
    """One system of the library."""
    system = plan.system(entry)
    largest = max(map(len, system.components()))
    method = reference(METHOD)
    wall, cpu = perf_counter(), process_time()
    found = method.simulate(system, plan.grid, ("m",))
    wall, cpu = perf_counter() - wall, process_time() - cpu
    damped = _damped(entry, plan) if plan.dense < largest <= plan.exact else (None, None)
    return Answered(
        system=entry.key,
        spins=len(system),
        largest_part=largest,
        states=found.provenance.details["states"],
        wall_s=wall,
        cpu_s=cpu,
        stated_error=found.provenance.details["error_estimate"],
        error=_relative(found.m, by_dense(system, plan.grid)) if largest <= plan.dense else None,
        damped_stated_error=damped[0],
        damped_error=damped[1],
    )


def by_dense(system: SpinSystem, grid: TimeGrid) -> np.ndarray:
    """M by the dense reference, part by part."""

    def solve(part: SpinSystem, names: tuple[str, ...]) -> dict[str, np.ndarray]:
        found = reference("liouville-dense").simulate(part, grid, names)
        return {name: getattr(found, name) for name in names}

    return by_components(system, grid, ("m",), solve, lambda: Provenance("liouville-dense")).m


def _damped(entry: LibraryEntry, plan: Plan) -> tuple[float, float]:
    """(stated error, error) of the answer with the rate R2 for every state."""
    molecule = entry.molecule(library().head)
    system = molecule.at(plan.field_t, relaxation={"model": "damp", "damp_rate_per_s": plan.r2_per_s})
    found = reference(METHOD).simulate(system, plan.grid, ("m",))
    exact = reference("exact").simulate(molecule.at(plan.field_t), plan.grid, ("m",)).m
    true = exact * np.exp(-plan.r2_per_s * plan.grid.times_s)
    return found.provenance.details["error_estimate"], _relative(found.m, true)


def _relative(m: np.ndarray, true: np.ndarray) -> float:
    return float(np.linalg.norm(m - true) / np.linalg.norm(true))


def run(
    systems: Iterable[LibraryEntry], plan: Plan, folder: Path, say: Callable[[Answered], object] = lambda one: None
) -> list[Answered]:
    """Answer all that ``folder`` does not hold yet. The first answer, which loads libraries, is not timed.

    Raises
    ------
    InputError
        If the rows in ``folder`` were made with another plan.
    """
    _check_plan(folder / "plan.json", plan)
    rows, warm = [], False
    for entry in systems:
        path = folder / f"{entry.key}.json"
        if not path.exists():
            if not warm:
                answer(entry, plan)
            warm = True
            write_json(path, asdict(answer(entry, plan)))
        rows.append(Answered(**json.loads(path.read_text(encoding="utf-8"))))
        say(rows[-1])
    return rows


def _check_plan(path: Path, plan: Plan) -> None:
    if not path.exists():
        write_json(path, plan.as_dict())
    elif json.loads(path.read_text(encoding="utf-8")) != plan.as_dict():
        raise InputError(f"{path}: the rows in the same folder were made with another plan: name an empty folder")


def record(rows: Sequence[Answered], plan: Plan) -> dict[str, Any]:
    """Totals, machine and every row, as plain JSON values."""
    return {
        "schema": SCHEMA,
        "machine": conditions(),
        "plan": plan.as_dict(),
        "totals": totals(rows),
        "systems": [asdict(row) for row in rows],
    }


def totals(rows: Sequence[Answered]) -> dict[str, Any]:
    """Sums, worst cases, and how often the stated error covers the measured one."""
    slowest = max(rows, key=lambda row: row.cpu_s)
    least_sure = max(rows, key=lambda row: row.stated_error)
    damped = [row for row in rows if row.damped_error is not None]
    ratios = {row.system: _ratio(row) for row in damped if row.damped_stated_error}
    furthest = max(ratios, key=lambda name: ratios[name], default=None)
    return {
        "systems": len(rows),
        "wall_s": sum(row.wall_s for row in rows),
        "cpu_s": sum(row.cpu_s for row in rows),
        "slowest": slowest.system,
        "slowest_cpu_s": slowest.cpu_s,
        "without_truncation": sum(row.stated_error == 0 for row in rows),
        "stated_error_to_1_percent": sum(row.stated_error <= 0.01 for row in rows),
        "largest_stated_error": least_sure.stated_error,
        "largest_stated_error_of": least_sure.system,
        "against_dense": sum(row.error is not None for row in rows),
        "largest_error_against_dense": max((row.error for row in rows if row.error is not None), default=None),
        "damped_without_truncation": len(damped) - len(ratios),
        "largest_damped_error_without_truncation": max(
            (row.damped_error or 0.0 for row in damped if row.damped_stated_error == 0), default=None
        ),
        "damped_with_truncation": len(ratios),
        "damped_covered": sum(ratio <= 1 for ratio in ratios.values()),
        "largest_ratio_of_error_to_stated": None if furthest is None else ratios[furthest],
        "largest_ratio_of": furthest,
    }


def _ratio(row: Answered) -> float:
    """Measured error in units of the stated one; rounding counts as covered."""
    assert row.damped_error is not None
    assert row.damped_stated_error is not None
    return row.damped_error / (row.damped_stated_error + FLOOR)
