"""The page of the suite of accuracy, with its table and its figure."""

from __future__ import annotations

import math

from harness.report.page import SuitePage, SuiteRun
from harness.suites.accuracy.figure import accuracy_figure
from harness.suites.accuracy.plan import Plan
from harness.suites.accuracy.rows import rows_of, table_row
from harness.suites.layout import Layout, Picture, page_of
from harness.suites.running import Files, write


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    ratios = tuple(baseline.ratio for baseline in plan.baselines[:1])
    return Layout(
        "Accuracy",
        "May the subject be trusted in place of the production code, case by case?",
        (*(metric.label for metric in plan.metrics), *ratios),
        (
            Picture(
                plan.files[0],
                "Error of every case, one marker per method.",
                f"{plan.metrics[0].label} of the subject (stars) and of the baselines, the cases in which the first "
                "baseline is worst on the left.",
            ),
        ),
        (f"{plan.files[0]}.csv",),
    )


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """Write the table and the figure of a run, and return the page."""
    rows, name = rows_of(plan, run), plan.files[0]
    answered = any(math.isfinite(value) for row in rows for value in row.errors.values())
    figures = {name: lambda: accuracy_figure(rows, plan, run.subject)} if answered else {}
    write(run.folder, Files(tables={name: [table_row(row) for row in rows]}, figures=figures))
    return page_of(layout(plan), run)
