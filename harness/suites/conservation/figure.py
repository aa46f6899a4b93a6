"""What the states of methods conserve at each step, and what the outputs of a subject show about conservation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.conservation.laws import Violation
from harness.suites.conservation.methods import MethodRow, States
from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, target_line, typeset

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLOOR, CEILING = 1e-17, 1e3
DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1)))


def states_figure(rows: Sequence[MethodRow], states: States, limits: Mapping[str, float] | None = None) -> Figure:
    """One panel per conserved quantity over the grid, one line per method; controls are grey and named.

    ``limits`` are upper limits by their labels, drawn in every panel. Zero is drawn at 1e-17; values above 1000 are
    drawn at 1000, and the panel says so.
    """
    columns = 2 if len(states.quantities) > 1 else 1
    lines = -(-len(states.quantities) // columns)
    with canvas(lines, columns, (PAGE_IN, 0.6 + 2.0 * lines), sharex=True) as (figure, axes):
        for ax, (quantity, title) in zip(axes.ravel(), states.quantities.items(), strict=False):
            _panel(ax, rows, quantity, title)
            for words, value in (limits or {}).items():
                target_line(ax, value, words)
        grid = rows[0].grid
        for ax in axes[-1]:
            ax.set_xlabel("time (ms)" if grid.unit == "s" else f"time ({grid.unit})")
        for ax in axes[:, 0]:
            ax.set_ylabel("deviation")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=6)
        panels = list(axes.ravel())
        for unused in panels[len(states.quantities) :]:
            unused.set_visible(False)
        letter(panels[: len(states.quantities)])
    return figure


def _panel(ax: Axes, rows: Sequence[MethodRow], quantity: str, title: str) -> None:
    clipped = []
    for number, row in enumerate(rows):
        values = np.nan_to_num(row.deviations[quantity], nan=np.inf)
        if np.any(values > CEILING):
            clipped.append(row.method)
        times = np.arange(row.grid.points) * row.grid.step * (1e3 if row.grid.unit == "s" else 1.0)
        ax.plot(
            times, np.clip(values, FLOOR, CEILING), color=GREY if row.control else colour(number), label=row.method,
            linestyle=DASHES[number % len(DASHES)], linewidth=1.6 if row.control else 1.1,
        )  # fmt: skip
    ax.set(yscale="log", title=title, ylim=(FLOOR / 3, 1e5 if clipped else 3 * CEILING))
    if clipped:
        words = f"{', '.join(clipped)}: larger than {CEILING:g} is drawn at {CEILING:g}"
        ax.annotate(words, (0.99, 1.0), xycoords="axes fraction", ha="right", va="top", fontsize=6, color=GREY)


def laws_figure(
    worst: Mapping[str, Mapping[str, Violation]],
    targets: Mapping[str, float] | None = None,
    symbols: Mapping[str, str] | None = None,
) -> Figure:
    """Worst violation of every law, one marker per subject; "not determined" is written, not drawn as zero.

    ``targets`` are upper limits by the name of the law, drawn as a bar across its row; ``symbols`` sets
    the names of the laws, see :func:`harness.suites.style.typeset`.
    """
    laws = list(dict.fromkeys(name for rows in worst.values() for name in rows))
    height = 0.21 * len(laws) + 0.9
    with canvas(1, 1, (PAGE_IN * 0.75, height)) as (figure, axes):
        ax = axes[0, 0]
        for number, (subject, rows) in enumerate(worst.items()):
            shift = (number - (len(worst) - 1) / 2) * 0.7 / max(1, len(worst))
            for place, name in enumerate(laws):
                row = rows.get(name)
                if row is None or row.value is None:
                    ax.annotate(
                        f"not determined by {subject}", (1.2 * FLOOR, place + shift), fontsize=4.8,
                        color=colour(number), va="center",
                    )  # fmt: skip
                    continue
                ax.plot(
                    min(max(row.value, FLOOR), 1e2), place + shift, marker="osD^v"[number % 5], color=colour(number),
                    linestyle="none", label=subject if place == 0 else None, clip_on=False,
                )  # fmt: skip
        for place, name in enumerate(laws):
            if targets and name in targets:
                ax.plot([targets[name]] * 2, [place - 0.42, place + 0.42], color="black", linewidth=1.2,
                        linestyle=(0, (3, 1.2)), zorder=0)  # fmt: skip
        if targets:
            ax.plot([], [], color="black", linewidth=1.2, linestyle=(0, (3, 1.2)), label="target (at most)")
        ax.set_yticks(range(len(laws)), [typeset(name, symbols or {}) for name in laws])
        ax.set(xscale="log", xlim=(FLOOR, 1e2), ylim=(len(laws) - 0.5, -0.5), xlabel="largest violation")
        ax.grid(axis="x", color="#e4e4e4", linewidth=0.5)
        handles, labels = ax.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=5)
    return figure
