"""Figures of the suites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.style import PAGE_IN, PALETTE, canvas, letter, looks, target_line
from harness.tasks.kstep.measure.drift import mean_and_error
from harness.tasks.kstep.suites.experiments import JumpRow, MapRow
from harness.tasks.kstep.suites.front import FrontRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALLEST = {"drift": 1e-4, "temperature": 1e-3, "spectrum_cm": 1e-3}
"""Smaller values are drawn here: a logarithmic axis has no zero."""


def front_figure(rows: Sequence[JumpRow], molecule: str) -> Figure:
    """Position error after the window against quantum calls and against wall time, one point for each method."""
    from matplotlib.ticker import LogLocator

    labels = [f"{row.method}, {0.25 * row.k:g} fs" for row in rows]
    style = looks(labels, labels[0])
    with canvas(1, 2, (PAGE_IN, 3.2), sharey=True) as (figure, axes):
        left, right = axes[0]
        for row, label in zip(rows, labels, strict=True):
            if np.isfinite(row.position_end_nm):
                for ax, cost in ((left, row.calls_per_ps), (right, row.seconds_per_ps)):
                    ax.plot([cost], [row.position_end_nm], label=label, **{**style[label], "linestyle": "none"})
        left.set_xscale("symlog", linthresh=100)
        left.set(yscale="log", xlabel="GFN2-xTB calls for each ps", ylabel="position error after the window / nm")
        right.set(xscale="log", xlabel="wall time for each ps / s")
        right.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        right.xaxis.set_major_formatter("{x:g}")
        right.xaxis.set_minor_formatter("")
        left.set_title(molecule)
        right.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        letter([left, right])
    return figure


def map_figure(rows: Sequence[MapRow], subject: str) -> Figure:
    """Largest shift of the linear map beyond the base step against the macro step, unstable ones left out."""
    names = list(dict.fromkeys(row.method for row in rows))
    style = looks(names, subject)
    with canvas(1, 1, (PAGE_IN, 2.8)) as (figure, axes):
        ax = axes[0, 0]
        for name in names:
            mine = sorted((row for row in rows if row.method == name and row.growth <= 1e-9), key=lambda row: row.k)
            ax.plot(
                [0.25 * row.k for row in mine],
                [row.shift_cm for row in mine],
                label=name,
                **style[name],
                fillstyle="none",
            )
        target_line(ax, 2.0, "target")
        ax.set(yscale="log", xlabel="macro step / fs", ylabel="largest shift beyond the base step / cm$^{-1}$")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def drift_figure(slopes: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """The slope of the total energy of every start, and the mean with two standard errors; one panel a molecule."""
    with canvas(1, len(slopes), (PAGE_IN, 2.6)) as (figure, axes):
        for ax, (molecule, methods) in zip(axes[0], slopes.items(), strict=True):
            style = looks(list(methods), next(iter(methods)))
            for place, (name, values) in enumerate(methods.items()):
                mean, error = mean_and_error(values)
                spread = np.linspace(-0.15, 0.15, len(values))
                ax.plot(place + spread, values, **{**style[name], "linestyle": "none", "alpha": 0.5})
                ax.errorbar([place + 0.3], [mean], [2 * error], color=style[name]["color"], capsize=3, marker="_")
            target_line(ax, 0.05, "target of |mean| + 2 SE")
            ax.axhline(-0.05, color="0.6", linestyle=(0, (4, 2)), linewidth=0.8, zorder=0)
            ax.set(title=molecule, ylabel="slope of the total energy / (kJ/mol/ps)", xlim=(-0.5, len(methods) - 0.2))
            ax.set_xticks(range(len(methods)), list(methods))
        letter(list(axes[0]))
    return figure


def spectrum_figure(lines: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Vibrational densities of states after a cold start: the reference first, dashed, then the method on it."""
    with canvas(1, 1, (PAGE_IN, 2.6)) as (figure, axes):
        ax = axes[0, 0]
        for number, (label, (wavenumbers, density)) in enumerate(lines.items()):
            dash = {"color": "0.55", "linewidth": 2.5} if number == 0 else {"color": "black", "linewidth": 0.8}
            ax.plot(wavenumbers, density / density.max(), label=label, **dash)
        ax.set(xlim=(0, 4000), yscale="log", ylim=(1e-5, 2), xlabel="wavenumber / cm$^{-1}$",
               ylabel="density of states, largest = 1")  # fmt: skip
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


PANELS = (
    ("drift", "|mean slope| + 2 SE\n/ (kJ/mol/ps)", 0.05, "log"),
    ("temperature", "temperature, deviation\nover what is allowed", 1.0, "linear"),
    ("spectrum_cm", "largest shift of a peak\n/ cm$^{-1}$", 10.0, "log"),
)
"""Field of a row, words, target, scale of the axis."""


def equal_calls_figure(rows: Sequence[FrontRow], subject: str) -> Figure:
    """Drift, temperature and spectrum of every method at equal numbers of quantum calls."""
    labels = [f"{row.method}, {row.calls_per_ps:.0f} / ps" for row in rows]
    with canvas(1, 3, (PAGE_IN, 0.9 + 0.28 * len(rows)), sharey=True) as (figure, axes):
        for ax, (field, words, target, scale) in zip(axes[0], PANELS, strict=True):
            _dots(ax, [getattr(row, field) for row in rows], [row.method == subject for row in rows], SMALLEST[field])
            target_line(ax, target, "target", vertical=True)
            ax.set(xscale=scale, xlabel=words)
        axes[0, 1].set_xlim(left=0)
        axes[0, 0].set_yticks(range(len(rows)), labels)
        axes[0, 0].invert_yaxis()
        letter(list(axes[0]))
    return figure


def _dots(ax: Axes, values: Sequence[float], mine: Sequence[bool], smallest: float) -> None:
    """One marker for each row; in words where there is no number."""
    for place, (value, own) in enumerate(zip(values, mine, strict=True)):
        if np.isfinite(value):
            marker, colour = ("*", "black") if own else ("o", PALETTE[0])
            ax.plot([max(value, smallest)], [place], linestyle="none", marker=marker, color=colour)
        else:
            why = "run ended early" if np.isinf(value) else "not known"
            ax.annotate(why, (0.5, place), xycoords=("axes fraction", "data"), ha="center", va="center", fontsize=6)
