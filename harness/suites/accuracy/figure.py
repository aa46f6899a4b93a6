"""The error of the subject in every case, compared with the errors of the baselines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.suites.accuracy.plan import Plan
from harness.suites.accuracy.rows import Row
from harness.suites.style import PAGE_IN, canvas, looks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FLOOR = 1e-16
"""Errors below this are drawn there: a logarithmic axis has no zero."""


def accuracy_figure(rows: Sequence[Row], plan: Plan, subject: str) -> Figure:
    """One point per case and method, the cases in which the first baseline is worst on the left."""
    main, labels = plan.metrics[0], [baseline.label for baseline in plan.baselines]
    if labels:
        rows = sorted(rows, key=lambda row: -_finite(row.baselines[labels[0]][main.key]))
    style = looks([*labels, subject], subject)
    with canvas(1, 1, (PAGE_IN * 0.8, 3.0)) as (figure, axes):
        ax = axes[0, 0]
        for label in (*labels, subject):
            values = [(row.errors if label == subject else row.baselines[label])[main.key] for row in rows]
            drawn = [max(value, FLOOR) if math.isfinite(value) else math.nan for value in values]
            ax.plot(range(len(rows)), drawn, label=label, **{**style[label], "linestyle": "none"})
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set(yscale="log", xlabel=f"{len(rows)} cases", ylabel=main.label)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
    return figure


def _finite(value: float) -> float:
    """The value, or 0 where there is none, which is sorted to the end."""
    return value if math.isfinite(value) else 0.0
