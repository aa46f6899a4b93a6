"""A table of words inside a figure, as in print: lines above, under the head and below, none through any word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLACES = (0.0, 0.62, 0.84)
"""Where the three columns begin, as shares of the width."""
LARGEST_PT, LINES_PT = 6.2, 95.0
"""Size of the letters, and of all lines of them together: those of many rows are smaller."""


def text_table(ax: Axes, head: Sequence[str], cells: Sequence[Sequence[str]], bold: Sequence[bool]) -> None:
    """``head`` and rows of three words each; the rows marked in ``bold`` are drawn so."""
    lines = len(cells) + 1
    height, size = 1 / lines, min(LARGEST_PT, LINES_PT / lines)
    for number, (row, strong) in enumerate(zip([head, *cells], [True, *bold], strict=True)):
        for x, word in zip(PLACES, row, strict=True):
            ax.text(x, 1 - (number + 0.5) * height, word, transform=ax.transAxes, fontsize=size, va="center",
                    fontweight="bold" if strong else "normal")  # fmt: skip
    for y, width in ((1.0, 0.9), (1 - height, 0.5), (0.0, 0.9)):
        ax.plot([0, 1], [y, y], color="black", linewidth=width, transform=ax.transAxes, clip_on=False)
