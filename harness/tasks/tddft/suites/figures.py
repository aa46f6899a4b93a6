"""Figures of the suites of this task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.style import PAGE_IN, canvas, colour, letter, marker
from harness.tasks.tddft.suites.anchoring import Spent
from harness.tasks.tddft.suites.generalisation import DIPOLE, LEAST_ERROR, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BUDGETS = (0.3, 0.5, 1.0, 2.0, 5.0)
WAYS = {
    "fixed": "fixed interval",
    "points": "fixed interval, few points",
    "adaptive": "by the anchor defect",
    "cfm4": "cfm4, larger steps",
}


def anchoring_figure(rows: Sequence[Spent]) -> Figure:
    """Error against true Fock matrices for each au, one panel for each field strength; geometric means over pulses."""
    strengths = sorted({row.strength_au for row in rows})
    with canvas(1, len(strengths), (PAGE_IN, 2.8), sharey=True) as (figure, axes):
        for ax, e0 in zip(axes[0], strengths, strict=True):
            _budget(ax, [row for row in rows if row.strength_au == e0])
            ax.set(title=f"E0 = {e0:g}", xlabel="true Fock matrices / au")
        axes[0, 0].set_ylabel(DIPOLE.label)
        lines, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(lines, labels, loc="outside upper center", ncols=len(labels))
        letter(list(axes[0]))
    return figure


def _budget(ax: Axes, rows: Sequence[Spent]) -> None:
    for number, (way, label) in enumerate(WAYS.items()):
        settings = sorted({row.setting for row in rows if row.way == way})
        groups = [[row for row in rows if row.way == way and row.setting == one] for one in settings]
        points = sorted(
            (np.mean([row.builds_per_au for row in group]), np.exp(np.mean(np.log([row.error for row in group]))))
            for group in groups
        )
        ax.plot(*zip(*points, strict=True), color=colour(number), marker=marker(number), label=label)
    alone = [row.error for row in rows if row.way == "none"]
    if alone:
        level = float(np.exp(np.mean(np.log(alone))))
        ax.axhline(level, color="black", linestyle=":", linewidth=0.9, label="kernel alone")
    ax.set(xscale="log", yscale="log")
    ax.set_xticks(BUDGETS, [f"{one:g}" for one in BUDGETS])
    ax.set_xticks([], minor=True)
    ax.grid(color="#e4e4e4", linewidth=0.5)


def generalisation_figure(rows: Sequence[Row], subject: str) -> Figure:
    """Errors of the subject and of the baselines, one point for each case; those below 1e-7 are drawn there."""
    names = [row.population.name.replace(" ", "\n") for row in rows]
    with canvas(1, 1, (PAGE_IN, 3.0)) as (figure, axes):
        (ax,) = axes[0]
        methods = (subject, *rows[0].baselines)
        for number, label in enumerate(methods):
            shift = 0.25 * (number - (len(methods) - 1) / 2)
            for place, row in enumerate(rows):
                errors = row.errors if label == subject else row.baselines[label]
                values = [max(one[DIPOLE.key], LEAST_ERROR) for one in errors if np.isfinite(one[DIPOLE.key])]
                ax.plot(
                    [place + shift] * len(values), values, color=colour(number), marker=marker(number), linestyle="",
                    label=label if place == 0 else None,
                )  # fmt: skip
        ax.set(yscale="log", ylabel=DIPOLE.label, xlim=(-0.6, len(rows) - 0.4))
        ax.set_xticks(range(len(rows)), names)
        ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
        figure.legend(loc="outside upper center", ncols=len(methods))
    return figure
