"""The page of the suite of uncertainty."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.layout import Layout, Picture, page_of
from harness.suites.uncertainty.plan import Plan


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    document, figure = plan.files
    return Layout(
        "Uncertainty",
        "Is the stated uncertainty of the right size, and is it large where the error is?",
        ("largest |coverage - level|", "rank correlation of std and error"),
        (
            Picture(
                figure,
                "Calibration curve, std against error, sparsification, conformal coverage and its law.",
                "Coverage against level (dashed: one constant width); stated std against error per case; error left "
                "when the most uncertain cases go; conformal coverage (dot), level (tick) and exact 99 % law (bar).",
            ),
        ),
        (f"{document}.json",),
        (
            "Fresh bands are calibrated on systems drawn like the test systems: they test the calibration code on any "
            "subject. Shipped bands are the subject's own. Out of distribution nothing is promised.",
        ),
        ("conformal_law",),
    )


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(layout(plan), run)
