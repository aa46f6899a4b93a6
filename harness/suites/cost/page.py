"""The page of the suite of cost."""

from __future__ import annotations

from dataclasses import replace

from harness.report.page import SuitePage, SuiteRun
from harness.suites.cost.plan import Plan
from harness.suites.cost.run import DOMINATED
from harness.suites.layout import Layout, Picture, page_of


def layout(plan: Plan) -> Layout:
    """What is fixed about the page."""
    table, cost, front, signals = plan.files
    return Layout(
        plan.title or f"Cost and error against the {plan.size_label}",
        "What does the subject cost and how far off is it, compared with every other method?",
        (*(f"mean {metric.label}" for metric in plan.metrics), f"{DOMINATED}, one system"),
        (
            Picture(
                cost,
                "Time and error against the size, speed-up bars and a table.",
                f"Time per system and {plan.main.label} against the {plan.size_label}; speed-up over each opponent "
                "with the opponent's error; the table at the largest size. Dotted lines and hatched bars are "
                "extrapolated; hollow stars are batches.",
            ),
            Picture(
                front,
                "Error against time per system, one point per method, one panel per size.",
                "The error-cost front: no method left of and below the grey line exists here. Hollow: batched.",
            ),
            Picture(signals, "Signals of one case, the subject dashed on the truth, differences below.",
                    plan.shown_title),
        ),
        (f"{table}.csv", f"{table}.json"),
        ("Every speed-up names its opponent and both errors. All times were taken in this run unless marked.",),
    )  # fmt: skip


def present(plan: Plan, run: SuiteRun) -> SuitePage:
    """The page of a run, with what is better than each of the watched methods."""
    page, found = page_of(layout(plan), run), [record.measurement for record in run.records]
    lost = [f"{m.subject}, {m.metric}: {m.note}." for m in found if m.subject in plan.watched and DOMINATED in m.metric]
    return replace(page, notes=(*page.notes, *lost))
