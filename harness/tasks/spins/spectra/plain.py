"""The output formats of every result, one or several: CSV with its origin in a second file, JSON, PNG."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from harness.durable import write_bytes, write_json, write_text
from harness.memory import require_memory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW_BYTES = 600
"""Of a row of four numbers while it becomes text: numbers of Python, words, and the line twice (measured)."""


class Plain(Protocol):
    """What every result can be written as."""

    def csv(self) -> str:
        """Columns."""
        ...

    def about(self) -> dict[str, Any]:
        """What is not in the columns."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Everything."""
        ...

    def png(self) -> bytes:
        """The picture."""
        ...


def write_plain(path: Path, result: Plain) -> None:
    """Write a .csv with its origin in a second file, a .json or a .png."""
    if path.suffix == ".csv":
        write_text(path, result.csv())
        write_json(about_path(path), result.about())
    elif path.suffix == ".json":
        write_json(path, result.as_dict())
    else:
        write_bytes(path, result.png())


def csv_of(name: str, first: np.ndarray, columns: Sequence[tuple[str, np.ndarray | None]]) -> str:
    """Columns of equal length with a head; None gives empty cells."""
    count = len(first)
    require_memory(ROW_BYTES * count * max(1, len(columns) // 3), f"the text of {count} rows", "take fewer points")
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow([name, *(title for title, _ in columns)])
    rows = zip(*(_cells(column, count) for column in (first, *(values for _, values in columns))), strict=True)
    return head.getvalue() + "\n".join(",".join(row) for row in rows) + "\n"


def png_of(figure: Figure) -> bytes:
    """A figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200)
    return buffer.getvalue()


def about_path(table: Path) -> Path:
    """The file, next to a CSV, that gives the origin of its numbers."""
    return table.with_name(f"{table.name}.json")


def _cells(column: np.ndarray | None, rows: int) -> list[str]:
    # repr is the shortest decimal that reads back as the same float.
    return [""] * rows if column is None else [repr(value) for value in column.tolist()]
