"""What are the cost and the error of the subject, compared with every other method, at growing sizes?"""

from __future__ import annotations

import pytest

from harness.suites.asking import plain_row
from harness.suites.cost.figure import cost_figure, front_figure, observables_figure
from harness.suites.cost.measure import point_row, speed_row
from harness.suites.cost.run import run
from harness.suites.running import Files, record, write


@pytest.fixture(scope="module")
def truths(plan):
    return plan.truths()


@pytest.fixture(scope="module")
def outcome(plan, subject, validation, truths):
    found = run(subject, plan, truths)
    write(validation.folder, files(found, plan, subject.name, truths.exact_up_to))
    return found


def files(found, plan, subject, exact_up_to):
    """Table and document of all points and speed-ups; figures of the subject's answers."""
    table, cost, front, signals = plan.files
    points = [plain_row(point_row(point, plan.metrics, plan.size_key)) for point in found.points]
    ratios = [plain_row(speed_row(ratio, plan.main, plan.size_key)) for ratio in found.ratios]
    figures = {}
    mine = [point for point in found.points if point.method == subject]
    if mine:
        sizes = sorted({point.size for point in mine if point.size <= exact_up_to})[-3:]
        figures[cost] = lambda: cost_figure(found.points, found.ratios, subject, plan, exact_up_to)
        figures[front] = lambda: front_figure(found.points, subject, sizes, plan)
    if found.shown and plan.panels:
        truth, predicted = found.shown
        figures[signals] = lambda: observables_figure(truth, predicted, plan)
    return Files({table: points}, {table: {"points": points, "speed_ups": ratios}}, figures)


def test_error_and_cost(outcome, verdict):
    record(verdict, outcome.claims)


def test_controls(plan, truths, verdict):
    """A method that neglects what makes these systems difficult must miss the error targets at some size."""
    for control in plan.controls(plan, truths):
        record(verdict, control.missed(), control=True)
