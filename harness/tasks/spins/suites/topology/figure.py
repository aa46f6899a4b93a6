"""Figures 4 and 4b: errors on graphs that were not in the training set, and errors on rings by size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.boxes import boxes
from harness.suites.errors import CaseError
from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter
from harness.tasks.spins.metrics import RMSE_M
from harness.tasks.spins.suites.topology.measure import TopologyRow, string_law

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRING = 4
"""Spins of the shortest string that spin-graph computes with its network (or solves only where it has an effect)."""


def topology_figure(
    errors: Mapping[str, Mapping[str, Sequence[CaseError]]], rows: Sequence[TopologyRow], allowed_increase: float
) -> Figure:
    """RMSE per topology and subject; increase over chains with its interval, and the increase for the pair product.

    Both panels show the smallest size in ``rows``. One legend for both panels is above them: a box and a marker of one
    colour are the same subject, and no text covers the data.
    """
    kinds = list(next(iter(errors.values())))
    names = list(errors)
    size = min((row.spins for row in rows), default=0)
    with canvas(1, 2, (PAGE_IN, 3.4), width_ratios=[1.35, 1]) as (figure, axes):
        spread, increases = axes[0]
        boxes(spread, {name: [cases[kind] for kind in kinds] for name, cases in errors.items()}, kinds, RMSE_M)
        first = [row for row in rows if row.spins == size]
        _increases(increases, first, [kind for kind in kinds if kind != "chain"], names)
        _allowed(increases, allowed_increase)
        _legend(figure, [spread, increases])
        letter([spread, increases])
    return figure


def rings_figure(rows: Sequence[TopologyRow], names: Sequence[str], allowed_increase: float) -> Figure:
    """Increase of rings over chains at every size in ``rows``; colours are those of ``names`` in figure 4."""
    rings = [row for row in rows if row.topology == "ring"]
    with canvas(1, 1, (PAGE_IN * 0.7, 3.4)) as (figure, axes):
        ax = axes[0, 0]
        _ring_by_size(ax, rings, sorted({row.spins for row in rings}), names)
        _allowed(ax, allowed_increase)
        _legend(figure, [ax], 2)
    return figure


def _allowed(ax: Axes, allowed_increase: float) -> None:
    """The axis of increases: logarithmic beyond 10 %, with a line at zero and a line at the target."""
    ax.axhline(0, color=GREY, linewidth=0.6)
    ax.axhline(100 * allowed_increase, color=GREY, linestyle=(0, (4, 2)), linewidth=0.8, zorder=0,
               label=f"target for models trained on chains: < {100 * allowed_increase:.0f} %")  # fmt: skip
    ax.set_yscale("symlog", linthresh=10)


def _legend(figure: Figure, panels: Sequence[Axes], columns: int = 3) -> None:
    """One legend above all panels; elements with the same label in several panels share one legend entry."""
    from matplotlib.legend_handler import HandlerTuple

    handles: dict[str, list[Any]] = {}
    for ax in panels:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, []).append(handle)
    figure.legend(
        [tuple(found) for found in handles.values()], list(handles),  # type: ignore[arg-type]
        loc="outside upper center", ncols=columns,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.6)}, handlelength=3.2,
    )  # fmt: skip


def _increases(ax: Axes, rows: Sequence[TopologyRow], kinds: Sequence[str], names: Sequence[str]) -> None:
    """Increase of every subject on every graph except the chain, and that of the pair product."""
    subjects = list(dict.fromkeys(row.subject for row in rows))
    for number, subject in enumerate(subjects):
        for place, kind in enumerate(kinds):
            row = next((r for r in rows if (r.subject, r.topology) == (subject, kind)), None)
            if row is not None:
                at = place + (number - (len(subjects) - 1) / 2) * 0.8 / max(5, len(subjects))
                _interval(ax, at, row, number, colour(names.index(subject)), "" if place else subject)
    for place, kind in enumerate(kinds):
        difficulty = 100 * next(r.difficulty for r in rows if r.topology == kind)
        ax.plot(
            [place - 0.35, place + 0.35], [difficulty, difficulty], color="black", linewidth=0.9, linestyle=":",
            label="what the graph costs the pair product" if place == 0 else None,
        )  # fmt: skip
    ax.set_xticks(range(len(kinds)), kinds)
    ax.set(ylabel="error increase over chains (%)", xlim=(-0.5, len(kinds) - 0.5))


def _ring_by_size(ax: Axes, rows: Sequence[TopologyRow], sizes: Sequence[int], names: Sequence[str]) -> None:
    """The increase on the ring at every size, and the prediction from the number of strings of four spins."""
    subjects = list(dict.fromkeys(row.subject for row in rows))
    for number, subject in enumerate(subjects):
        for place, row in enumerate(r for r in rows if r.subject == subject):
            at = row.spins * 1.03 ** (number - (len(subjects) - 1) / 2)
            _interval(ax, at, row, number, colour(names.index(subject)), "" if place else subject)
    spins = np.arange(sizes[0], sizes[-1] + 1)
    low, high = 100 * np.array([string_law(int(n), STRING) for n in spins]).T
    ax.fill_between(spins, low, high, color="#dddddd", linewidth=0, zorder=0,
                    label=f"a ring has N strings of {STRING} spins, a chain N - {STRING - 1}")  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks(sizes, [str(n) for n in sizes], minor=False)
    ax.minorticks_off()
    ax.set(xlabel="spins N", ylabel="increase of rings over chains (%)")


def _interval(ax: Axes, at: float, row: TopologyRow, number: int, shade: str, label: str) -> None:
    """One increase with its 95 % interval, in per cent; ``label`` is "" if the legend already contains it."""
    if not np.isfinite(row.increase):
        return
    low, high = row.increase - row.increase_low, row.increase_high - row.increase
    ax.errorbar(
        at, 100 * row.increase, yerr=[[100 * max(low, 0)], [100 * max(high, 0)]], marker="osD^vP"[number % 6],
        color=shade, capsize=2, linestyle="none", label=label or None,
    )  # fmt: skip
