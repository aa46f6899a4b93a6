"""Cost and error of every method against the size of the system, and speed-ups with their errors.

Costs are seconds per system, from the system to its answer on one grid. A speed-up is never given alone: the opponent
and both errors are given with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.report.records import Interval
from harness.suites import intervals
from harness.task import Metric


@dataclass(frozen=True)
class CostPoint:
    """One method at one size: cost per system and error against the truth.

    ``seconds`` is the median per system and ``spread_s`` the standard deviation of the runs, both divided by
    ``batch``; ``error`` and ``largest`` are mean and largest value of the plan's first metric, ``others`` the means of
    the other ones by their keys. ``extrapolated`` means that the time was not measured at this size, and then there is
    no error (NaN). ``note`` says how the number was obtained; ``recorded`` says who measured the time and when, "" for
    this run.
    """

    method: str
    size: int
    batch: int
    seconds: float
    spread_s: float
    runs: int
    error: float
    largest: float
    others: Mapping[str, float] = field(default_factory=dict)
    cases: int = 0
    extrapolated: bool = False
    note: str = ""
    recorded: str = ""

    @property
    def label(self) -> str:
        """Method and, if not single, the batch."""
        return self.method if self.batch == 1 else f"{self.method} (batch {self.batch})"


@dataclass(frozen=True)
class SpeedUp:
    """How many times faster the subject is than one opponent, with both errors.

    Both times were measured in one run; ``interval`` follows from their scatter.
    """

    subject: str
    opponent: str
    size: int
    factor: float
    error: float
    opponent_error: float
    extrapolated: bool
    interval: Interval | None = None

    def __str__(self) -> str:
        mark = ", extrapolated" if self.extrapolated else ""
        return (
            f"{self.factor:.3g} × against {self.opponent}{mark} (error {self.opponent_error:.1e}) "
            f"at an error of {self.error:.1e}, N = {self.size}"
        )


def point_row(point: CostPoint, metrics: Sequence[Metric], size: str) -> dict[str, Any]:
    """A point with the names of its metrics and of its size as columns."""
    main = metrics[0].key
    return {
        "method": point.method,
        size: point.size,
        "batch": point.batch,
        "seconds": point.seconds,
        "spread_s": point.spread_s,
        "runs": point.runs,
        main: point.error,
        f"max_{main}": point.largest,
        **{metric.key: point.others.get(metric.key, math.nan) for metric in metrics[1:]},
        "cases": point.cases,
        "extrapolated": point.extrapolated,
        "note": point.note,
    }


def speed_row(ratio: SpeedUp, metric: Metric, size: str) -> dict[str, Any]:
    """A speed-up with the name of its metric and of its size as keys."""
    interval = ratio.interval
    return {
        "subject": ratio.subject,
        "opponent": ratio.opponent,
        size: ratio.size,
        "factor": ratio.factor,
        f"subject_{metric.key}": ratio.error,
        f"opponent_{metric.key}": ratio.opponent_error,
        "extrapolated": ratio.extrapolated,
        "interval": None if interval is None else dict(vars(interval)),
    }


def extrapolated(points: Sequence[CostPoint], size: int, growth: float) -> CostPoint:
    """The cost of a method at ``size``: that at its largest measured size times ``growth`` per unit; marked."""
    largest = max((p for p in points if not p.extrapolated), key=lambda p: p.size)
    factor = growth ** (size - largest.size)
    note = f"extrapolated from N = {largest.size} ({largest.seconds:.3g} s) with a factor {growth:g} per unit of size"
    return CostPoint(
        largest.method, size, largest.batch, largest.seconds * factor, largest.spread_s * factor, largest.runs,
        math.nan, math.nan, extrapolated=True, note=note,
    )  # fmt: skip


def speed_ups(points: Sequence[CostPoint], subject: str) -> list[SpeedUp]:
    """Every opponent against the subject, single and batched, at every size that both have."""
    ours = [p for p in points if p.method == subject and math.isfinite(p.seconds)]
    return [
        SpeedUp(mine.label, other.label, mine.size, other.seconds / mine.seconds, mine.error, other.error,
                other.extrapolated, time_interval(other, mine))
        for mine in ours
        for other in points
        if other.method != subject and other.size == mine.size and math.isfinite(other.seconds)
    ]  # fmt: skip


def time_interval(one: CostPoint, other: CostPoint) -> Interval:
    """The interval of the first method's time over the second's."""
    pair = (one, other)
    spreads = [point.spread_s / point.seconds if point.seconds else 0.0 for point in pair]
    return intervals.time_ratio(one.seconds / other.seconds, spreads, [point.runs for point in pair])


def front(points: Sequence[CostPoint]) -> list[CostPoint]:
    """The points, sorted by cost, that no other point surpasses in both cost and error."""
    best, retained = math.inf, []
    for point in sorted(points, key=lambda p: (p.seconds, p.error)):
        if math.isfinite(point.seconds) and point.error < best:
            best = point.error
            retained.append(point)
    return retained


def dominators(points: Sequence[CostPoint], subject: CostPoint) -> list[CostPoint]:
    """Points of other methods at the same size that are at once at least as fast per system and more accurate.

    A single system competes with single systems; a batch with both, because a method may be called repeatedly.
    """
    return [p for p in _rivals(points, subject) if p.seconds <= subject.seconds]


def dominators_interval(points: Sequence[CostPoint], subject: CostPoint) -> Interval:
    """How many :func:`dominators` there are at least and at most, as far as the scatter of the times shows."""
    bounds = [time_interval(point, subject) for point in _rivals(points, subject)]
    surely, possibly = sum(b.high <= 1 for b in bounds), sum(b.low <= 1 for b in bounds)
    return Interval(surely, possibly, intervals.CONFIDENCE, "scatter of both times")


def _rivals(points: Sequence[CostPoint], subject: CostPoint) -> list[CostPoint]:
    """The points that would dominate if they were fast enough."""
    return [
        p
        for p in points
        if p.method != subject.method
        and p.size == subject.size
        and p.batch in (1, subject.batch)
        and math.isfinite(p.seconds)
        and p.error < subject.error
    ]
