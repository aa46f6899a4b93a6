"""Judging compares a measurement with a target, and never computes.

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

from dataclasses import dataclass
from typing import Literal

from harness.report.measurement import Interval, Measurement
from harness.report.target import Target

Verdict = Literal["pass", "fail", "too-few-cases", "open-goal", "info", "not-determined", "error"]
Expectation = Literal["meet", "miss"]

VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "too-few-cases", "open-goal", "info", "not-determined", "error")
UNMET: tuple[Verdict, ...] = ("error", "fail", "too-few-cases")
"""Verdicts that make a run fail, the worst first."""
JUDGED: tuple[Verdict, ...] = (*UNMET, "open-goal", "pass")
"""Verdicts on a number that was compared with a target (or should have been: "error"), the worst first."""
WORST_FIRST: tuple[Verdict, ...] = (*JUDGED, "not-determined", "info")
TOO_WIDE = "interval too wide to decide"


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
