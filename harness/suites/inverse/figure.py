"""Convergence, errors against the Cramér-Rao bound, and the cost of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.inverse.plan import Plan
from harness.suites.inverse.run import Outcome
from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def inverse_figure(found: Outcome, plan: Plan, subject: str, seconds_target: float) -> Figure:
    """Four panels.

    a: distance of the parameter from the truth per iteration (smaller ones are drawn at 1e-4). b: errors of single
    parameters in units of the bound, against the normal distribution. c: error against bound of every parameter of the
    joint fits. d: processor time per fit.
    """
    symbol, unit, errors = plan.symbol, plan.unit, found.errors
    with canvas(2, 2, (PAGE_IN, 4.8)) as (figure, axes):
        path_ax, pooled_ax, scatter_ax, time_ax = axes.ravel()
        for number, (name, path) in enumerate(found.paths.items()):
            gap = np.maximum(path, 1e-4)
            path_ax.plot(gap, color=colour(number), marker=marker(number), label=f"{plan.path_label} {name}")
        path_ax.set(
            yscale="log", xlabel="iteration", ylabel=f"$|{symbol} - {symbol}_0|$ ({unit})",
            title=f"{subject}, {plan.single.name}",
        )  # fmt: skip
        path_ax.xaxis.get_major_locator().set_params(integer=True)
        path_ax.legend(loc="upper right")

        ratio = np.array([r.deviation / r.bound for r in found.single if r.model == subject])
        edges = np.linspace(-4, 4, 25)
        shown = np.clip(ratio, -4, 4)
        pooled_ax.hist(shown, edges, density=True, color=colour(0), alpha=0.6, label=f"{len(ratio)} fits")
        x = np.linspace(-4, 4, 200)
        pooled_ax.plot(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), color="black", label="normal")
        rms = float(np.sqrt(np.mean(ratio**2)))
        pooled_ax.set(
            xlabel=f"error of ${symbol}$ / Cramér-Rao bound", ylabel="density", title=f"RMSE / bound = {rms:.2f}"
        )
        pooled_ax.legend(loc="upper right")

        for number, (name, pairs) in enumerate(errors.items()):
            style = {"marker": marker(number), "color": colour(number), "s": 9, "alpha": 0.7, "linewidths": 0}
            scatter_ax.scatter(pairs[0], np.maximum(pairs[1], 1e-5), label=name, **style)
        low, high = min(float(p[0].min()) for p in errors.values()) / 2, 1.2
        scatter_ax.plot([low, high], [low, high], color="black", linewidth=0.8)
        scatter_ax.plot(
            [low, high], [plan.joint.basin * low, plan.joint.basin * high], color=GREY, linewidth=0.8, linestyle=":"
        )
        scatter_ax.set(
            xscale="log", yscale="log", xlabel=f"Cramér-Rao bound ({unit})", ylabel=f"|error| ({unit})",
            title=f"{plan.joint.name}; dotted: {plan.joint.basin:g} bounds", xlim=(low, high),
        )  # fmt: skip
        scatter_ax.legend(loc="upper left")

        _times(time_ax, found, plan, seconds_target)
        letter(list(axes.ravel()))
    return figure


def _times(ax: Any, found: Outcome, plan: Plan, seconds_target: float) -> None:
    """Median time per fit (bar: range of all fits), for the single parameter and for all parameters at each size."""
    groups: dict[str, list[Any]] = {plan.single.name: list(found.single)}
    for size in dict.fromkeys(row.size for row in found.joint):
        groups[f"all, N = {size}"] = [row for row in found.joint if row.size == size]
    models = list(dict.fromkeys(row.model for row in found.single))
    for number, model in enumerate(models):
        for place, rows in enumerate(groups.values()):
            seconds = np.array([row.cpu_seconds for row in rows if row.model == model])
            if not len(seconds):
                continue
            at, middle = place + 0.22 * (number - (len(models) - 1) / 2), float(np.median(seconds))
            span = [[middle - seconds.min()], [seconds.max() - middle]]
            ax.errorbar(
                at, middle, yerr=span, color=colour(number), marker=marker(number), linestyle="none", capsize=2,
                label=model if place == 0 else None,
            )  # fmt: skip
    ax.plot([-0.45, 0.45], [seconds_target] * 2, color=GREY, linestyle=(0, (4, 2)), linewidth=0.8, zorder=0,
            label=f"target of {plan.single.name}: ≤ {seconds_target:g} s")  # fmt: skip
    ax.set(yscale="log", ylabel="processor time per fit (s),\nmedian and range", xlim=(-0.5, len(groups) - 0.5))
    ax.set_xticks(range(len(groups)), list(groups))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
