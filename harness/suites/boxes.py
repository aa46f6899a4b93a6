"""Boxes of per-case errors, one column per population and one colour per method; the figures of suites share them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.errors import CaseError
from harness.suites.style import colour
from harness.task import Metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HATCHES = (None, "///", "...")
FLOOR = 1e-17
"""Errors below this are drawn there: a logarithmic axis has no zero."""


def boxes(ax: Axes, groups: Mapping[str, Sequence[Sequence[CaseError]]], names: Sequence[str], metric: Metric) -> None:
    """Quartiles, with whiskers to the extremes, of the metric per column of ``names``."""
    width = 0.8 / max(1, len(groups))
    for number, (label, columns) in enumerate(groups.items()):
        at = np.arange(len(names)) + (number - (len(groups) - 1) / 2) * width
        values = [[max(row[metric.key], FLOOR) for row in rows if np.isfinite(row[metric.key])] for rows in columns]
        there = [k for k, v in enumerate(values) if v]
        hatch = HATCHES[number % len(HATCHES)]
        ax.bar(0, 0, color=colour(number), hatch=hatch, label=label)
        if not there:
            continue
        ax.boxplot(
            [values[k] for k in there], positions=at[there], widths=width * 0.8, whis=(0, 100), patch_artist=True,
            manage_ticks=False, showfliers=False, medianprops={"color": "black", "linewidth": 0.9},
            boxprops={"facecolor": colour(number), "linewidth": 0.5, "hatch": hatch},
            whiskerprops={"linewidth": 0.7}, capprops={"linewidth": 0.7},
        )  # fmt: skip
    ax.set(yscale="log", ylabel=metric.label, xlim=(-0.6, len(names) - 0.4))
    ax.set_xticks(range(len(names)), names)
    ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
