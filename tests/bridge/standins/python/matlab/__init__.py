"""Stand-in for the ``matlab`` package of the MATLAB Engine API for Python. It is not MATLAB: see ../../README.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class double:
    """Array of double precision numbers: nested sequences in, ``size`` and indexing out."""

    def __init__(self, initializer: Iterable, size: Sequence[int] | None = None, is_complex: bool = False) -> None:
        rows = [list(row) if isinstance(row, Iterable) else [row] for row in initializer]
        if rows and all(len(row) == 1 for row in rows) and not any(isinstance(r, Iterable) for r in initializer):
            rows = [[row[0] for row in rows]]
        if len({len(row) for row in rows}) > 1:
            raise ValueError("rows must have equal lengths")
        kind = complex if is_complex else float
        self._rows = [[kind(x) for x in row] for row in rows]
        if size is not None and tuple(size) != self.size:
            raise ValueError("size does not fit the data")

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self._rows), len(self._rows[0]) if self._rows else 0

    def __getitem__(self, row: int) -> list:
        return self._rows[row]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self):
        return iter(self._rows)
