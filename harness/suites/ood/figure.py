"""Errors outside the trained ranges, and how well each population is recognised as outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.suites.boxes import boxes
from harness.suites.ood.measure import Result, Row
from harness.suites.ood.plan import Plan
from harness.suites.style import GREY, PAGE_IN, bare, canvas, letter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCORES = (("auroc_uncertainty", "uncertainty"), ("auroc_flag", "domain flag"))
LONG_NAME = 7
"""Letters beyond which a name is broken at its first space."""


def ood_figure(
    results: Sequence[Result], rows: Sequence[Row], subject: str, plan: Plan, target: float = 0.95
) -> Figure:
    """Errors of the subject and of the baseline per population, and below how well each population is recognised.

    The numbers under the boxes are the areas under the ROC curve of each score, in distribution against the population:
    1 for a score that always separates them, 0.5 for one that never does. Those below ``target`` are red.
    """
    names = [
        row.population.replace(" ", "\n", 1) if len(row.population) > LONG_NAME else row.population for row in rows
    ]
    with canvas(2, 1, (PAGE_IN * 0.85, 4.0), height_ratios=[4, 1]) as (figure, axes):
        above, below = axes[:, 0]
        groups = {subject: [r.errors for r in results], plan.baseline.label: [r.plain for r in results]}
        boxes(above, groups, names, plan.main)
        above.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        _recognised(below, rows, subject, target)
        below.set_xlim(above.get_xlim())
        letter([above, below])
    return figure


def _recognised(ax: Axes, rows: Sequence[Row], subject: str, target: float) -> None:
    """One row of numbers per score; where there is none, one word gives the reason."""
    for line, (score, label) in enumerate(SCORES):
        offered = any(getattr(row, score) is not None for row in rows)
        if not offered:
            ax.text(len(rows) / 2 - 0.5, line, f"{subject} offers no {label}", ha="center", va="center", fontsize=6.5)
        for place, row in enumerate(rows if offered else ()):
            value = getattr(row, score)
            words = f"{value:.2f}" if value is not None else ("reference" if place == 0 else "in domain")
            shade = "black" if value is not None and value >= target else "#B00000" if value is not None else GREY
            ax.text(place, line, words, ha="center", va="center", color=shade, fontsize=7 if value is not None else 6)
    ax.set(ylim=(len(SCORES) - 0.4, -0.6))
    ax.set_xticks([])
    ax.set_yticks(range(len(SCORES)), [label for _, label in SCORES])
    bare(ax)
    title = f"AUROC of each population against in distribution (target: at least {target:g}; red: below)"
    ax.set_title(title, fontsize=6.5)
