"""The overlay of a measured spectrum and its fit, one panel per multiplet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.spins.inverse.measured import MeasuredFit

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def overlay_figure(fit: MeasuredFit) -> Figure:
    """Measured (black) and fitted (dashed) absorption and their difference, from right to left in ppm."""
    from matplotlib.figure import Figure

    from harness.tasks.spins.spectra.figures import GREY, ORANGE

    count = len(fit.windows)
    figure = Figure(figsize=(max(3.4 * count, 5.0), 3.8), layout="constrained")
    panels = np.asarray(figure.subplots(2, count, sharex="col", height_ratios=(4, 1), squeeze=False))
    order = np.argsort([-float(np.mean(window.offset_hz)) for window in fit.windows])
    for column, k in enumerate(order):
        window, phase = fit.windows[k], np.exp(-1j * fit.phases_rad[k])
        ppm = fit.ppm(window.offset_hz)
        seen, model = (window.spectrum * phase).real, (fit.models[k] * phase).real
        upper, lower = panels[0, column], panels[1, column]
        upper.plot(ppm, seen, color="black", linewidth=1.2, label="measured")
        upper.plot(ppm, model, color=ORANGE, linewidth=1.2, linestyle="--", label="fit")
        upper.set_title(f"{window.name}, residual {100 * fit.residual[k]:.1f} %", fontsize=9, parse_math=False)
        lower.plot(ppm, seen - model, color=GREY, linewidth=0.9)
        lower.axhline(0, color="black", linewidth=0.4)
        top = 1.08 * float(seen.max())
        upper.set_ylim(-0.08 * top, top)
        lower.set_ylim(-0.12 * top, 0.12 * top)
        lower.set_xlabel(r"$^1$H chemical shift (ppm)" if fit.fid.isotope == "1H" else "chemical shift (ppm)")
        for axes in (upper, lower):
            axes.set_yticks([])
            axes.spines[["left", "right", "top"]].set_visible(False)
        lower.invert_xaxis()
    panels[0, 0].legend(frameon=False, fontsize=8, loc="upper left")
    panels[1, 0].set_ylabel("difference", fontsize=8)
    return figure
