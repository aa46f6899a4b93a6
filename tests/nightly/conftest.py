"""Reports as nightly runs write them, with numbers of our choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from harness.report.records import Context, Measurement, Record, Target, judge
from harness.report.store import Report

LIMIT = Target("rmse", 2e-3, "<=", "1", "ours", "a made-up limit")


def made_report(
    night: int,
    values: Sequence[float | None],
    *,
    target: Target | None = LIMIT,
    suite_version: int = 1,
    processor: str = "A CPU",
    threads: str = "1",
    commit: str = "0" * 40,
    versions: Mapping[str, str] | None = None,
    metric: str = "rmse_m",
) -> Report:
    """A finished run of the given night, one record per value; None is a case whose subject raised."""
    started = f"2026-{1 + night // 28:02d}-{1 + night % 28:02d}T02:00:00Z"
    context = Context(
        run=f"night-{night:03d}",
        started=started,
        command="pytest",
        machine={"processor": processor, "cores": 2, "memory_gib": 7.7, "system": "Linux 6.1"},
        versions=versions or {"python": "3.11.2", "numpy": "2.1.0"},
        commit=commit,
        dirty=False,
        threads={"OMP_NUM_THREADS": threads},
    )
    records = []
    for number, value in enumerate(values):
        problem = "" if value is not None else "raised ValueError"
        measured = Measurement(metric, f"case {number}", "net", "spinach", value, problem=problem)
        records.append(
            Record(
                f"r{number + 1}", "spinach", suite_version, measured, target, "meet", judge(measured, target),
                "test_made.py::test", "pytest", started, context,
            )
        )  # fmt: skip
    missed = any(r.unmet for r in records)
    return Report(context, tuple(records), started, True, "FAIL: net" if missed else "PASS: net")


@pytest.fixture(name="made_report")
def _made_report() -> Callable[..., Report]:
    return made_report
