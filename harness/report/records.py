"""Records: what was measured, the target, and the verdict.

Measuring makes a :class:`Measurement` and never asserts. Judging compares it with a :class:`Target` and never computes.
A :class:`Record` is both together with everything needed to find and repeat the number. Nothing here depends on what
the numbers mean.

Verdicts
--------
``pass``
    The target is met; a control has missed, as it must.
``fail``
    The target is missed; a control has met it.
``too-few-cases``
    The sampling interval of a statistic contains values on both sides of its target: it is too wide to decide.
    That is no pass, and makes the run fail, as a miss does.
``open-goal``
    The target is a goal that is not met, or not shown to be met. Its distance is reported, and it makes no run fail.
``error``
    There should be a number, and there is none.
``not-determined``
    The outputs of the subject do not determine the number.
``info``
    Recorded; it has no target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from harness.task_folders import DEFAULT

Verdict = Literal["pass", "fail", "too-few-cases", "open-goal", "info", "not-determined", "error"]
Comparison = Literal["<=", "<", ">=", ">", "between"]
Expectation = Literal["meet", "miss"]
Kind = Literal["gate", "goal"]
Side = Literal["", "low", "high"]

VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "too-few-cases", "open-goal", "info", "not-determined", "error")
COMPARISONS: tuple[Comparison, ...] = ("<=", "<", ">=", ">", "between")
KINDS: tuple[Kind, ...] = ("gate", "goal")
UNMET: tuple[Verdict, ...] = ("error", "fail", "too-few-cases")
"""Verdicts that make a run fail, the worst first."""
JUDGED: tuple[Verdict, ...] = (*UNMET, "open-goal", "pass")
"""Verdicts on a number that was compared with a target (or should have been: "error"), the worst first."""
WORST_FIRST: tuple[Verdict, ...] = (*JUDGED, "not-determined", "info")
TOO_WIDE = "interval too wide to decide"


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


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


@dataclass(frozen=True)
class Interval:
    """The interval in which the value of a statistic lies, as far as the cases determine it (both ends included).

    ``confidence`` is the probability with which the method encloses the true value, ``method`` its name ("bootstrap",
    "Clopper-Pearson", "exact Beta-binomial").
    """

    low: float
    high: float
    confidence: float
    method: str

    def __post_init__(self) -> None:
        if not self.low <= self.high or not 0 < self.confidence < 1:
            raise ValueError(f"interval {self.low} … {self.high} with confidence {self.confidence}: not an interval")

    def moved(self, by: float) -> Interval:
        """The interval of the value plus a constant."""
        return replace(self, low=self.low + by, high=self.high + by)

    def __str__(self) -> str:
        return f"{100 * self.confidence:.3g} % interval {self.low:.3g} … {self.high:.3g} ({self.method})"


@dataclass(frozen=True)
class Measurement:
    """One number about one subject on one case, without a judgement.

    Parameters
    ----------
    metric, case, subject, reference
        What was measured, on which case, of which subject, against which reference.
    value, unit
        The number (None if there is none); unit "1" for pure numbers.
    worst
        Where it is worst, in words ("t = 0.0123 s").
    problem
        Why there is no number although there should be one (the subject raised, hung, returned NaN …).
    determined
        False if the subject's outputs do not determine this metric; that is neither a success nor a failure.
    note
        What a reader must know to interpret the number correctly.
    subject_provenance, reference_provenance
        Plain JSON values: where subject and reference come from.
    seeds
        Seeds of all random numbers in it.
    interval
        The sampling interval of a statistic over random cases; None for what has none, such as the worst of the cases
        that were compared. A mapping of its fields is accepted too, because it comes in this form from another process.
    cases
        The number of cases of which this is a statistic; None for a single one.
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
    interval: Interval | None = None
    cases: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.interval, Mapping):
            object.__setattr__(self, "interval", Interval(**self.interval))
        for name in ("subject_provenance", "reference_provenance", "seeds"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        if self.value is not None:
            value = float(self.value)
            object.__setattr__(self, "value", value if math.isfinite(value) else None)
            if not math.isfinite(value) and not self.problem:
                object.__setattr__(self, "problem", f"{self.metric} is {value}, not a finite number")

    def as_plain(self) -> dict[str, Any]:
        """The fields as plain values, from which ``Measurement(**fields)`` makes an equal one."""
        plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in vars(self).items()}
        return plain | {"interval": None if self.interval is None else dict(vars(self.interval))}


@dataclass(frozen=True)
class Judgement:
    """The verdict on one measurement, and one line with the reason."""

    verdict: Verdict
    message: str = ""


def judge(measurement: Measurement, target: Target | None = None, expected: Expectation = "meet") -> Judgement:
    """Compare a measurement with its target.

    A number with a sampling interval meets its target only if the whole interval does, and misses it only if none of it
    does; else there are too few cases to decide. ``expected="miss"`` is for negative controls: a subject that must miss
    the target, and passes as a control if it does; goals and gates are treated alike. Without a number the verdict is
    "not-determined" or "error"; without a target it is "info". A control without a number shows nothing, and is an
    error.
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
    interval = measurement.interval
    met = target.met_by(measurement.value) if interval is None else target.decides(interval)
    if expected == "miss":
        return _of_control(met, interval)
    if met is None:
        undecided: Verdict = "open-goal" if target.kind == "goal" else "too-few-cases"
        return Judgement(undecided, _joined(f"{TOO_WIDE}: {interval}", measurement.note))
    missed: Verdict = "open-goal" if target.kind == "goal" else "fail"
    return Judgement("pass" if met else missed, measurement.note)


def _of_control(met: bool | None, interval: Interval | None) -> Judgement:
    if met is None:
        return Judgement("too-few-cases", f"must miss the target; {TOO_WIDE}: {interval}")
    return Judgement("fail", "must miss the target, but meets it") if met else Judgement("pass", "must miss, and does")


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


@dataclass(frozen=True)
class Exclusion:
    """What a suite does not measure in this run, and why; decided before it begins."""

    suite: str
    what: str
    why: str


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
    """One judged number with everything that is needed to check or repeat it.

    ``task`` is the task of the run; older records without this field are of the default task. ``role`` is "target"
    (the subject is judged), "control" (must miss) or "info"; ``command`` repeats this one number; ``context`` says
    where and with what it was computed.
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
    task: str = DEFAULT

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
    def is_goal(self) -> bool:
        """True if a goal was set for the subject; a control of a goal is a control."""
        return self.expected == "meet" and self.target is not None and self.target.kind == "goal"

    @property
    def severity(self) -> float:
        """Orders records from harmless to worst: how many times past its target a value is; infinite for an error.

        Value/target for upper limits, target/value for lower ones, distance from the middle over the half width for
        ranges; 0 where nothing is judged. For a missed goal it is the distance from the goal.
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
