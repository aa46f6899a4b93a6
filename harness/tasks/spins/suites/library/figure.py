"""Figure 9: error against hardness for the library, one panel per window; silent failures are marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.suites.style import PAGE_IN, canvas, colour, letter, marker, target_line
from harness.tasks.spins.suites.library.measure import GOOD, WRONG, LibraryRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOWEST = 1e-13
RED = "#B00000"


def library_figure(rows: Sequence[LibraryRow], subject: str) -> Figure:
    """Relative error of M against hardness. Hollow markers are flagged or revealed; red crosses are silent failures."""
    windows = sorted({row.window_s for row in rows})
    fields = sorted({row.field_t for row in rows}, reverse=True)
    with canvas(1, len(windows), (PAGE_IN, 3.3), sharey=True) as (figure, axes):
        panels = list(axes[0])
        for ax, window in zip(panels, windows, strict=True):
            for number, field_t in enumerate(fields):
                _points(ax, [r for r in rows if (r.window_s, r.field_t) == (window, field_t)], number, field_t)
            silent = [row for row in rows if row.window_s == window and row.outcome == "wrong, silent"]
            _silent(ax, silent)
            target_line(ax, WRONG, "wrong above" if ax is panels[0] else "")
            target_line(ax, GOOD, "good below" if ax is panels[0] else "")
            ax.set(xlabel="hardness", yscale="log", xlim=(-0.03, 1.03))
            ax.set_title(f"{1e3 * window:.0f} ms, {len(silent)} wrong in silence", fontsize=7)
        panels[0].set_ylabel(f"relative error of M of {subject}")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
        letter(panels)
    return figure


def _points(ax: Axes, rows: Sequence[LibraryRow], number: int, field_t: float) -> None:
    """Markers of the answers: filled without a flag or a band, hollow with a flag or a band."""
    revealed = [row for row in rows if "flagged" in row.outcome or row.outcome == "wrong, revealed"]
    plain = [row for row in rows if row not in revealed and row.outcome != "wrong, silent"]
    for group, face, label in (
        (plain, colour(number), f"{field_t:g} T"),
        (revealed, "none", f"{field_t:g} T, flagged or revealed"),
    ):
        there = [row for row in group if row.error is not None]
        ax.plot(
            [row.hardness for row in there], [max(row.error or 0.0, LOWEST) for row in there], linestyle="none",
            marker=marker(number), markersize=2.8, markeredgewidth=0.6, color=colour(number), markerfacecolor=face,
            alpha=0.7, label=label,
        )  # fmt: skip


def _silent(ax: Axes, rows: Sequence[LibraryRow]) -> None:
    ax.plot(
        [row.hardness for row in rows], [min(row.error or 0.0, 10.0) for row in rows], linestyle="none", marker="X",
        markersize=4, markeredgewidth=0.4, markeredgecolor="white", color=RED, label="wrong in silence",
    )  # fmt: skip
