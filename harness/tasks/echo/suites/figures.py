"""Figures of the inference: curves, labels found against true, calibration; and of the faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, target_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SYMBOLS = {"alpha": "α", "xi": "ξ", "p": "p", "d": "d"}
MOST_POINTS = 400
"""Number of curves that are drawn: more curves cannot be distinguished in a figure."""


def inference_figure(
    keys: list[str], truth: np.ndarray, low: np.ndarray, median: np.ndarray, high: np.ndarray
) -> Figure:
    """One panel for each label: posterior medians with their 90 % intervals against the true labels, (n, V) each."""
    with canvas(1, len(keys), (PAGE_IN, 2.1)) as (figure, axes):
        for k, key in enumerate(keys):
            ax: Any = axes[0, k]
            shown = slice(0, MOST_POINTS)
            ends = np.stack([median[shown, k] - low[shown, k], high[shown, k] - median[shown, k]])
            ax.errorbar(
                truth[shown, k], median[shown, k], np.maximum(ends, 0.0), linestyle="none", marker=".", markersize=2,
                elinewidth=0.3, color=colour(k), alpha=0.6,
            )  # fmt: skip
            span = [truth[:, k].min(), truth[:, k].max()]
            ax.plot(span, span, color=GREY, linewidth=0.8, zorder=3)
            ax.set(xlabel=f"true {SYMBOLS[key]}", ylabel=f"{SYMBOLS[key]} from the curve")
        letter(list(axes[0]))
    return figure


def calibration_figure(keys: list[str], ranks: np.ndarray, tarp: np.ndarray, bound: float) -> Figure:
    """Ranks of the truth among its samples (n, V), and TARP (n,): share below a rank minus the rank."""
    with canvas(1, 2, (PAGE_IN, 2.4), sharey=True) as (figure, axes):
        for ax, columns in zip(
            axes[0], ({SYMBOLS[k]: ranks[:, i] for i, k in enumerate(keys)}, {"TARP": tarp}), strict=True
        ):
            for number, (label, values) in enumerate(columns.items()):
                ordered = np.sort(values)
                ax.plot(
                    ordered, np.arange(1, len(ordered) + 1) / len(ordered) - ordered, color=colour(number), label=label
                )
            for side in (-bound, bound):
                target_line(ax, side, "5 % of uniform samples" if side > 0 else "")
            ax.set(xlabel="rank of the truth", xlim=(0, 1))
            ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
        axes[0, 0].set_ylabel("share below − rank")
        letter(list(axes[0]))
    return figure


def curves_figure(times_us: np.ndarray, curves: np.ndarray, titles: list[str]) -> Figure:
    """|M| of a few curves (n, T) over time in µs."""
    with canvas(1, 1, (PAGE_IN, 2.2)) as (figure, axes):
        for k, (curve, title) in enumerate(zip(curves, titles, strict=True)):
            axes[0, 0].plot(times_us, np.abs(curve), color=colour(k), label=title)
        axes[0, 0].set(xlabel="time (µs)", ylabel="|M|", xlim=(0, times_us[-1]), ylim=(0, None))
        axes[0, 0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure
