"""The figure of the learning curves: the point of every seed, and the geometric mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.kstep.curves.plan import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLES = {
    "scratch": ("C7", "o"), "scratch, longer": ("k", "s"), "pretrained": ("C0", "^"),
    "pretrained, frozen rounds": ("C1", "v"), "with MMFF94": ("C0", "^"), "without MMFF94": ("k", "s"),
    "shuffled MMFF94": ("C3", "x"),
}  # fmt: skip
TITLES = {"jump": "jump network", "correction": "correction potential"}
AXES = {
    "jump": "error of a jump / its size (GFN2-xTB, test)",
    "correction": "error of the force / (kJ/mol/nm) (GFN2-xTB, test)",
}
YTICKS = (1.0, 2.0, 3.0, 5.0, 7.0)
UNITS = {"jump": "base steps of GFN2-xTB trajectories", "correction": "GFN2-xTB labels"}


def curves_figure(rows: Sequence[Row]) -> Figure:
    """One panel for each model; horizontal lines are what needs no quantum data."""
    from matplotlib.figure import Figure

    models = [model for model in TITLES if any(row.model == model for row in rows)]
    figure = Figure(figsize=(5.2 * len(models), 4.8), layout="constrained")
    for axes, model in zip(np.atleast_1d(figure.subplots(1, len(models))), models, strict=True):
        _panel(axes, [row for row in rows if row.model == model], model)
    return figure


def means(rows: Sequence[Row], variant: str) -> dict[int, float]:
    """Quantum calls -> geometric mean of the error over the seeds."""
    calls = sorted({row.quantum_calls for row in rows if row.variant == variant and row.fraction})
    logs = {c: [np.log(r.error) for r in rows if r.variant == variant and r.quantum_calls == c] for c in calls}
    return {c: float(np.exp(np.mean(values))) for c, values in logs.items()}


def _panel(axes: Axes, rows: Sequence[Row], model: str) -> None:
    from matplotlib.ticker import LogLocator

    for variant, (colour, marker) in STYLES.items():
        if not (mean := means(rows, variant)):
            continue
        mine = [row for row in rows if row.variant == variant and row.fraction]
        axes.plot([r.quantum_calls for r in mine], [r.error for r in mine], marker, color=colour, ms=4, alpha=0.45)
        axes.plot(list(mean), list(mean.values()), "-", marker=marker, color=colour, ms=6, label=variant)
    free = [row for row in rows if not row.fraction]
    for number, name in enumerate(dict.fromkeys(row.variant for row in free)):
        level = float(np.exp(np.mean([np.log(row.error) for row in free if row.variant == name])))
        axes.axhline(
            level, ls=(":", "--")[number % 2], lw=1.2, color=("C2", "C0")[number % 2], label=f"{name}, no quantum data"
        )
    axes.set(xscale="log", yscale="log", xlabel=UNITS[model], ylabel=AXES[model])
    parts = sorted({(row.quantum_calls, row.fraction) for row in rows if row.fraction})
    axes.set_xticks([calls for calls, _ in parts], [f"{calls}\n{part:.0%}" for calls, part in parts])
    axes.xaxis.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=YTICKS))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    axes.set_title(f"{TITLES[model]}, {rows[0].molecule}", loc="left", fontsize=10)
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize=7, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=2)
