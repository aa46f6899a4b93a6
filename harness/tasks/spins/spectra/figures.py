"""Figures of trajectories and spectra: plain axes that any report can use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from harness.tasks.spins.spectra.spectrum import Spectrum
    from harness.tasks.spins.systems import Trajectory

# Okabe-Ito: distinct for colour-blind readers, and in grey.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
CYCLE = (BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", "#E69F00", GREY)


def draw_spectrum(
    axes: Axes,
    spectrum: Spectrum,
    label: str | None = None,
    isotope: str = "1H",
    scale: float = 1.0,
    raised: float = 0.0,
    **style: object,
) -> None:
    """The absorption times ``scale``, ``raised``, against ppm (or Hz where the field is not known), right to left."""
    known = spectrum.larmor_hz is not None
    height = scale * spectrum.absorption + raised
    axes.plot(spectrum.ppm if known else spectrum.offset_hz, height, label=label, **style)  # type: ignore[arg-type]
    element = isotope.lstrip("0123456789")
    mass = isotope[: len(isotope) - len(element)]
    shift = rf"$^{{{mass}}}${element} chemical shift (ppm)"
    axes.set_xlabel(shift if known else "offset from the carrier (Hz)")
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    if not axes.xaxis_inverted():
        axes.invert_xaxis()


def signal_range(spectrum: Spectrum, margin: float = 0.06, threshold: float = 2e-3) -> tuple[float, float]:
    """Left and right end of the part of the axis that holds the signal: (high, low) in the unit of the axis."""
    axis = spectrum.ppm if spectrum.larmor_hz is not None else spectrum.offset_hz
    loud = np.flatnonzero(spectrum.absorption > threshold * spectrum.absorption.max())
    low, high = float(axis[loud[0]]), float(axis[loud[-1]])
    room = max(margin * (high - low), 40 * float(axis[1] - axis[0]))
    return min(high + room, float(axis[-1])), max(low - room, float(axis[0]))


def spectrum_figure(
    spectrum: Spectrum, title: str, isotope: str = "1H", ppm: tuple[float, float] | None = None
) -> Figure:
    """One spectrum, between two shifts or cut to where its signal is."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 3.2), layout="constrained")
    axes = figure.add_subplot()
    draw_spectrum(axes, spectrum, isotope=isotope, color=BLUE, linewidth=0.9)
    axes.set_xlim(*(sorted(ppm, reverse=True) if ppm is not None else signal_range(spectrum)))
    _title(axes, title)
    return figure


def stacked_figure(
    spectra: Sequence[tuple[str, int, Spectrum]],
    title: str,
    isotope: str = "1H",
    ppm: tuple[float, float] | None = None,
) -> Figure:
    """Several spectra on one axis, the first on top: (label, observed spins, spectrum) each.

    Every spectrum is multiplied with its number of spins, so that equal areas are equal numbers of spins: samples of
    equal concentrations.
    """
    from matplotlib.figure import Figure

    rows = len(spectra)
    figure = Figure(figsize=(7.0, 1.6 + 1.2 * rows), layout="constrained")
    axes = figure.add_subplot()
    ends = [signal_range(spectrum) for _, _, spectrum in spectra] if ppm is None else [(max(ppm), min(ppm))]
    left, right = max(high for high, _ in ends), min(low for _, low in ends)
    step = 1.15 * max(spins * float(spectrum.absorption.max()) for _, spins, spectrum in spectra) or 1.0
    for row, (label, spins, spectrum) in enumerate(spectra):
        raised = (rows - 1 - row) * step
        colour = CYCLE[row % len(CYCLE)]
        draw_spectrum(axes, spectrum, isotope=isotope, scale=spins, raised=raised, color=colour, linewidth=0.9)
        axes.text(left, raised + 0.06 * step, f" {label}", color=colour, fontsize=9, va="bottom", parse_math=False)
    axes.set_xlim(left, right)
    _title(axes, title)
    return figure


def trajectory_figure(trajectory: Trajectory, title: str) -> Figure:
    """Mx and My above, I_1z below, against time in milliseconds."""
    from matplotlib.figure import Figure

    times_ms = 1e3 * trajectory.grid.times_s
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    rows = [row for row, there in (("m", trajectory.mx), ("i1z", trajectory.i1z)) if there is not None]
    panels = np.atleast_1d(figure.subplots(len(rows), 1, sharex=True))
    for axes, row in zip(panels, rows, strict=True):
        if row == "m":
            axes.plot(times_ms, trajectory.mx, color=BLUE, label=r"$M_x$")
            axes.plot(times_ms, trajectory.my, color=ORANGE, label=r"$M_y$", linestyle="--")
            axes.legend(frameon=False, ncols=2, loc="upper right")
            axes.set_ylabel("M / M(0)")
        else:
            axes.plot(times_ms, trajectory.i1z, color=GREEN)
            axes.set_ylabel(r"$I_{1z}$ / $I_{1z}$(0)")
            low, high = axes.get_ylim()
            # A nearly constant line is drawn as one; its last digits are not enlarged to the whole axis.
            axes.set_ylim(min(low, high - 0.05), max(high, low + 0.05))
        axes.spines[["right", "top"]].set_visible(False)
    panels[-1].set_xlabel("time (ms)")
    _title(panels[0], title)
    return figure


def _title(axes: Axes, title: str) -> None:
    # A name from a file is text: matplotlib would read a pair of dollar signs as mathematics.
    axes.set_title(" ".join(title.split()), fontsize=10, loc="left", parse_math=False)
