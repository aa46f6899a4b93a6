"""Can the subject replace the production code? This is tested case by case."""

from __future__ import annotations

import math

import pytest

from harness.suites.accuracy.figure import accuracy_figure
from harness.suites.accuracy.run import run, table_row
from harness.suites.asking import Truths
from harness.suites.running import Files, record, write


@pytest.fixture(scope="module")
def truths(plan, truth):
    """The production code of the run."""
    return Truths(truth.reference, plan.observables)


@pytest.fixture(scope="module")
def outcome(plan, subject, validation, truths):
    found = run(subject, plan, truths)
    table = plan.files[0]
    answered = any(math.isfinite(value) for row in found.rows for value in row.errors.values())
    figure = {table: lambda: accuracy_figure(found.rows, plan, subject.name)} if answered else {}
    write(validation.folder, Files(tables={table: [table_row(row) for row in found.rows]}, figures=figure))
    return found


def test_cases(outcome, verdict):
    record(verdict, outcome.claims)


def test_controls(plan, truths, verdict):
    """Methods that are known to be wrong must miss the targets, in the same run in which the subject passes."""
    for control in plan.controls(plan, truths):
        record(verdict, control.missed(), control=True)
