"""Records: what was measured, the target, and the verdict, with everything needed to find and repeat the number.

Nothing here depends on what the numbers mean. The parts of a record, from :mod:`.measurement`, :mod:`.target` and
:mod:`.judging`, can be imported from here as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.report.judging import (
    JUDGED,
    TOO_WIDE,
    UNMET,
    VERDICTS,
    WORST_FIRST,
    Expectation,
    Judgement,
    Verdict,
    judge,
)
from harness.report.measurement import Interval, Measurement
from harness.report.target import COMPARISONS, KINDS, Comparison, Kind, Side, Target
from harness.task_folders import DEFAULT

__all__ = [
    "COMPARISONS",
    "JUDGED",
    "KINDS",
    "TOO_WIDE",
    "UNMET",
    "VERDICTS",
    "WORST_FIRST",
    "Comparison",
    "Context",
    "Exclusion",
    "Expectation",
    "Interval",
    "Judgement",
    "Kind",
    "Measurement",
    "Record",
    "Side",
    "Target",
    "Verdict",
    "judge",
]


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
        """ "target", "control" or "info"."""
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
