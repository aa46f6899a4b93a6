"""The fault matrix as a picture: which suite detects which fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.style import PAGE_IN, bare, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {"caught": "#0072B2", "passed": "#eeeeee", "not run": "#ffffff"}


def fault_figure(
    rows: Sequence[str], suites: Sequence[str], cells: Mapping[tuple[str, str], str], wrong: Sequence[str]
) -> Figure:
    """One row per fault or correct subject, one column per suite.

    ``cells`` maps (row, suite) to "caught", "passed" or "not run"; rows in ``wrong`` (a fault that is not detected, a
    correct subject that fails) are marked ✗.
    """
    kinds = list(COLOURS)
    image = np.array([[kinds.index(cells.get((row, suite), "not run")) for suite in suites] for row in rows])
    with canvas(1, 1, (PAGE_IN * 0.85, 0.135 * len(rows) + 1.2)) as (figure, axes):
        from matplotlib.colors import BoundaryNorm, ListedColormap
        from matplotlib.patches import Patch

        ax = axes[0, 0]
        palette = ListedColormap([COLOURS[kind] for kind in kinds])
        ax.imshow(image, cmap=palette, norm=BoundaryNorm(range(len(kinds) + 1), len(kinds)), aspect="auto")
        for r in range(len(rows)):
            for s in range(len(suites)):
                mark = {"caught": "●", "passed": "·", "not run": ""}[kinds[image[r, s]]]
                ax.text(s, r, mark, ha="center", va="center", fontsize=5, color="white" if mark == "●" else "black")
        ax.set_xticks(range(len(suites)), suites, rotation=30, ha="left", rotation_mode="anchor")
        ax.xaxis.tick_top()
        ax.set_yticks(range(len(rows)), [f"✗ {row}" if row in wrong else row for row in rows], fontsize=5.5)
        for tick, row in zip(ax.get_yticklabels(), rows, strict=True):
            tick.set_color("#D55E00" if row in wrong else "black")
        bare(ax)
        ax.set_xticks(np.arange(-0.5, len(suites)), minor=True)
        ax.set_yticks(np.arange(-0.5, len(rows)), minor=True)
        ax.grid(which="minor", color="white", linewidth=0.6)
        ax.tick_params(which="minor", length=0)
        figure.legend(
            handles=[Patch(facecolor=COLOURS[k], edgecolor="#999999", label=k) for k in kinds],
            loc="outside lower center", ncols=3,
        )  # fmt: skip
    return figure
