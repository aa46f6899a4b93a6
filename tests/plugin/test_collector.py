"""When a test counts as finished: what is counted too early makes a run that was stopped look complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plugin import Collector


@dataclass
class Run:
    """What the collector needs of a run."""

    finished: set[str] = field(default_factory=set)
    added: list[tuple[str, Any]] = field(default_factory=list)

    def add(self, test: str, records: Any) -> None:
        self.added.append((test, list(records)))


@pytest.mark.parametrize(
    ("when", "passed", "finished"),
    [
        ("setup", True, False),  # its body is still to come
        ("setup", False, True),  # skipped, or a fixture that broke: nothing more will come
        ("call", True, True),
        ("call", False, True),
        ("teardown", True, False),
        ("teardown", False, False),
    ],
)
def test_a_test_is_finished_when_its_body_has_run_or_will_never_run(when: str, passed: bool, finished: bool) -> None:
    run = Run()
    Collector(run).pytest_runtest_logreport(SimpleNamespace(nodeid="one", when=when, passed=passed))  # type: ignore[arg-type]
    assert run.finished == ({"one"} if finished else set())


def test_records_are_taken_from_every_report_that_has_some() -> None:
    run = Run()
    collector = Collector(run)  # type: ignore[arg-type]
    for when, records in (("setup", [1]), ("call", [2, 3]), ("teardown", [4])):
        report = SimpleNamespace(nodeid="one", when=when, passed=True, harness_records=records)
        collector.pytest_runtest_logreport(report)  # type: ignore[arg-type]
    assert run.added == [("one", [1]), ("one", [2, 3]), ("one", [4])]
