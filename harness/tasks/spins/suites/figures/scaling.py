"""Figure 1: cost and error against the number of spins; figure 1b: the error-cost front; the observables themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, looks
from harness.tasks.spins.suites.measure.scaling import BELIEVED_CLUSTER, EXACT, CostPoint, SpeedUp, front
from harness.tasks.spins.systems import Trajectory

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _by_label(points: Sequence[CostPoint]) -> dict[str, list[CostPoint]]:
    found: dict[str, list[CostPoint]] = {}
    for point in points:
        found.setdefault(point.label, []).append(point)
    return {label: sorted(members, key=lambda p: p.spins) for label, members in found.items()}


def _shown(label: str) -> str:
    """A label as it is drawn: the dagger says that its time was not taken in this run."""
    return f"{label} †" if label.startswith("spinach") else label


def _clock(points: Sequence[CostPoint]) -> str:
    """What the dagger means, "" where there is none: the engine is in the note of the point."""
    notes = [p.note for p in points if p.label.startswith("spinach")]
    return f"† {notes[0].partition(' recorded')[0]} when the cache was built" if notes else ""


def scaling_figure(points: Sequence[CostPoint], ratios: Sequence[SpeedUp], subject: str) -> Figure:
    """Four panels: seconds per system, RMSE, speed-up bars with the opponents' errors, and the table behind them.

    Batches are shown of the subject only, hollow; those of other methods are on the front.
    """
    points = [p for p in points if p.batch == 1 or p.method == subject]
    lines = _by_label(points)
    with canvas(2, 2, (PAGE_IN, 5.6)) as (figure, axes):
        cost, error, bars, table = axes.ravel()
        style = looks(list(lines), subject)
        for label, members in lines.items():
            known = [p for p in members if math.isfinite(p.seconds)]
            _line(cost, known, _shown(label), style[label])
            sure = [p for p in members if p.rmse_m > 0 and math.isfinite(p.rmse_m)]
            # The error of a batch is that of its systems one by one: one line for both.
            if all(p.batch == 1 for p in sure):
                error.plot([p.spins for p in sure], [max(p.rmse_m, 1e-16) for p in sure], label=label, **style[label])
        cost.set(yscale="log", xlabel="number of spins N", ylabel="time per system (s)")
        spins = sorted({p.spins for p in points})
        believed = "exact" if spins[-1] <= EXACT else f"exact\n(N > {EXACT}: against clusters of {BELIEVED_CLUSTER})"
        error.set(yscale="log", xlabel="number of spins N", ylabel=f"RMSE of M against {believed}")
        for ax in (cost, error):
            ax.set_xticks(spins)
            ax.grid(axis="y", color="#e4e4e4", linewidth=0.5)
        _bars(bars, ratios, _clock(points))
        _table(table, points, subject)
        handles, labels = cost.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=5)
        letter([cost, error, bars, table])
    return figure


def _line(ax: Axes, members: Sequence[CostPoint], label: str, style: Mapping[str, Any]) -> None:
    measured = [p for p in members if not p.extrapolated]
    seconds = [p.seconds for p in measured]
    if any(p.batch > 1 for p in measured):
        style = {**style, "markerfacecolor": "white"}
    # A logarithmic axis has no room for a spread larger than the median itself.
    spread = [[min(p.spread_s, 0.5 * p.seconds) for p in measured], [p.spread_s for p in measured]]
    ax.errorbar([p.spins for p in measured], seconds, yerr=spread, capsize=1.5, label=label, **style)
    beyond = [p for p in members if p.extrapolated]
    if measured and beyond:
        path = [measured[-1], *beyond]
        ax.plot([p.spins for p in path], [p.seconds for p in path], color=style["color"], linestyle=":")
        ax.plot(
            [p.spins for p in beyond],
            [p.seconds for p in beyond],
            color=style["color"],
            linestyle="none",
            marker=style["marker"],
            markerfacecolor="white",
        )


def _bars(ax: Axes, ratios: Sequence[SpeedUp], clock: str = "") -> None:
    single = [r for r in ratios if "(batch" not in r.opponent and "(batch" not in r.subject and r.factor > 0]
    opponents = list(dict.fromkeys(r.opponent for r in single))
    spins = sorted({r.spins for r in single if r.spins <= EXACT})[-3:]
    width = 0.8 / max(1, len(spins))
    for number, n in enumerate(spins):
        for place, opponent in enumerate(opponents):
            for ratio in single:
                if (ratio.spins, ratio.opponent) != (n, opponent):
                    continue
                at = place + (number - (len(spins) - 1) / 2) * width
                ax.bar(
                    at, ratio.factor, width, color=colour(number), hatch="////" if ratio.extrapolated else None,
                    edgecolor="white", linewidth=0.4, label=f"N = {n}" if place == 0 else None,
                )  # fmt: skip
    ax.axhline(1, color=GREY, linewidth=0.8)
    names = []
    for opponent in opponents:
        errors = [r.opponent_rmse_m for r in single if r.opponent == opponent and math.isfinite(r.opponent_rmse_m)]
        names.append(f"{_shown(opponent)} · {_error(max(errors, default=math.nan))}")
    ax.set_xticks(range(len(opponents)), names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set(yscale="log", ylabel="speed-up, one system (×)")
    said = "opponent and its largest RMSE at any N; hatched: extrapolated"
    ax.set_title(f"{said}\n{clock}" if clock else said, fontsize=6.5)
    handles = {label: handle for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    ax.legend(handles.values(), handles.keys(), loc="upper center", ncols=3)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 10)


def _error(rmse: float) -> str:
    """An RMSE in words: the truth itself has none."""
    if not math.isfinite(rmse):
        return "not known"
    return "truth" if rmse == 0 else f"{rmse:.0e}"


def _table(ax: Axes, points: Sequence[CostPoint], subject: str) -> None:
    ax.axis("off")
    points = [p for p in points if p.spins <= EXACT]
    largest = max((p.spins for p in points if p.method == subject), default=max(p.spins for p in points))
    rows = sorted((p for p in points if p.spins == largest), key=lambda p: p.seconds)
    cells = [
        [
            _shown(p.label),
            f"{p.seconds * 1e3:.3g}" + (" *" if p.extrapolated else ""),
            _error(p.rmse_m),
        ]
        for p in rows
    ]
    _text_table(ax, ("method", "ms", "RMSE"), cells, [p.method == subject for p in rows])
    starred = ", * extrapolated" if any(p.extrapolated for p in rows) else ""
    ax.set_title(f"N = {largest}, per system{starred}", fontsize=6.5)


def _text_table(ax: Axes, head: Sequence[str], cells: Sequence[Sequence[str]], bold: Sequence[bool]) -> None:
    """A table as in print: a rule under the head and above and below all, and no line through any word."""
    places, height = (0.0, 0.62, 0.84), 1 / (len(cells) + 1)
    for number, (row, strong) in enumerate(zip([head, *cells], [True, *bold], strict=True)):
        for x, word in zip(places, row, strict=True):
            ax.text(x, 1 - (number + 0.5) * height, word, transform=ax.transAxes, fontsize=6.2, va="center",
                    fontweight="bold" if strong else "normal")  # fmt: skip
    for y, width in ((1.0, 0.9), (1 - height, 0.5), (0.0, 0.9)):
        ax.plot([0, 1], [y, y], color="black", linewidth=width, transform=ax.transAxes, clip_on=False)


def front_figure(points: Sequence[CostPoint], subject: str, spins: Sequence[int]) -> Figure:
    """One panel per size: error against cost, every method a point, the front as a step line, the subject filled."""
    style = looks(list(dict.fromkeys(p.label for p in points)), subject)
    with canvas(1, len(spins), (PAGE_IN, 3.3), sharey=True) as (figure, axes):
        for ax, n in zip(axes[0], spins, strict=True):
            here = [p for p in points if p.spins == n and math.isfinite(p.seconds) and math.isfinite(p.rmse_m)]
            edge = front(here)
            if edge:
                ax.step(
                    [p.seconds for p in edge], [max(p.rmse_m, 1e-16) for p in edge], where="post", color=GREY,
                    linewidth=0.8, zorder=0,
                )  # fmt: skip
            for p in here:
                look = style[p.label]
                ax.plot(
                    p.seconds,
                    max(p.rmse_m, 1e-16),
                    marker=look["marker"],
                    color=look["color"],
                    linestyle="none",
                    markersize=9 if p.method == subject else 5,
                    markerfacecolor=look["color"] if p.batch == 1 else "white",
                    label=p.label if p.batch == 1 or p.method == subject else None,
                )
            ax.set(xscale="log", yscale="log", xlabel="time per system (s)", title=f"N = {n}")
            ax.grid(color="#e4e4e4", linewidth=0.5)
        axes[0, 0].set_ylabel("RMSE of M against exact")
        handles: dict[str, Artist] = {}
        for ax in axes[0]:
            handles.update({text: handle for handle, text in zip(*ax.get_legend_handles_labels(), strict=True)})
        figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=5)
        letter(list(axes[0]))
    return figure


def observables_figure(truth: Trajectory, predicted: Mapping[str, Trajectory], title: str) -> Figure:
    """Mx, My and I_1z over the window: the truth solid, every subject dashed on it, the differences below."""
    time_ms = truth.grid.times_s * 1e3
    names = (("mx", "$M_x$"), ("my", "$M_y$"), ("i1z", "$I_{1z}$"))
    with canvas(2, 3, (PAGE_IN, 3.4), sharex=True, height_ratios=[2.4, 1]) as (figure, axes):
        for column, (name, symbol) in enumerate(names):
            signal, residual = axes[:, column]
            exact = getattr(truth, name)
            signal.plot(time_ms, exact, color="black", linewidth=1.6, label=truth.provenance.method)
            for number, (label, one) in enumerate(predicted.items()):
                value = getattr(one, name)
                if value is None:
                    continue
                signal.plot(time_ms, value, color=colour(number + 1), linestyle=(0, (3, 2)), label=label)
                difference = np.abs(value - exact)
                residual.plot(time_ms, np.maximum(difference, 1e-9), color=colour(number + 1), linewidth=0.8)
            signal.set_title(symbol)
            signal.ticklabel_format(axis="y", useOffset=False)
            residual.set(xlabel="time (ms)", yscale="log")
        axes[0, 0].set_ylabel("normalised to t = 0")
        axes[1, 0].set_ylabel("|difference|")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, title=title, title_fontsize=7)
        letter(list(axes[0]))
    return figure
