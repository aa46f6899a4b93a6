"""A target: what a number has to be, who set it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.report.measurement import Interval

Comparison = Literal["<=", "<", ">=", ">", "between"]
Kind = Literal["gate", "goal"]
Side = Literal["", "low", "high"]

COMPARISONS: tuple[Comparison, ...] = ("<=", "<", ">=", ">", "between")
KINDS: tuple[Kind, ...] = ("gate", "goal")


@dataclass(frozen=True)
class Target:
    """What a metric has to be, who set this target, and why that number.

    ``value`` is a number, or a pair (low, high) with "between" (both ends included).
    ``source`` is "asked" (set by those who ordered the work) or "ours" (set by the project itself). ``kind`` "gate": a
    miss makes the run fail; "goal": a miss is shown as an open goal with its distance, and makes no run fail.
    """

    name: str
    value: float | tuple[float, float]
    comparison: Comparison
    unit: str
    source: Literal["asked", "ours"]
    reason: str
    kind: Kind = "gate"

    def met_by(self, value: float) -> bool:
        """True if a finite ``value`` meets the target."""
        if isinstance(self.value, tuple):
            return self.value[0] <= value <= self.value[1]
        match self.comparison:
            case "<=":
                return value <= self.value
            case "<":
                return value < self.value
            case ">=":
                return value >= self.value
            case ">":
                return value > self.value
        raise ValueError(f"target {self.name!r}: 'between' needs a pair of values, not {self.value!r}")

    def __str__(self) -> str:
        sign = {"<=": "≤ ", ">=": "≥ ", "between": ""}.get(self.comparison, f"{self.comparison} ")
        return sign + self.bounds()

    def bounds(self) -> str:
        """The number, or both ends of the range, with the unit."""
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        if isinstance(self.value, tuple):
            return f"{self.value[0]:.4g} … {self.value[1]:.4g}{unit}"
        return f"{self.value:.4g}{unit}"

    def decides(self, interval: Interval) -> bool | None:
        """True if every value of the interval meets the target, False if none does, None if some do."""
        low, high = self.met_by(interval.low), self.met_by(interval.high)
        if low and high:
            return True
        holds_it = isinstance(self.value, tuple) and interval.low < self.value[0] and interval.high > self.value[1]
        return None if low or high or holds_it else False

    def side_missed(self, value: float) -> Side:
        """On which side of the target a value lies: "low", "high", or "" if it meets it."""
        if self.met_by(value):
            return ""
        if isinstance(self.value, tuple):
            return "low" if value < self.value[0] else "high"
        return "low" if self.comparison in (">=", ">") else "high"
