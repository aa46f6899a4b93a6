"""Figure 7: calibration, std against error, sparsification, and conformal coverage beside its law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.figures.style import GREY, PAGE_IN, canvas, colour, letter, marker
from harness.suites.measure.uq import BandCoverage, UqResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


KINDS = {"sup": "whole curve", "pointwise": "each point", "sample": "one point"}
SYMBOLS = {"m": "$M$", "i1z": "$I_{1z}$"}


def uq_figure(results: Sequence[UqResult], bands: Sequence[BandCoverage]) -> Figure:
    """Four panels; an empty one says why it is empty."""
    with canvas(2, 2, (PAGE_IN, 6.0)) as (figure, axes):
        curve, scatter, sparse, law = axes.ravel()
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
            curve.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
            scatter.legend(loc="lower right", title="rank correlation", title_fontsize=6)
            scatter.set(xscale="log", yscale="log")
        else:
            for ax in (curve, scatter, sparse):
                ax.annotate("no standard deviation offered", (0.5, 0.5), xycoords="axes fraction", ha="center")
        curve.set(xlabel="stated level", ylabel="coverage measured", xlim=(0, 1), ylim=(0, 1))
        scatter.set(xlabel="stated std of a case (RMS)", ylabel="RMSE of the case")
        sparse.set(xlabel="most uncertain cases removed (%)", ylabel="mean error left / mean error")
        sparse.set_title("dotted: the best order there is", fontsize=6.5)
        _bands(law, bands)
        letter([curve, scatter, sparse, law])
    return figure


def _bands(ax: Axes, bands: Sequence[BandCoverage]) -> None:
    if not bands:
        ax.annotate("no conformal band offered", (0.5, 0.5), xycoords="axes fraction", ha="center")
    labels: list[str] = []
    headings: list[int] = []
    for band in sorted(bands, key=lambda b: [one.regime for one in bands].index(b.regime)):
        if not headings or labels[headings[-1]] != band.regime:
            headings.append(len(labels))
            labels.append(band.regime)
        place = len(labels)
        kind, symbol = KINDS.get(band.kind, band.kind), SYMBOLS.get(band.observable, band.observable)
        labels.append(f"{kind}, {symbol}, {100 * band.level:.0f} %")
        ax.plot([band.level], [place], marker="|", color="black", markersize=6)
        if band.law is not None:
            ax.plot([band.law.low, band.law.high], [place, place], color=GREY, linewidth=4, alpha=0.45)
        shown = colour(0) if band.inside else colour(5) if band.inside is not None else "white"
        ax.plot([band.coverage], [place], marker="o", color=shown, markeredgecolor=colour(0), linestyle="none")
    ax.set_yticks(range(len(labels)), labels, fontsize=5.5)
    for place in headings:
        ax.get_yticklabels()[place].set_fontweight("bold")
    ax.tick_params(axis="y", length=0)
    ax.set(xlabel="coverage (bar: 99 % law)", xlim=(-0.03, 1.03), ylim=(max(1, len(labels)) - 0.5, -0.5))
