"""The page of the suite of detection power."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.detection.matrix import GROUPS
from harness.suites.detection.plan import Plan
from harness.suites.layout import Layout, Picture, page_of


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    matrix, figure = plan.files
    return Layout(
        "Detection power",
        "Which seeded faults do the suites catch, and do they leave alone what is right?",
        tuple(metric for metric, _, _ in GROUPS),
        (
            Picture(
                figure,
                "Matrix of faults against suites: caught, passed or not run.",
                "One row per seeded fault, null fault or correct subject; ✗ marks what is not as it should be.",
            ),
        ),
        (f"{matrix}.csv", f"{matrix}.json"),
        ("The faults are wrapped round correct subjects: this page is about the suites, not about the subject.",),
    )


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(layout(plan), run)
