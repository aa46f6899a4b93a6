"""The page of the suite of conservation."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.conservation.plan import Plan
from harness.suites.layout import Layout, Picture, page_of


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    document, states, laws = plan.files
    return Layout(
        "Conservation",
        "Is what physics conserves conserved, by the methods and by what the subject's outputs determine?",
        tuple(f"violation of {law}" for law in plan.targets()),
        (
            Picture(
                states,
                "Deviations of what the states of methods conserve, step by step.",
                "Grey: the controls, which must miss the targets (dashed lines).",
            ),
            Picture(
                laws,
                "Largest violation of each law by the subject's outputs.",
                "Where the outputs say nothing, that is written. Dashed: the target of each. Values below 1e-17 are "
                "drawn there.",
            ),
        ),
        (f"{document}.json",),
    )


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(layout(plan), run)
