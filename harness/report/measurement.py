"""A measured number, with the interval in which it lies. Measuring makes one, and never asserts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any


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


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))
