"""Calibration, std against error, sparsification, and conformal coverage compared with its distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.style import GREY, PAGE_IN, STYLE, colour, letter, marker
from harness.suites.uncertainty.measure import BandCoverage, UqResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


KINDS = {"sup": "whole curve", "pointwise": "each point", "sample": "one point"}


def uq_figure(results: Sequence[UqResult], bands: Sequence[BandCoverage], symbols: Mapping[str, str]) -> Figure:
    """Three panels on standard deviations above one on bands; an empty one shows why it is empty."""
    import matplotlib as mpl
    from matplotlib.figure import Figure as Drawing

    lines = len({(band.regime, band.kind, band.observable) for band in bands})
    with mpl.rc_context(STYLE):
        figure = Drawing(figsize=(PAGE_IN, 3.4 + 0.19 * max(3, lines)), layout="constrained")
        parts: Any = figure.subfigures(2, 1, height_ratios=[2.7, 0.7 + 0.19 * max(3, lines)])
        above, below = parts
        curve, scatter, sparse = above.subplots(1, 3)
        law = below.subplots()
        curve.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
        for number, result in enumerate(results):
            style = {"color": colour(number), "label": f"{result.regime}, {result.kind}"}
            curve.plot(result.calibration.curve_levels, result.calibration.curve, **style)
            curve.plot(
                result.calibration.levels, result.calibration.coverage, color=colour(number), marker=marker(number),
                linestyle="none",
            )  # fmt: skip
            scatter.plot(
                np.maximum(result.case_std, 1e-16), np.maximum(result.case_error, 1e-16), linestyle="none",
                marker=marker(number), markersize=2.2, alpha=0.6, color=colour(number), label=f"ρ = {result.ranks:.2f}",
            )  # fmt: skip
            spread, scale = result.sparsification, float(np.mean(result.case_error)) or 1.0
            sparse.plot(100 * spread.fractions, spread.by_uncertainty / scale, **style)
            sparse.plot(
                100 * spread.fractions, spread.by_error / scale, color=colour(number), linestyle=":", linewidth=0.8
            )
        if results:
            constant = results[0].constant
            curve.plot(
                constant.curve_levels, constant.curve, color="black", linestyle=(0, (4, 2)), linewidth=0.9,
                label=f"{results[0].regime}, constant width",
            )  # fmt: skip
            low = min(max(float(np.min(r.case_std)), 1e-16) for r in results)
            high = max(float(np.max(r.case_std)) for r in results)
            scatter.plot([low, high], [low, high], color=GREY, linewidth=0.8)
            curve.legend(loc="lower left", bbox_to_anchor=(0, 1.0))
            scatter.legend(loc="lower right", bbox_to_anchor=(1, 1), title="rank correlation", title_fontsize=6)
            scatter.set(xscale="log", yscale="log")
        else:
            for ax in (curve, scatter, sparse):
                ax.annotate("no standard deviation offered", (0.5, 0.5), xycoords="axes fraction", ha="center")
        curve.set(xlabel="stated level", ylabel="coverage measured", xlim=(0, 1), ylim=(0, 1))
        scatter.set(xlabel="stated std of a case (RMS)", ylabel="RMSE of the case")
        sparse.set(xlabel="most uncertain\nremoved (%)", ylabel="mean error left / mean error")
        sparse.set_title("dotted: the best order", fontsize=6.5)
        _bands(law, bands, symbols)
        letter([curve, scatter, sparse, law])
    return figure


def _bands(ax: Axes, bands: Sequence[BandCoverage], symbols: Mapping[str, str]) -> None:
    """One row per kind of band and signal; a dot for each level, the level as a tick, its 99 % interval as a bar."""
    if not bands:
        ax.annotate("no conformal band offered", (0.5, 0.5), xycoords="axes fraction", ha="center")
    regimes = list(dict.fromkeys(band.regime for band in bands))
    levels = sorted({band.level for band in bands})
    rows = list(dict.fromkeys((b.regime, b.kind, b.observable) for r in regimes for b in bands if b.regime == r))
    for band in bands:
        place, number = rows.index((band.regime, band.kind, band.observable)), levels.index(band.level)
        ax.plot([band.level], [place], marker="|", color=colour(number), markersize=8)
        if band.law is not None:
            ax.plot([band.law.low, band.law.high], [place, place], color=colour(number), linewidth=4, alpha=0.3)
        ax.plot([band.coverage], [place], marker=marker(number), color=colour(number), linestyle="none",
                markerfacecolor="white" if band.inside is False else colour(number))  # fmt: skip
    for number, level in enumerate(levels):
        ax.plot([], [], marker=marker(number), color=colour(number), linestyle="none", label=f"{100 * level:.0f} %")
    names = [f"{r}: {KINDS.get(kind, kind)}, {symbols.get(signal, signal)}" for r, kind, signal in rows]
    ax.set_yticks(range(len(rows)), names)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", color="#ededed", linewidth=0.5)
    ax.set(xlabel="coverage measured\n(tick: stated level; bar: its exact 99 % law; hollow: outside the law)",
           xlim=(-0.02, 1.02), ylim=(max(1, len(rows)) - 0.5, -0.5))  # fmt: skip
    if levels:
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=len(levels), title_fontsize=6)
