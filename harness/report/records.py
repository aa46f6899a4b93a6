"""Records: what was measured, what was asked, and what follows.

Measuring makes a :class:`Measurement` and never asserts. Judging lays it beside a :class:`Target` and never computes.
A :class:`Record` is both together with everything needed to find and repeat the number. Nothing here knows what the
numbers are about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Verdict = Literal["pass", "fail", "info", "not-determined", "error"]
Comparison = Literal["<=", "<", ">=", ">", "between"]
Expectation = Literal["meet", "miss"]

VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "info", "not-determined", "error")
COMPARISONS: tuple[Comparison, ...] = ("<=", "<", ">=", ">", "between")
UNMET: tuple[Verdict, ...] = ("fail", "error")


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True)
class Target:
    """What a metric has to be, who asks for it, and why that number.

    ``value`` is a number, or a pair (low, high) with "between" (both ends included).
    ``source`` is "asked" (set by those who ordered the work) or "ours" (set by the project itself).
    """

    name: str
    value: float | tuple[float, float]
    comparison: Comparison
    unit: str
    source: Literal["asked", "ours"]
    reason: str

    def met_by(self, value: float) -> bool:
        """Does a finite ``value`` meet the target?"""
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
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        if isinstance(self.value, tuple):
            return f"{self.value[0]:.4g} … {self.value[1]:.4g}{unit}"
        sign = {"<=": "≤", ">=": "≥"}.get(self.comparison, self.comparison)
        return f"{sign} {self.value:.4g}{unit}"


@dataclass(frozen=True)
class Measurement:
    """One number about one subject on one case; no opinion.

    Parameters
    ----------
    metric, case, subject, reference
        What was measured, on what, of whom, against whom.
    value, unit
        The number (None if there is none); unit "1" for pure numbers.
    worst
        Where it is worst, in words ("t = 0.0123 s").
    problem
        Why there is no number although there should be one (the subject raised, hung, returned NaN …).
    determined
        False if the subject's outputs do not determine this metric; that is neither a success nor a failure.
    note
        What a reader must know to read the number rightly.
    subject_provenance, reference_provenance
        Plain JSON values: where each side comes from.
    seeds
        Seeds of everything random in it.
    """

    metric: str
    case: str
    subject: str
    reference: str
    value: float | None
    unit: str = "1"
    worst: str = ""
    problem: str = ""
    determined: bool = True
    note: str = ""
    subject_provenance: Mapping[str, Any] = field(default_factory=dict)
    reference_provenance: Mapping[str, Any] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("subject_provenance", "reference_provenance", "seeds"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        if self.value is not None:
            value = float(self.value)
            object.__setattr__(self, "value", value if math.isfinite(value) else None)
            if not math.isfinite(value) and not self.problem:
                object.__setattr__(self, "problem", f"{self.metric} is {value}, not a finite number")


@dataclass(frozen=True)
class Judgement:
    """The verdict on one measurement, and one line on how it came about."""

    verdict: Verdict
    message: str = ""


def judge(measurement: Measurement, target: Target | None = None, expected: Expectation = "meet") -> Judgement:
    """Lay a measurement beside its target.

    ``expected="miss"`` is for negative controls: a subject that must miss the target, and passes as a control if it
    does. Without a number the verdict is "not-determined" or "error"; without a target it is "info". A control that
    gives no number shows nothing, and is an error.
    """
    if measurement.problem:
        return Judgement("error", measurement.problem)
    if not measurement.determined:
        return Judgement("not-determined", measurement.note or "the subject's outputs do not determine this")
    if measurement.value is None:
        return Judgement("error", f"{measurement.metric} was not measured")
    if target is None:
        return Judgement("info", measurement.note)
    if target.unit != measurement.unit:
        return Judgement("error", f"measured in {measurement.unit!r}, the target is in {target.unit!r}")
    met = target.met_by(measurement.value)
    if expected == "miss":
        return Judgement(*(("fail", "must miss the target, but meets it") if met else ("pass", "must miss, and does")))
    return Judgement("pass" if met else "fail", measurement.note)


@dataclass(frozen=True)
class Context:
    """What is common to all records of a run.

    ``machine``, ``versions``, ``threads`` and ``options`` are plain JSON values; ``dirty`` is None where there is no
    repository. Times are ISO 8601 in UTC.
    """

    run: str
    started: str
    command: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    commit: str
    dirty: bool | None
    threads: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One judged number with all that is needed to trust or repeat it.

    ``role`` is "target" (the subject is judged), "control" (must miss) or "info"; ``command`` repeats this one number;
    ``context`` says where and with what it was computed.
    """

    id: str
    suite: str
    suite_version: int
    measurement: Measurement
    target: Target | None
    expected: Expectation
    judgement: Judgement
    test: str
    command: str
    measured: str
    context: Context

    @property
    def role(self) -> str:
        """"target", "control" or "info"."""
        if self.expected == "miss":
            return "control"
        return "info" if self.judgement.verdict == "info" else "target"

    @property
    def verdict(self) -> Verdict:
        """The verdict alone."""
        return self.judgement.verdict

    @property
    def unmet(self) -> bool:
        """True if this record makes the run fail."""
        return self.judgement.verdict in UNMET

    @property
    def severity(self) -> float:
        """Orders records from harmless to worst: how many times past its target a value is; infinite for an error.

        Value/target for upper limits, target/value for lower ones, distance from the middle over the half width for
        ranges; 0 where nothing is judged.
        """
        if self.judgement.verdict == "error":
            return math.inf
        value, target = self.measurement.value, self.target
        if target is None or value is None or self.judgement.verdict == "not-determined":
            return 0.0
        if isinstance(target.value, tuple):
            low, high = target.value
            return abs(value - (low + high) / 2) / max((high - low) / 2, 1e-300)
        upper = target.comparison in ("<=", "<")
        part, whole = (value, target.value) if upper else (target.value, value)
        if whole > 0:
            return max(part, 0.0) / whole
        return 0.0 if target.met_by(value) else math.inf
