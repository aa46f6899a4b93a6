"""The time that a call takes: warm-up runs are dropped, runs are repeated until they agree, the spread is reported.

For reproducible numbers the call should run in a separate process with one thread (:mod:`harness.benchmark.child` does
that); this module contains the work of that process and can also be used alone.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any

from harness.errors import InputError


@dataclass(frozen=True)
class Protocol:
    """The timing protocol.

    ``warmups`` runs are dropped; then at least ``runs``, and more up to ``most_runs`` until the relative standard
    deviation of the last ``runs`` is at most ``spread``; none is started once ``budget_s`` is spent, but one always
    counts. A call shorter than ``shortest_s`` is repeated inside one run and the time is divided by the number of
    calls, so that the resolution of the clock has no effect.
    """

    warmups: int = 3
    runs: int = 5
    most_runs: int = 200
    spread: float = 0.05
    budget_s: float = 60.0
    shortest_s: float = 2e-3

    def __post_init__(self) -> None:
        if self.warmups < 0 or self.runs < 1 or self.most_runs < self.runs:
            raise InputError(f"timing protocol: warmups {self.warmups}, runs {self.runs}, most_runs {self.most_runs}")
        if not (self.budget_s > 0 and self.spread > 0):
            raise InputError(f"timing protocol: budget_s {self.budget_s}, spread {self.spread} must be positive")


@dataclass(frozen=True)
class Timing:
    """Result of :func:`measure`, times in seconds per call.

    ``wall_s`` and ``cpu_s`` are medians over the runs that count, ``wall_std_s`` the standard deviation of the wall
    times; ``spent_s`` is the total time of all calls, dropped ones included; ``flagged`` states why the number is
    unreliable, or is empty.
    """

    wall_s: float
    wall_std_s: float
    cpu_s: float
    runs: int
    repeats: int
    warmups: int
    spent_s: float
    flagged: str

    @property
    def spread(self) -> float:
        """Relative standard deviation of the wall time."""
        return self.wall_std_s / self.wall_s if self.wall_s else 0.0

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "spread": self.spread}


def measure(call: Callable[[], object], protocol: Protocol | None = None) -> Timing:
    """Time ``call`` by the protocol.

    Only the last ``protocol.runs`` runs count, so that an early disturbance has no effect on the result. The result is
    flagged if the spread exceeds the limit or there were fewer runs or warm-ups than the protocol states.
    """
    protocol = protocol or Protocol()
    began = perf_counter()
    repeats, warmups, in_calls = 1, 0, 0.0
    walls: list[float] = []
    cpus: list[float] = []
    while True:
        wall, cpu = _once(call, repeats)
        in_calls += wall * repeats
        spent = perf_counter() - began
        out_of_time = spent + wall * repeats > protocol.budget_s
        if warmups < protocol.warmups and not out_of_time:
            warmups += 1
            if wall * repeats < protocol.shortest_s:
                repeats = max(repeats, min(10_000, int(protocol.shortest_s / max(wall, 1e-9)) + 1))
            continue
        walls.append(wall)
        cpus.append(cpu)
        last = walls[-protocol.runs :]
        settled = len(last) == protocol.runs and _spread(last) <= protocol.spread
        if settled or len(walls) >= protocol.most_runs or out_of_time:
            break
    last, last_cpu = walls[-protocol.runs :], cpus[-protocol.runs :]
    reasons = []
    if len(last) < protocol.runs or warmups < protocol.warmups:
        reasons.append(f"{len(last)} runs after {warmups} warm-ups within {protocol.budget_s:g} s")
    if len(last) > 1 and _spread(last) > protocol.spread:
        reasons.append(f"spread {_spread(last):.1%} above {protocol.spread:.0%}")
    return Timing(
        statistics.median(last),
        statistics.stdev(last) if len(last) > 1 else 0.0,
        statistics.median(last_cpu),
        len(last),
        repeats,
        warmups,
        in_calls,
        "; ".join(reasons),
    )


def _once(call: Callable[[], object], repeats: int) -> tuple[float, float]:
    cpu, wall = process_time(), perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - wall) / repeats, (process_time() - cpu) / repeats


def _spread(values: list[float]) -> float:
    if len(values) < 2:
        return 0.0
    median = statistics.median(values)
    return statistics.stdev(values) / median if median else 0.0
