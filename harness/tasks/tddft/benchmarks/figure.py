"""Error against processor time, from the record of a benchmark only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.suites.style import COLUMN_IN, canvas, colour, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {"cfm4": "cfm4", "model": "kernel, with and without more", "baseline": "linear response"}


def front_figure(record: Mapping[str, Any]) -> Figure:
    """One point for each method; the truth, whose error is zero, is left out."""
    system, horizon = record["plan"]["system"], record["plan"]["horizon_au"]
    with canvas(1, 1, (COLUMN_IN, 3.1)) as (figure, axes):
        (ax,) = axes[0]
        for number, (kind, label) in enumerate(KINDS.items()):
            points = [point for point in record["points"] if point["kind"] == kind and 0 < point["error"] < 1]
            x, y = ([point[key] for point in points] for key in ("cpu_s", "error"))
            ax.plot(x, y, color=colour(number), marker=marker(number), linestyle="", label=label)
        ax.set(
            xscale="log", yscale="log", xlabel="processor time / s", ylabel="relative error of δμ",
            title=f"{system['name']} {system['functional']}, E0 = {system['field']['amplitude_au']:g}, {horizon:g} au",
        )  # fmt: skip
        ax.grid(color="#e4e4e4", linewidth=0.5)
        figure.legend(loc="outside upper center", ncols=2)
    return figure
