"""The time for strychnine with Redfield's matrix, Spinach and this package in one run: wall clock and processor.

Spinach computes 8,192 points live, in the largest of its bases that is compared with (8,977 states). This package
computes them in the same basis with the rates of that basis, and with complete rates, with and without its error
estimate. Of Spinach only the stages of the computation
count, as it measures them itself; its start is left out. The first answer of this package, which loads libraries, is
not timed; of the others the medians count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import perf_counter, process_time
from typing import Any

from harness.benchmark.machine import conditions
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.drivers import Driver, single
from harness.tasks.spins.spinach.relaxation_cases import WHOLE_GRID, whole_bases, whole_molecule
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.spinach.spinach import SpinachCopy
from harness.tasks.spins.systems import SpinSystem, TimeGrid

SCHEMA = "strychnine-benchmark-2"
METHOD = "liouville-neighbourhoods"
RUNS = 5
LIMIT_S = 3600.0


def request(points: int) -> Request:
    """The request to Spinach."""
    grid = replace(WHOLE_GRID, points=points)
    return Request.of(whole_molecule(), grid, ("m",), list(whole_bases().values())[-1])


def methods(request: Request) -> dict[str, Any]:
    """The method in the basis of ``request`` with the rates of that basis, and with complete rates."""
    options = request.options
    basis = {"size": 2, "level": options.level, "space_level": options.space_level}
    return {
        "same_basis": reference(METHOD, **basis, rates="basis", estimate=False),
        "alone": reference(METHOD, estimate=False),
        "with_estimate": reference(METHOD, estimate=True),
    }


def ours(system: SpinSystem, grid: TimeGrid, method: Any, runs: int = RUNS) -> dict[str, Any]:
    """Median wall and processor time of this package."""

    def answer() -> Any:
        return method.simulate(system, grid, ("m",))

    details = answer().provenance.details
    walls, cpus = zip(*(_timed(answer) for _ in range(runs)), strict=True)
    about = {key: details[key] for key in ("states", "error_estimate") if key in details}
    return {"wall_s": median(walls), "cpu_s": median(cpus), "runs": runs, **about}


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = perf_counter(), process_time()
    call()
    return perf_counter() - wall, process_time() - cpu


def run(driver: Driver, copy: SpinachCopy, points: int = WHOLE_GRID.points) -> dict[str, Any]:
    """The whole record, as plain JSON values.

    Raises
    ------
    EngineFault, MFileError, ResultFault
        If Spinach gives no answer.
    """
    requested = request(points)
    answer = single(driver.run([requested], "spinach", str(copy.root), LIMIT_S)[0])
    wall_s, cpu_s = (sum(stage[n] for stage in answer.stages.values()) for n in (0, 1))
    spinach = {"wall_s": wall_s, "cpu_s": cpu_s, "states": answer.dimension, "basis": requested.options.basis}
    spinach |= {"engine": driver.engine, "engine_version": answer.engine_version, "commit": copy.commit}
    mine = {name: ours(requested.system, requested.grid, one) for name, one in methods(requested).items()}
    return {
        "schema": SCHEMA,
        "machine": conditions(),
        "grid": {"points": points, "dt_s": requested.grid.dt_s},
        "spinach": spinach,
        METHOD: mine,
        "times_faster": {
            name: {clock: spinach[clock] / one[clock] for clock in ("wall_s", "cpu_s")} for name, one in mine.items()
        },
    }
