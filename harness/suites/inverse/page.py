"""The page of the suite of the inverse problem."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun
from harness.suites.inverse.plan import Plan
from harness.suites.inverse.single import RATIO
from harness.suites.layout import Layout, Picture, page_of


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    document, figure = plan.files
    return Layout(
        "Inverse problem",
        "How well and how fast do the parameters of a system come back from a noisy signal?",
        (RATIO, "parameters in the right basin", "processor time of a fit, median"),
        (
            Picture(
                figure,
                "Convergence, errors in units of the Cramér-Rao bound, errors of all parameters, time per fit.",
                "Distance from the truth per iteration; errors of all fits of one parameter against the normal "
                "distribution; error against bound of every parameter; processor time, compared with the same fits "
                "with other methods.",
            ),
        ),
        (f"{document}.json",),
        (f"Parameters with a bound of {plan.joint.widest:g} {plan.unit} or more are counted, not judged.",),
    )


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """The page of a run."""
    return page_of(layout(plan), run)
