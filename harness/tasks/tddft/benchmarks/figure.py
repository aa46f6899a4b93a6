"""Error against processor time, from the record of a benchmark only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.suites.style import COLUMN_IN, canvas, colour, marker
from harness.tasks.tddft.benchmarks.plan import LINEAR

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS = {"cfm4": "cfm4", "kernel ": "kernel", "kernel+quad": "kernel+quad", "anchored": "anchored",
          LINEAR: "linear response", "em ": "em", "em-one-corrector": "em, one corrector", "geometry": "geometry",
          "learned-generator": "learned-generator", "learned-density": "learned-density",
          "learned-ensemble": "learned-ensemble", "frozen": "frozen", "prony": "prony"}  # fmt: skip
"""The beginning of the name of a method, and the label of its points."""
RING = {"markersize": 7, "markerfacecolor": "none"}
LARGEST = 3.0
"""A method that is further off diverges; its points are not drawn."""


def front_figure(record: Mapping[str, Any]) -> Figure:
    """One point for each method; the truth, whose error is zero, is not drawn."""
    system, horizon = record["plan"]["system"], record["plan"]["horizon_au"]
    with canvas(1, 1, (COLUMN_IN, 3.5)) as (figure, axes):
        (ax,) = axes[0]
        for number, (begin, label) in enumerate(GROUPS.items()):
            mine = [point for point in record["points"] if point["method"].startswith(begin)]
            points = [point for point in mine if 0 < point["error"] < LARGEST]
            if not points:
                continue
            x, y = ([point[key] for point in points] for key in ("cpu_s", "error"))
            look = RING if label == "cfm4" else {}  # other methods may lie on it
            ax.plot(x, y, color=colour(number), marker=marker(number), linestyle="", label=label, **look)
        ax.set(
            xscale="log", yscale="log", xlabel="processor time / s", ylabel="relative error of δμ",
            title=f"{system['name']} {system['functional']}, E0 = {system['field']['amplitude_au']:g}, {horizon:g} au",
        )  # fmt: skip
        ax.grid(color="#e4e4e4", linewidth=0.5)
        figure.legend(loc="outside upper center", ncols=3)
    return figure
