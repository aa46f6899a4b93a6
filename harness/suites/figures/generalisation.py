"""Figures 4 and 5: errors on graphs not trained on, and outside the trained ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.figures.style import GREY, PAGE_IN, canvas, colour, letter, target_line
from harness.suites.measure.errors import CaseError
from harness.suites.measure.ood import OodRow, RegimeResult
from harness.suites.measure.topology import TopologyRow, string_law

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRING = 4
"""Spins of the shortest string that spin-graph leaves to its network (or solves only where it counts)."""


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
    """RMSE per topology and subject; increase over chains with its interval and what the graph costs; rings by size.

    The first two panels are of the smallest size, the third is there where ``rows`` have several. One legend for all,
    above them: colours are those of the subjects, and no text lies on the data.
    """
    kinds = list(next(iter(errors.values())))
    names = list(errors)
    sizes = sorted({row.spins for row in rows})
    ratios = [1.35, 1, 1] if len(sizes) > 1 else [1.35, 1]
    with canvas(1, len(ratios), (PAGE_IN, 3.4), width_ratios=ratios) as (figure, axes):
        panels = list(axes[0])
        _boxes(panels[0], {name: [cases[kind] for kind in kinds] for name, cases in errors.items()}, kinds)
        first = [row for row in rows if row.spins == sizes[0]]
        _increases(panels[1], first, [kind for kind in kinds if kind != "chain"], names)
        if len(sizes) > 1:
            _ring_by_size(panels[2], [row for row in rows if row.topology == "ring"], sizes, names)
        for ax in panels[1:]:
            ax.axhline(0, color=GREY, linewidth=0.6)
            ax.axhline(100 * allowed_increase, color=GREY, linestyle=(0, (4, 2)), linewidth=0.8, zorder=0,
                       label=f"asked of models trained on chains: < {100 * allowed_increase:.0f} %")  # fmt: skip
            ax.set_yscale("symlog", linthresh=10)
        handles: dict[str, Any] = {}
        for ax in panels:
            handles |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
        figure.legend(list(handles.values()), list(handles), loc="outside upper center", ncols=3)
        letter(panels)
    return figure


def _increases(ax: Axes, rows: Sequence[TopologyRow], kinds: Sequence[str], names: Sequence[str]) -> None:
    """Increase of every subject on every graph but the chain, and that of the pair product."""
    subjects = list(dict.fromkeys(row.subject for row in rows))
    for number, subject in enumerate(subjects):
        for place, kind in enumerate(kinds):
            row = next((r for r in rows if (r.subject, r.topology) == (subject, kind)), None)
            if row is not None:
                at = place + (number - (len(subjects) - 1) / 2) * 0.8 / max(5, len(subjects))
                _interval(ax, at, row, number, colour(names.index(subject)))
    for place, kind in enumerate(kinds):
        difficulty = 100 * next(r.difficulty for r in rows if r.topology == kind)
        ax.plot(
            [place - 0.35, place + 0.35], [difficulty, difficulty], color="black", linewidth=0.9, linestyle=":",
            label="what the graph costs the pair product" if place == 0 else None,
        )  # fmt: skip
    ax.set_xticks(range(len(kinds)), kinds)
    ax.set(ylabel="error increase over chains (%)", xlim=(-0.5, len(kinds) - 0.5))


def _ring_by_size(ax: Axes, rows: Sequence[TopologyRow], sizes: Sequence[int], names: Sequence[str]) -> None:
    """The ring's increase at every size, and what counting strings of four spins makes of it."""
    subjects = list(dict.fromkeys(row.subject for row in rows))
    for number, subject in enumerate(subjects):
        for row in (r for r in rows if r.subject == subject):
            at = row.spins * 1.03 ** (number - (len(subjects) - 1) / 2)
            _interval(ax, at, row, number, colour(names.index(subject)))
    spins = np.arange(sizes[0], sizes[-1] + 1)
    low, high = 100 * np.array([string_law(int(n), STRING) for n in spins]).T
    ax.fill_between(spins, low, high, color="#dddddd", linewidth=0, zorder=0,
                    label=f"a ring has N strings of {STRING} spins, a chain N - {STRING - 1}")  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks(sizes, [str(n) for n in sizes], minor=False)
    ax.minorticks_off()
    ax.set(xlabel="spins N", ylabel="increase of rings over chains (%)")


def _interval(ax: Axes, at: float, row: TopologyRow, number: int, shade: str) -> None:
    """One increase with its 95 % interval, in per cent."""
    if not np.isfinite(row.increase):
        return
    low, high = row.increase - row.increase_low, row.increase_high - row.increase
    ax.errorbar(
        at, 100 * row.increase, yerr=[[100 * max(low, 0)], [100 * max(high, 0)]], marker="osD^vP"[number % 6],
        color=shade, capsize=2, linestyle="none",
    )  # fmt: skip


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
        for k, row in enumerate(rows):
            if k and row.auroc_flag is None and row.auroc_uncertainty is None:
                below.annotate(
                    "inside the domain\nthat it states", (k, 0.25), ha="center", fontsize=5.5, color=GREY, va="center"
                )
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
