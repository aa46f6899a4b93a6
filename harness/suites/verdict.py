"""The fixture that judges the test of a suite: it records every number, and the test fails with a short report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import writing
from harness.finite import require_finite
from harness.report.context import utc_now
from harness.report.records import JUDGED, TOO_WIDE, UNMET, Expectation, Judgement, Measurement, Target, judge
from harness.suites.targets import Suite


@dataclass(frozen=True)
class Checked:
    """A judged measurement before it has a number in the run."""

    suite: str
    suite_version: int
    measurement: Measurement
    target: Target | None
    expected: Expectation
    judgement: Judgement
    measured: str

    @property
    def unmet(self) -> bool:
        """True if this fails the test."""
        return self.judgement.verdict in UNMET

    def line(self) -> str:
        """Value, target, and the worst place, for people."""
        measured = self.measurement
        unit = "" if measured.unit == "1" else f" {measured.unit}"
        value = "no number" if measured.value is None else f"{measured.value:.4g}{unit}"
        against = f" against {measured.reference}" if measured.reference else ""
        text = f"{measured.metric} = {value} of {measured.subject} on {measured.case}{against}"
        if self.target is not None:
            must = "must miss" if self.expected == "miss" else "target"
            text += f"; {must} {self.target} ({self.target.source}: {self.target.reason})"
        if self.judgement.message:
            text += f"\n    {self.judgement.message}"
        return text + (f"\n    worst at {measured.worst}" if measured.worst else "")


@dataclass
class Verdict:
    """Judges and records the measurements of one test.

    ``check``, ``control`` and ``info`` return what was recorded; none of them raises for a missed target: the test
    continues, and fails at its end with every missed target in one report.
    """

    suite: Suite
    test: str
    command: str
    folder: Path
    checked: list[Checked] = field(default_factory=list)

    def check(self, measurement: Measurement, target: str) -> Checked:
        """Judge the subject by the target of this name."""
        return self._add(measurement, self.suite.target(target), "meet")

    def control(self, measurement: Measurement, target: str) -> Checked:
        """Judge a negative control: it must miss the target."""
        return self._add(measurement, self.suite.target(target), "miss")

    def info(self, measurement: Measurement) -> Checked:
        """Record a number that is not judged."""
        return self._add(measurement, None, "meet")

    def keep(self, key: str, **arrays: np.ndarray | None) -> None:
        """Store arrays for the suite's page, as ``data/<suite>/<key>.npz`` in the run's folder; finite ones only."""
        for name, array in arrays.items():
            require_finite(array if array is not None else (), f"{key}: {name}")
        with writing(self.folder / "data" / self.suite.name / f"{key}.npz") as path, open(path, "wb") as file:
            np.savez(file, **{name: value for name, value in arrays.items() if value is not None})  # type: ignore[arg-type]

    @property
    def unmet(self) -> list[Checked]:
        """The judged measurements that fail the test."""
        return [checked for checked in self.checked if checked.unmet]

    def report(self) -> str:
        """The short report of a failing test."""
        unmet = self.unmet
        of = sum(checked.judgement.verdict in JUDGED for checked in self.checked)
        found = Counter(checked.judgement.verdict for checked in unmet)
        sentences = [f"{found['fail']} of {of} judged numbers miss their targets"] if found["fail"] else []
        sentences += [f"{found['too-few-cases']} of {of}: {TOO_WIDE}"] if found["too-few-cases"] else []
        sentences += [f"{found['error']} of {of} could not be had"] if found["error"] else []
        alone = len(found) == 1 and found["error"]
        lines = [f"ERROR: {found['error']} of {of} numbers could not be had" if alone else ", ".join(sentences)]
        lines += [checked.line() for checked in unmet]
        return "\n  ".join(lines) + f"\n  repeat: {self.command}"

    def error(self, message: str) -> Checked:
        """Record that the test itself broke before it was done."""
        measurement = Measurement("test completes", self.test.rpartition("::")[2], "", "", None, problem=message)
        return self._add(measurement, None, "meet")

    def _add(self, measurement: Measurement, target: Target | None, expected: Expectation) -> Checked:
        checked = Checked(
            self.suite.name,
            self.suite.version,
            measurement,
            target,
            expected,
            judge(measurement, target, expected),
            utc_now(),
        )
        self.checked.append(checked)
        return checked

    def payload(self) -> list[dict[str, Any]]:
        """Everything recorded, as plain JSON values: it may be sent from one process to another."""
        return [
            {
                "suite": c.suite,
                "measurement": c.measurement.as_plain(),
                "target": None if c.target is None else c.target.name,
                "expected": c.expected,
                "test": self.test,
                "command": self.command,
                "measured": c.measured,
            }
            for c in self.checked
        ]
