"""The page of the suite of accuracy."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.accuracy.plan import Plan
from harness.suites.layout import Layout, Picture, page_of


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
    """The page of a run."""
    return page_of(layout(plan), run)
