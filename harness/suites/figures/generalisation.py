"""Figures 4 and 5: errors on graphs not trained on, and outside the trained ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.figures.style import GREY, PAGE_IN, canvas, colour, letter, target_line
from harness.suites.measure.errors import CaseError
from harness.suites.measure.ood import OodRow, RegimeResult
from harness.suites.measure.topology import TopologyRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _boxes(ax: Axes, groups: Mapping[str, Sequence[Sequence[CaseError]]], names: Sequence[str]) -> None:
    """Boxes (quartiles; whiskers to the extremes) of the RMSE per column of ``names``, one colour per group."""
    width = 0.8 / max(1, len(groups))
    for number, (label, columns) in enumerate(groups.items()):
        at = np.arange(len(names)) + (number - (len(groups) - 1) / 2) * width
        values = [[max(row.rmse_m, 1e-17) for row in rows if np.isfinite(row.rmse_m)] for rows in columns]
        there = [k for k, v in enumerate(values) if v]
        ax.bar(0, 0, color=colour(number), hatch=(None, "///", "...")[number % 3], label=label)
        if not there:
            continue
        ax.boxplot(
            [values[k] for k in there], positions=at[there], widths=width * 0.8, whis=(0, 100), patch_artist=True,
            manage_ticks=False, showfliers=False, medianprops={"color": "black", "linewidth": 0.9},
            boxprops={"facecolor": colour(number), "linewidth": 0.5, "hatch": (None, "///", "...")[number % 3]},
            whiskerprops={"linewidth": 0.7}, capprops={"linewidth": 0.7},
        )  # fmt: skip
    ax.set(yscale="log", ylabel="RMSE of M", xlim=(-0.6, len(names) - 0.4))
    ax.set_xticks(range(len(names)), names)
    ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)


def topology_figure(
    errors: Mapping[str, Mapping[str, Sequence[CaseError]]], rows: Sequence[TopologyRow], allowed_increase: float
) -> Figure:
    """Left: RMSE per topology and subject. Right: increase over chains with its interval, and what the graph costs.

    One legend for both, above them: colours are those of the subjects on either side, and no text lies on the data.
    """
    kinds = list(next(iter(errors.values())))
    others = [kind for kind in kinds if kind != "chain"]
    subjects = list(dict.fromkeys(row.subject for row in rows))
    with canvas(1, 2, (PAGE_IN, 3.4)) as (figure, axes):
        left, right = axes[0]
        _boxes(left, {name: [cases[kind] for kind in kinds] for name, cases in errors.items()}, kinds)
        names = list(errors)
        for number, subject in enumerate(subjects):
            for place, kind in enumerate(others):
                row = next(r for r in rows if (r.subject, r.topology) == (subject, kind))
                if not np.isfinite(row.increase):
                    continue
                at = place + (number - (len(subjects) - 1) / 2) * 0.18
                low, high = row.increase - row.increase_low, row.increase_high - row.increase
                right.errorbar(
                    at, 100 * row.increase, yerr=[[100 * max(low, 0)], [100 * max(high, 0)]], marker="osD"[number % 3],
                    color=colour(names.index(subject)), capsize=2, linestyle="none",
                )  # fmt: skip
        for place, kind in enumerate(others):
            difficulty = 100 * next(r.difficulty for r in rows if r.topology == kind)
            right.plot(
                [place - 0.35, place + 0.35], [difficulty, difficulty], color="black", linewidth=0.9, linestyle=":",
                label="what the graph costs the pair product" if place == 0 else None,
            )  # fmt: skip
        right.axhline(0, color=GREY, linewidth=0.6)
        right.axhline(100 * allowed_increase, color=GREY, linestyle=(0, (4, 2)), linewidth=0.8, zorder=0,
                      label=f"asked of models trained on chains: < {100 * allowed_increase:.0f} %")  # fmt: skip
        right.set_yscale("symlog", linthresh=10)
        right.set_xticks(range(len(others)), others)
        right.set(ylabel="error increase over chains (%)", xlim=(-0.5, len(others) - 0.5))
        known = [ax.get_legend_handles_labels() for ax in (left, right)]
        handles, labels = (known[0][k] + known[1][k] for k in (0, 1))
        figure.legend(handles, labels, loc="outside upper center", ncols=3)
        letter([left, right])
    return figure


def ood_figure(results: Sequence[RegimeResult], rows: Sequence[OodRow], subject: str) -> Figure:
    """Above: RMSE of the subject and of the pair product per regime. Below: how well each score tells them apart."""
    names = [row.regime.replace(" ", "\n", 1) if len(row.regime) > 7 else row.regime for row in rows]
    with canvas(2, 1, (PAGE_IN * 0.8, 4.4), height_ratios=[1.7, 1]) as (figure, axes):
        above, below = axes[:, 0]
        groups = {subject: [r.errors for r in results], "pair product": [r.plain for r in results]}
        _boxes(above, groups, names)
        above.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=2)
        for number, (score, label) in enumerate((("auroc_uncertainty", "uncertainty"), ("auroc_flag", "domain flag"))):
            there = [(k, getattr(row, score)) for k, row in enumerate(rows) if getattr(row, score) is not None]
            if not there:
                below.annotate(
                    f"{subject} offers no {label}", (0.01, 0.06 + 0.12 * number), xycoords="axes fraction", fontsize=6.5
                )
                continue
            below.plot(
                [k + 0.12 * (number - 0.5) for k, _ in there], [v for _, v in there], marker="os"[number],
                linestyle="none", color=colour(number + 2), label=label,
            )  # fmt: skip
        target_line(below, 0.95, "target .95")
        below.axhline(0.5, color=GREY, linewidth=0.6)
        below.annotate("knows nothing", (0.01, 0.5), xycoords=("axes fraction", "data"), fontsize=6, color=GREY,
                       va="bottom")  # fmt: skip
        below.set(ylabel="AUROC against\nin distribution", ylim=(0, 1.05), xlim=above.get_xlim())
        below.set_xticks(range(len(names)), names)
        if below.get_legend_handles_labels()[0]:
            below.legend(loc="lower right", ncols=2)
        letter([above, below])
    return figure
