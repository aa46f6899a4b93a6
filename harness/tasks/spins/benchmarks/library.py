"""One second of M of every system of the library: time, error and memory, as a record that others can repeat.

Each system goes to exact, or to grown clusters where its largest block is beyond ``largest_block``. The error of exact
is measured against the product basis (:mod:`harness.tasks.spins.benchmarks.product_basis`) where the parts are small
enough for that; the error of grown clusters is their own estimate. Everything runs in this process, one system at
a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter, process_time
from typing import Any

import numpy as np

from harness.benchmark.machine import conditions, peak_memory_bytes
from harness.tasks.spins.benchmarks.product_basis import ProductBasis
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.components import parts
from harness.tasks.spins.references.composite import largest_block
from harness.tasks.spins.references.grown_cluster import GrownCluster
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.equivalence import equivalent_groups
from harness.tasks.spins.systems.gissmo import LibraryEntry, library

SCHEMA = "library-benchmark-1"
ORDINARY = 14
"""Spins of the largest part up to which a system counts as ordinary; two systems of the library have more."""


@dataclass(frozen=True)
class Plan:
    """Field and grid; the largest part, in spins, for which exact is checked; the largest block that exact solves."""

    field_t: float = 11.74
    grid: TimeGrid = field(default_factory=lambda: TimeGrid(10_000, 1e-4))
    checked: int = 10
    largest_block: int = 6000


@dataclass(frozen=True)
class Solved:
    """One system: how it was solved, in which time, and with which error.

    ``difference`` is the largest |ΔM| against the product basis, which took ``product_basis_cpu_s``; None where that
    was not computed. ``stated_error`` is the relative error that grown clusters state, None for exact.
    """

    system: str
    spins: int
    largest_part: int
    largest_block: int
    method: str
    wall_s: float
    cpu_s: float
    peak_memory_bytes: int
    difference: float | None
    product_basis_cpu_s: float | None
    stated_error: float | None


def solve(entry: LibraryEntry, plan: Plan) -> Solved:
    """One system of the library."""
    system = entry.molecule(library().head).at(plan.field_t)
    block = max(largest_block(part, equivalent_groups(part)) for part in parts(system))
    method: Any = reference("exact") if block <= plan.largest_block else GrownCluster()
    wall, cpu = perf_counter(), process_time()
    found = method.simulate(system, plan.grid, ("m",))
    wall, cpu = perf_counter() - wall, process_time() - cpu
    largest = max(map(len, system.components()))
    checked = method.name == "exact" and largest <= plan.checked
    difference, twin_s = _against_twin(system, plan.grid, found) if checked else (None, None)
    return Solved(
        system=entry.key,
        spins=len(system),
        largest_part=largest,
        largest_block=block,
        method=method.name,
        wall_s=wall,
        cpu_s=cpu,
        peak_memory_bytes=peak_memory_bytes(),
        difference=difference,
        product_basis_cpu_s=twin_s,
        stated_error=found.provenance.details.get("error_estimate"),
    )


def _against_twin(system: SpinSystem, grid: TimeGrid, found: Trajectory) -> tuple[float, float]:
    begun = process_time()
    plain = ProductBasis().simulate(system, grid, ("m",))
    return float(np.abs(plain.m - found.m).max()), process_time() - begun


def entries(select: str = "") -> list[LibraryEntry]:
    """The systems whose key contains ``select``, in order of size."""
    found = [entry for entry in library().systems.values() if select in entry.key]
    return sorted(found, key=lambda entry: (len(entry), entry.key))


def run(
    systems: Iterable[LibraryEntry], plan: Plan, say: Callable[[Solved], object] = lambda one: None
) -> list[Solved]:
    """Solve all, ``say`` each when it is done. The first call of exact, which loads libraries, is not timed."""
    rows = []
    for number, entry in enumerate(systems):
        if number == 0:
            solve(entry, plan)
        rows.append(solve(entry, plan))
        say(rows[-1])
    return rows


def record(rows: Sequence[Solved], plan: Plan) -> dict[str, Any]:
    """Totals, machine and every row, as plain JSON values."""
    return {
        "schema": SCHEMA,
        "machine": conditions(),
        "plan": {**asdict(plan), "grid": {"points": plan.grid.points, "dt_s": plan.grid.dt_s}},
        "totals": totals(rows),
        "systems": [asdict(row) for row in rows],
    }


def totals(rows: Sequence[Solved]) -> dict[str, Any]:
    """Sums and worst cases: ordinary systems together, those with larger parts one by one."""
    ordinary = [row for row in rows if row.largest_part <= ORDINARY]
    checked = [row for row in rows if row.difference is not None]
    worst = max(checked, key=lambda row: row.difference or 0.0, default=None)
    return {
        "ordinary": len(ordinary),
        "ordinary_wall_s": sum(row.wall_s for row in ordinary),
        "ordinary_cpu_s": sum(row.cpu_s for row in ordinary),
        "checked": len(checked),
        "largest_difference": None if worst is None else worst.difference,
        "largest_difference_of": None if worst is None else worst.system,
        "checked_cpu_s": sum(row.cpu_s for row in checked),
        "product_basis_cpu_s": sum(row.product_basis_cpu_s or 0.0 for row in checked),
        "beyond": {
            row.system: {"method": row.method, "wall_s": row.wall_s, "cpu_s": row.cpu_s,
                         "stated_error": row.stated_error, "peak_memory_bytes": row.peak_memory_bytes}
            for row in rows if row.largest_part > ORDINARY
        },
    }  # fmt: skip
