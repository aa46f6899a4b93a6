"""Cost and error against the size of the system, the error-cost front, and the signals themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.cost.measure import CostPoint, SpeedUp, front
from harness.suites.cost.plan import Plan
from harness.suites.cost.text_table import text_table
from harness.suites.style import GREY, PAGE_IN, canvas, colour, full_numbers, letter, looks
from harness.task import Signals

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALLEST = 1e-16
"""Errors below this are drawn there: a logarithmic axis has no zero."""


def cost_figure(
    points: Sequence[CostPoint], ratios: Sequence[SpeedUp], subject: str, plan: Plan, exact_up_to: float = math.inf
) -> Figure:
    """Four panels: seconds per system, error, speed-up bars with the opponents' errors, and the table behind them.

    Only batches of the subject are shown, with hollow markers; those of other methods are on the front.
    """
    points = [p for p in points if p.batch == 1 or p.method == subject]
    lines = _by_label(points)
    marked = _marked(points)
    with canvas(2, 2, (PAGE_IN, 5.6)) as (figure, axes):
        cost, error, bars, table = axes.ravel()
        style = looks(list(lines), subject)
        for label, members in lines.items():
            known = [p for p in members if math.isfinite(p.seconds)]
            _line(cost, known, marked[label], style[label])
            sure = [p for p in members if p.error > 0 and math.isfinite(p.error)]
            # The error of a batch is that of its systems one by one: one line for both.
            if all(p.batch == 1 for p in sure):
                error.plot([p.size for p in sure], [max(p.error, SMALLEST) for p in sure], label=label, **style[label])
        cost.set(yscale="log", xlabel=plan.size_label, ylabel="time per system (s)")
        sizes = sorted({p.size for p in points})
        believed = plan.truth_label
        if sizes[-1] > exact_up_to:
            believed += f"\n(N > {exact_up_to}: against {plan.beyond_label})"
        error.set(yscale="log", xlabel=plan.size_label, ylabel=f"{plan.main.label} against {believed}")
        for ax in (cost, error):
            ax.set_xticks(sizes)
            ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
        _bars(bars, [r for r in ratios if r.size <= exact_up_to], marked, _recorded(points))
        _table(table, [p for p in points if p.size <= exact_up_to], subject, marked)
        handles, labels = cost.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=5)
        letter([cost, error, bars, table])
    return figure


def _by_label(points: Sequence[CostPoint]) -> dict[str, list[CostPoint]]:
    found: dict[str, list[CostPoint]] = {}
    for point in points:
        found.setdefault(point.label, []).append(point)
    return {label: sorted(members, key=lambda p: p.size) for label, members in found.items()}


def _marked(points: Sequence[CostPoint]) -> dict[str, str]:
    """Labels as they are drawn: a dagger means that the time was not measured in this run."""
    return {p.label: f"{p.label} †" if p.recorded else p.label for p in points}


def _recorded(points: Sequence[CostPoint]) -> str:
    """What the dagger means, "" where there is no dagger."""
    return next((f"† {p.recorded}" for p in points if p.recorded), "")


def _line(ax: Axes, members: Sequence[CostPoint], label: str, style: Mapping[str, Any]) -> None:
    measured = [p for p in members if not p.extrapolated]
    seconds = [p.seconds for p in measured]
    if any(p.batch > 1 for p in measured):
        style = {**style, "markerfacecolor": "white"}
    # A logarithmic axis cannot show a spread that is larger than the median itself.
    spread = [[min(p.spread_s, 0.5 * p.seconds) for p in measured], [p.spread_s for p in measured]]
    ax.errorbar([p.size for p in measured], seconds, yerr=spread, capsize=1.5, label=label, **style)
    beyond = [p for p in members if p.extrapolated]
    if measured and beyond:
        path = [measured[-1], *beyond]
        ax.plot([p.size for p in path], [p.seconds for p in path], color=style["color"], linestyle=":")
        ax.plot(
            [p.size for p in beyond], [p.seconds for p in beyond], color=style["color"], linestyle="none",
            marker=style["marker"], markerfacecolor="white",
        )  # fmt: skip


def _bars(ax: Axes, ratios: Sequence[SpeedUp], marked: Mapping[str, str], recorded: str) -> None:
    single = [r for r in ratios if "(batch" not in r.opponent and "(batch" not in r.subject and r.factor > 0]
    opponents = list(dict.fromkeys(r.opponent for r in single))
    sizes = sorted({r.size for r in single})[-3:]
    width = 0.8 / max(1, len(sizes))
    for number, n in enumerate(sizes):
        for place, opponent in enumerate(opponents):
            for ratio in (r for r in single if (r.size, r.opponent) == (n, opponent)):
                at = place + (number - (len(sizes) - 1) / 2) * width
                ax.bar(
                    at, ratio.factor, width, color=colour(number), hatch="////" if ratio.extrapolated else None,
                    edgecolor="white", linewidth=0.4, label=f"N = {n}" if place == 0 else None,
                )  # fmt: skip
    ax.axhline(1, color=GREY, linewidth=0.8)
    names = []
    for opponent in opponents:
        errors = [r.opponent_error for r in single if r.opponent == opponent and math.isfinite(r.opponent_error)]
        names.append(f"{marked.get(opponent, opponent)} · {_error(max(errors, default=math.nan))}")
    ax.set_xticks(range(len(opponents)), names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set(yscale="log", ylabel="speed-up, one system (×)")
    title = "opponent and its largest error at any N; hatched: extrapolated"
    ax.set_title(f"{title}\n{recorded}" if recorded else title, fontsize=6.5)
    handles = {label: handle for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    ax.legend(handles.values(), handles.keys(), loc="upper center", ncols=3)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 10)


def _error(error: float) -> str:
    """An error in words: the truth itself has none."""
    if not math.isfinite(error):
        return "not known"
    return "truth" if error == 0 else f"{error:.0e}"


def _table(ax: Axes, points: Sequence[CostPoint], subject: str, marked: Mapping[str, str]) -> None:
    ax.axis("off")
    largest = max((p.size for p in points if p.method == subject), default=max(p.size for p in points))
    rows = sorted((p for p in points if p.size == largest), key=lambda p: p.seconds)
    cells = [
        [marked[p.label], f"{p.seconds * 1e3:.3g}" + (" *" if p.extrapolated else ""), _error(p.error)] for p in rows
    ]
    text_table(ax, ("method", "ms", "error"), cells, [p.method == subject for p in rows])
    starred = ", * extrapolated" if any(p.extrapolated for p in rows) else ""
    ax.set_title(f"N = {largest}, per system{starred}", fontsize=6.5)


def front_figure(points: Sequence[CostPoint], subject: str, sizes: Sequence[int], plan: Plan) -> Figure:
    """One panel per size: error against cost, every method a point, the front as a step line, the subject filled."""
    style = looks(list(dict.fromkeys(p.label for p in points)), subject)
    with canvas(1, len(sizes), (PAGE_IN, 3.3), sharey=True) as (figure, axes):
        for ax, n in zip(axes[0], sizes, strict=True):
            here = [p for p in points if p.size == n and math.isfinite(p.seconds) and math.isfinite(p.error)]
            edge = front(here)
            if edge:
                ax.step([p.seconds for p in edge], [max(p.error, SMALLEST) for p in edge], where="post", color=GREY,
                        linewidth=0.8, zorder=0)  # fmt: skip
            for p in here:
                look = style[p.label]
                ax.plot(
                    p.seconds, max(p.error, SMALLEST), marker=look["marker"], color=look["color"], linestyle="none",
                    markersize=9 if p.method == subject else 5,
                    markerfacecolor=look["color"] if p.batch == 1 else "white",
                    label=p.label if p.batch == 1 or p.method == subject else None,
                )  # fmt: skip
            ax.set(xscale="log", yscale="log", xlabel="time per system (s)", title=f"N = {n}")
            ax.grid(color="#e4e4e4", linewidth=0.5)
        axes[0, 0].set_ylabel(f"{plan.main.label} against {plan.truth_label}")
        handles: dict[str, Artist] = {}
        for ax in axes[0]:
            handles.update({text: handle for handle, text in zip(*ax.get_legend_handles_labels(), strict=True)})
        figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=5)
        letter(list(axes[0]))
    return figure


def observables_figure(truth: Signals, predicted: Mapping[str, Signals], plan: Plan) -> Figure:
    """The plan's panels over the grid: the truth solid, every subject dashed over it, the differences below."""
    grid, panels = truth.grid, plan.panels
    times = np.arange(grid.points) * grid.step * (1e3 if grid.unit == "s" else 1.0)
    unit = "ms" if grid.unit == "s" else grid.unit
    with canvas(2, len(panels), (PAGE_IN, 3.4), sharex=True, height_ratios=[2.4, 1]) as (figure, axes):
        for column, panel in enumerate(panels):
            signal, residual = axes[:, column]
            exact = panel.of(truth)
            if exact is None:
                continue
            signal.plot(times, exact, color="black", linewidth=1.6, label=plan.truth_label)
            for number, (label, one) in enumerate(predicted.items()):
                value = panel.of(one)
                if value is None:
                    continue
                signal.plot(times, value, color=colour(number + 1), linestyle=(0, (3, 2)), label=label)
                difference = np.maximum(np.abs(value - exact), 1e-9)
                residual.plot(times, difference, color=colour(number + 1), linewidth=0.8)
            signal.set_title(panel.title)
            full_numbers(signal)
            residual.set(xlabel=f"time ({unit})", yscale="log")
        axes[0, 0].set_ylabel("normalised to t = 0")
        axes[1, 0].set_ylabel("|difference|")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, title=plan.shown_title, title_fontsize=7)
        letter(list(axes[0]))
    return figure
