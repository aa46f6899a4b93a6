"""Cost and error of every method against the number of spins, and what a speed-up is worth.

Costs are seconds per system from SpinSystem to Trajectory (M and I_1z on one grid). A speed-up is never a bare number:
it names the opponent and both errors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.records import Interval
from harness.suites import intervals

EXACT = 12
"""Spins up to which errors are against the exact method; beyond, against clusters of ``BELIEVED_CLUSTER`` spins."""
BELIEVED_CLUSTER = 9
"""On chains and rings of 12 such clusters differ from exact by 4e-7 (mean RMSE of M), from clusters of 11 by 2e-7 at
N = 40; clusters of 7 by 1e-5, which a good surrogate would be blamed for."""
DENSE_GROWTH = 8.0  # flops of a product of two 2^N x 2^N matrices per spin more: (2^3)


@dataclass(frozen=True)
class CostPoint:
    """One method at one size: cost per system and error against the truth.

    ``seconds`` is the median per system and ``spread_s`` the standard deviation of the runs, both divided by
    ``batch``; ``extrapolated`` says that the time was not measured at this size, and then there is no error (NaN).
    ``note`` says how the number came about.
    """

    method: str
    spins: int
    batch: int
    seconds: float
    spread_s: float
    runs: int
    rmse_m: float
    max_rmse_m: float
    rmse_i1z: float
    cases: int
    extrapolated: bool = False
    note: str = ""

    @property
    def label(self) -> str:
        """Method and, if not single, the batch."""
        return self.method if self.batch == 1 else f"{self.method} (batch {self.batch})"


@dataclass(frozen=True)
class SpeedUp:
    """How many times faster the subject is than one opponent, with both errors.

    Both times were taken in one run; ``interval`` is what their scatter leaves open.
    """

    subject: str
    opponent: str
    spins: int
    factor: float
    subject_rmse_m: float
    opponent_rmse_m: float
    extrapolated: bool
    interval: Interval | None = None

    def __str__(self) -> str:
        mark = ", extrapolated" if self.extrapolated else ""
        return (
            f"{self.factor:.3g} × against {self.opponent}{mark} (RMSE {self.opponent_rmse_m:.1e}) "
            f"at RMSE {self.subject_rmse_m:.1e}, N = {self.spins}"
        )


def extrapolated(points: Sequence[CostPoint], spins: int, growth: float = DENSE_GROWTH) -> CostPoint:
    """The cost of a method at ``spins`` from its largest measured size, growing by ``growth`` per spin; marked so.

    For dense propagation (two products of 2^N x 2^N matrices per step) the growth tends to 8 from below as overheads
    fade, so that the value is near the truth for matrices larger than the caches.
    """
    largest = max((p for p in points if not p.extrapolated), key=lambda p: p.spins)
    factor = growth ** (spins - largest.spins)
    return CostPoint(
        largest.method,
        spins,
        largest.batch,
        largest.seconds * factor,
        largest.spread_s * factor,
        largest.runs,
        math.nan,
        math.nan,
        math.nan,
        0,
        True,
        f"extrapolated from N = {largest.spins} ({largest.seconds:.3g} s) with a factor {growth:g} per spin",
    )


def speed_ups(points: Sequence[CostPoint], subject: str) -> list[SpeedUp]:
    """Every opponent against the subject, single and batched, at every size that both have."""
    ours = [p for p in points if p.method == subject and math.isfinite(p.seconds)]
    found = []
    for mine in ours:
        for other in points:
            if other.method == subject or other.spins != mine.spins or not math.isfinite(other.seconds):
                continue
            found.append(
                SpeedUp(
                    mine.label,
                    other.label,
                    mine.spins,
                    other.seconds / mine.seconds,
                    mine.rmse_m,
                    other.rmse_m,
                    other.extrapolated,
                    time_interval(other, mine),
                )
            )
    return found


def time_interval(one: CostPoint, other: CostPoint) -> Interval:
    """The interval of the first method's time over the second's."""
    pair = (one, other)
    spreads = [point.spread_s / point.seconds if point.seconds else 0.0 for point in pair]
    return intervals.time_ratio(one.seconds / other.seconds, spreads, [point.runs for point in pair])


def front(points: Sequence[CostPoint]) -> list[CostPoint]:
    """The points that no other point beats in both cost and error, by cost."""
    best, kept = math.inf, []
    for point in sorted(points, key=lambda p: (p.seconds, p.rmse_m)):
        if math.isfinite(point.seconds) and point.rmse_m < best:
            best = point.rmse_m
            kept.append(point)
    return kept


def dominators(points: Sequence[CostPoint], subject: CostPoint) -> list[CostPoint]:
    """Points of other methods at the same size that are at once at least as fast per system and more accurate.

    A single system competes with single systems; a batch with both, since a method may be called again and again.
    """
    return [p for p in _rivals(points, subject) if p.seconds <= subject.seconds]


def dominators_interval(points: Sequence[CostPoint], subject: CostPoint) -> Interval:
    """How many :func:`dominators` there are at least and at most, as far as the scatter of the times can tell."""
    bounds = [time_interval(point, subject) for point in _rivals(points, subject)]
    surely, possibly = sum(b.high <= 1 for b in bounds), sum(b.low <= 1 for b in bounds)
    return Interval(surely, possibly, intervals.CONFIDENCE, "scatter of both times")


def _rivals(points: Sequence[CostPoint], subject: CostPoint) -> list[CostPoint]:
    """The points that would dominate if they were fast enough."""
    return [
        p
        for p in points
        if p.method != subject.method
        and p.spins == subject.spins
        and p.batch in (1, subject.batch)
        and math.isfinite(p.seconds)
        and p.rmse_m < subject.rmse_m
    ]
