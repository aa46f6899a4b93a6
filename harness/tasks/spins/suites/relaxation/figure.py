"""Figure 10: the spectrum of strychnine by Spinach and by this package, their difference, and three multiplets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.suites.style import PAGE_IN, canvas, colour, letter
from harness.tasks.spins.spectra.spectrum import spectrum_of
from harness.tasks.spins.systems import SpinSystem, TimeGrid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RANGE_PPM = (0.5, 8.5)
MULTIPLETS_PPM = ((7.05, 7.30), (3.66, 4.40), (1.20, 1.52))
"""Aromatic protons; H12, H23, H8, H16 and H20a; H15b and H13."""


def shifts_and_heights(m: np.ndarray, system: SpinSystem, grid: TimeGrid) -> tuple[np.ndarray, np.ndarray]:
    """(ppm, real part) of the spectrum of M at its natural line widths, within :data:`RANGE_PPM`."""
    spectrum = spectrum_of(m, grid, axis=system.axis)
    ppm = spectrum.ppm
    inside = (ppm > RANGE_PPM[0]) & (ppm < RANGE_PPM[1])
    return ppm[inside], np.real(spectrum.intensity)[inside]


def strychnine_figure(
    said: np.ndarray, ours: np.ndarray, complete: np.ndarray, system: SpinSystem, grid: TimeGrid
) -> Figure:
    """Draw M of Spinach, M of this package in the basis of Spinach, and M of this package with complete rates."""
    ppm, theirs = shifts_and_heights(said, system, grid)
    _, same = shifts_and_heights(ours, system, grid)
    _, whole = shifts_and_heights(complete, system, grid)
    top = float(np.abs(theirs).max())
    with canvas(2, 3, (PAGE_IN, 4.2)) as (figure, axes):
        upper = figure.add_subplot(axes[0, 0].get_gridspec()[0, :])
        for ax in axes[0]:
            ax.remove()
        upper.plot(ppm, theirs / top, color="black", linewidth=0.5, label="Spinach, IK-2 with all pairs")
        upper.plot(ppm, same / top - 1.1, color=colour(0), linewidth=0.5, label="ours, the same basis")
        upper.plot(ppm, 1e4 * (same - theirs) / top - 1.3, color=colour(1), linewidth=0.4, label="difference, ×10⁴")
        upper.set(xlim=RANGE_PPM[::-1], xlabel="shift (ppm)")
        upper.set_yticks([])
        panels = list(axes[1])
        for ax, window in zip(panels, MULTIPLETS_PPM, strict=True):
            _multiplet(ax, window, ppm, {"black": theirs / top, colour(2): whole / top})
        panels[0].lines[-1].set_label("ours, complete rates")
        handles, labels = upper.get_legend_handles_labels()
        more = panels[0].get_legend_handles_labels()
        figure.legend([*handles, *more[0]], [*labels, *more[1]], loc="outside upper center", ncols=4)
        letter([upper, *panels])
    return figure


def _multiplet(ax: Axes, window: tuple[float, float], ppm: np.ndarray, lines: dict[str, np.ndarray]) -> None:
    inside = (ppm > window[0]) & (ppm < window[1])
    for shade, heights in lines.items():
        ax.plot(ppm[inside], heights[inside], color=shade, linewidth=0.7)
    ax.set(xlim=window[::-1], xlabel="shift (ppm)")
    ax.set_yticks([])
