"""The page of the suite out of distribution."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.layout import Layout, Picture, page_of
from harness.suites.ood.plan import Plan
from harness.suites.ood.run import AUROC


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    table, figure = plan.files
    return Layout(
        "Out of distribution",
        "Outside what it was trained on, is the subject's error bounded, and does it say that it is outside?",
        (plan.baseline.ratio, AUROC),
        (
            Picture(
                figure,
                "Error per population for subject and baseline; AUROC of uncertainty and flag.",
                f"a: quartiles and extremes of the {plan.main.label}. b: how well uncertainty and domain flag separate "
                "each population from the one in distribution (1: always, 0.5: never); a population inside the "
                "domain that the subject states has no number.",
            ),
        ),
        (f"{table}.csv",),
    )


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(layout(plan), run)
