"""Outside the ranges of its training: is the error of the subject bounded, and does it report that it is outside?"""

from __future__ import annotations

import pytest

from harness.suites.ood.figure import ood_figure
from harness.suites.ood.measure import table_row
from harness.suites.ood.run import run
from harness.suites.running import Files, record, write


@pytest.fixture(scope="module")
def truths(plan):
    return plan.truths()


@pytest.fixture(scope="module")
def outcome(plan, subject, validation, truths, suite_name):
    found = run(subject, plan, truths)
    flagged = float(validation.suites[suite_name].target("flagged").value)
    write(validation.folder, files(found, plan, subject.name, flagged))
    return found


def files(found, plan, subject, flagged):
    """The table of the populations, and the figure where there is at least one answer."""
    table, figure = plan.files
    rows = [table_row(row, plan.metrics, plan.baseline.key) for row in found.rows]
    drawn = {figure: lambda: ood_figure(found.results, found.rows, subject, plan, flagged)} if found.results else {}
    return Files(tables={table: rows}, figures=drawn)


def test_populations(outcome, verdict):
    record(verdict, outcome.claims)


def test_controls(plan, truths, verdict):
    """Subjects that are known to fail: one without bounds, one without a check of the domain."""
    for control in plan.controls(plan, truths):
        record(verdict, control.missed(), control=True)
