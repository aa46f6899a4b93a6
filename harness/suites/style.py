"""One style for every figure: sizes for print, the Okabe-Ito palette, a marker for each colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMN_IN = 3.5
PAGE_IN = 7.2

# M. Okabe, K. Ito, "Color Universal Design" (2008); their yellow is darkened here: a yellow line is hard to see.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7A00", "#000000")
GREY = "#6b6b6b"
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
STYLE: Any = {
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.titlelocation": "left",
    "lines.linewidth": 1.2,
    "lines.markersize": 3.8,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "svg.fonttype": "none",
}


def colour(index: int) -> str:
    """The ``index``-th colour, cycling."""
    return PALETTE[index % len(PALETTE)]


def marker(index: int) -> str:
    """The ``index``-th marker, cycling with a period that differs from the colours' once they repeat."""
    return MARKERS[(index + index // len(MARKERS)) % len(MARKERS)]


def looks(labels: Sequence[str], subject: str) -> dict[str, dict[str, Any]]:
    """Colour, marker and dash of each label: the subject black, thick and starred, the others in turn.

    A method and its batches look the same.
    """
    found: dict[str, dict[str, Any]] = {}
    colours, shapes = PALETTE[:-1], MARKERS[:-1]
    others = [label for label in labels if not _of(label, subject)]
    bases = list(dict.fromkeys(label.split(" (batch")[0] for label in others))
    for label in others:
        number = bases.index(label.split(" (batch")[0])
        turn = number // len(colours)
        found[label] = {
            "color": colours[number % len(colours)],
            "marker": shapes[(number + 3 * turn) % len(shapes)],
            "linestyle": ("-", (0, (3, 1.5)))[turn % 2],
        }
    for number, label in enumerate(label for label in labels if _of(label, subject)):
        dash = ("-", (0, (3, 1.5)))[number % 2]
        found[label] = {"color": PALETTE[-1], "marker": "*", "linestyle": dash, "linewidth": 1.8, "markersize": 7}
    return found


def _of(label: str, subject: str) -> bool:
    return label == subject or label.startswith(f"{subject} (batch")


@contextmanager
def canvas(
    rows: int, columns: int, size_in: tuple[float, float], **options: Any
) -> Iterator[tuple[Figure, np.ndarray]]:
    """A figure with ``rows`` x ``columns`` axes (array of that shape) in this style, without global state."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size_in, layout="constrained")
        yield figure, figure.subplots(rows, columns, squeeze=False, **options)


def letter(axes: Sequence[Axes]) -> None:
    """Mark the panels a, b, c … outside their upper left corners."""
    for number, ax in enumerate(axes):
        ax.annotate(
            chr(ord("a") + number), (0, 1), xytext=(-4, 4), xycoords="axes fraction", textcoords="offset points",
            ha="right", va="bottom", fontweight="bold", fontsize=9,
        )  # fmt: skip


def bare(ax: Axes) -> None:
    """No frame and no tick marks: for tables and matrices."""
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)


def full_numbers(ax: Axes) -> None:
    """Numbers of the axis in full, without a common part that is written separately."""
    ax.ticklabel_format(axis="y", useOffset=False)


def target_line(ax: Axes, value: float, text: str, vertical: bool = False) -> None:
    """A dashed grey line at a target with its name on it."""
    (ax.axvline if vertical else ax.axhline)(value, color=GREY, linestyle=(0, (4, 2)), linewidth=0.8, zorder=0)
    place = {"xy": (value, 0.02), "xycoords": ("data", "axes fraction"), "rotation": 90} if vertical else {
        "xy": (0.99, value), "xycoords": ("axes fraction", "data")
    }  # fmt: skip
    ax.annotate(text, **place, ha="right", va="bottom", fontsize=6, color=GREY)  # type: ignore[arg-type]


def typeset(name: str, symbols: Mapping[str, str]) -> str:
    """A plain name of a quantity with its symbols in the notation of print; ``symbols``: plain text → how it is set."""
    for plain, symbol in symbols.items():
        name = name.replace(plain, symbol)
    return name


def save(figure: Figure, path: str | Path) -> Path:
    """Write the PNG at 300 dpi, whole or not at all."""
    from harness.durable import writing

    path = Path(path)
    with writing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=300)
    return path
