"""Figure 10: the spectrum of strychnine by Spinach and by this package, their difference, and three multiplets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.suites.style import PAGE_IN, canvas, colour, letter
from harness.tasks.spins.suites.relaxation.whole import RANGE_PPM, Whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MULTIPLETS_PPM = ((5.895, 5.930), (2.615, 2.710), (1.425, 1.495))
"""H22, H11b and H15b, so near that the widths of single lines show."""
MAGNIFIED = 1e4
"""Factor of the difference."""


def strychnine_figure(whole: Whole, complete: np.ndarray) -> Figure:
    """Draw M of Spinach, of this package in the same basis, and of this package with ``complete`` rates."""
    theirs, same, every = (whole.shape(m).spectrum for m in (whole.spinach_shape.m, whole.ours, complete))
    top = float(theirs.absorption.max())
    heights = {name: one.absorption / top for name, one in (("spinach", theirs), ("same", same), ("every", every))}
    ppm = theirs.ppm
    with canvas(2, 3, (PAGE_IN, 4.6)) as (figure, axes):
        upper = figure.add_subplot(axes[0, 0].get_gridspec()[0, :])
        for ax in axes[0]:
            ax.remove()
        basis = whole.entry.request.options.basis
        upper.plot(ppm, heights["spinach"], color="black", linewidth=0.5, label=f"Spinach, {basis}")
        upper.plot(ppm, heights["same"] - 1.1, color=colour(0), linewidth=0.5, label="this package, same basis")
        difference = MAGNIFIED * (heights["same"] - heights["spinach"])
        upper.plot(ppm, difference - 1.3, color=colour(1), linewidth=0.4, label="difference, ×10⁴")
        upper.set(xlim=RANGE_PPM[::-1], xlabel="¹H shift (ppm)", ylabel="absorption")
        upper.set_yticks([])
        panels = list(axes[1])
        for ax, window in zip(panels, MULTIPLETS_PPM, strict=True):
            _multiplet(ax, window, ppm, heights)
        panels[0].set_ylabel("absorption")
        handles, labels = upper.get_legend_handles_labels()
        more = panels[0].get_legend_handles_labels()
        figure.legend([*handles, *more[0]], [*labels, *more[1]], loc="outside upper center", ncols=4)
        letter([upper, *panels])
    return figure


def _multiplet(ax: Axes, window: tuple[float, float], ppm: np.ndarray, heights: dict[str, np.ndarray]) -> None:
    inside = (ppm > window[0]) & (ppm < window[1])
    ax.plot(ppm[inside], heights["spinach"][inside], color="black", linewidth=1.6)
    ax.plot(ppm[inside], heights["same"][inside], color=colour(0), linewidth=0.8, linestyle="--")
    ax.plot(ppm[inside], heights["every"][inside], color=colour(2), linewidth=0.9, label="this package, complete rates")
    ax.set(xlim=window[::-1], xlabel="¹H shift (ppm)")
    ax.set_yticks([])
