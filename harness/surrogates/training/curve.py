"""Learning curves: CSV and figure."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.durable import write_text, writing

FIRST = ("epoch", "learning_rate", "loss", "validation_mean", "validation_worst")


def write_curve(path: Path, rows: Sequence[Mapping[str, float]], measure: str = "") -> None:
    """Write one line per epoch; with the name of the error that is measured also a PNG of the same name.

    Columns: epoch, learning_rate, loss (mean over the epoch), validation_mean and validation_worst (empty where
    validation did not run), then the parts of the loss.
    """
    names = [*FIRST, *sorted({key for row in rows for key in row} - set(FIRST))]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())
    if measure and rows:
        _draw(path.with_suffix(".png"), rows, measure)


def _draw(path: Path, rows: Sequence[Mapping[str, float]], measure: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    epochs = [row["epoch"] for row in rows]
    axes.plot(epochs, [math.sqrt(max(row["loss"], 0.0)) for row in rows], color="0.6", lw=1, label="√ training loss")
    checked = [row for row in rows if "validation_mean" in row]
    at = [row["epoch"] for row in checked]
    for key, colour, marker, label in (
        ("validation_worst", "#D55E00", "v", "validation, worst"),
        ("validation_mean", "#0072B2", "o", "validation, mean"),
    ):
        axes.plot(at, [row[key] for row in checked], color=colour, marker=marker, ms=3, lw=1.2, label=label)
    axes.set(xlabel="epoch", ylabel=measure, yscale="log")
    axes.grid(alpha=0.3, which="both", lw=0.4)
    axes.legend(frameon=False, fontsize=8)
    with writing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150)
