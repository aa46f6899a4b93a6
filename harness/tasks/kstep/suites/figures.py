"""Figures of the suites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.tasks.kstep.suites.experiments import JumpRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def front_figure(rows: Sequence[JumpRow], molecule: str) -> Figure:
    """Position error after the window against quantum calls and against wall time, one point for each method."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for row in rows:
        label = f"{row.method}, {0.25 * row.k:g} fs"
        for axes, cost in ((left, row.calls_per_ps), (right, row.seconds_per_ps)):
            axes.plot([max(cost, 1e-3)], [row.position_end_nm], "o", label=label)
    for axes, words in ((left, "GFN2-xTB calls for each ps"), (right, "wall time for each ps / s")):
        axes.set(xscale="log", yscale="log", xlabel=words)
        axes.grid(alpha=0.3, which="both")
    left.set(ylabel="position error / nm", title=molecule)
    right.legend(fontsize=7)
    return figure
