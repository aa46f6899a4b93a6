"""What the child of a foreign subject says of a batch: one JSON message, then the numbers as raw float64.

The message is ``{"results": [ROW, …]}`` with one row per system, in their order: ``{"given": ["mx", "my", "i1z"],
"details": {…}}`` announces arrays of ``points`` little-endian float64 each, which follow the message one after the
other; ``{"problem": "…"}`` announces none. A batch that failed as a whole is ``{"problem": "…", "refused": bool,
"traceback": "…"}``. The judge knows all sizes from its own grid; nothing in a message is run or unpickled, and there is
no place for a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.children import one_line
from harness.subjects.answers import KEYS, BadResult, plain
from harness.tasks.spins.systems import TimeGrid, Trajectory

SAMPLE = np.dtype("<f8")
MOST_DETAILS = 16
LONGEST_TRACEBACK = 1 << 16
BYTES_PER_ROW = 1 << 13


class Malformed(ValueError):
    """A reply that does not keep to the format; the message says what was found, as what the child sent."""


@dataclass(frozen=True, eq=False)
class Row:
    """Checked arrays of one system and the plain details of their provenance, or the problem."""

    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Failed:
    """A batch that failed as a whole: the problem in one line, whether the subject refused it, and the traceback."""

    problem: str
    refused: bool = False
    traceback: str = ""


def rows_of(results: Sequence[Any], grid: TimeGrid) -> list[Row]:
    """The child's side: what an object returned, checked one by one."""
    rows = []
    for result in results:
        try:
            details = result.provenance.details if isinstance(result, Trajectory) else {}
            rows.append(Row(plain(result, grid), {key: value for key, value in details.items() if _is_plain(value)}))
        except BadResult as error:
            rows.append(Row(problem=str(error)))
    return rows


def encoded(rows: Sequence[Row]) -> tuple[dict[str, Any], bytes]:
    """The message of a batch and the raw numbers behind it."""
    described = [
        {"problem": row.problem} if row.problem else {"given": list(row.arrays), "details": dict(row.details)}
        for row in rows
    ]
    numbers = [array.astype(SAMPLE).tobytes() for row in rows for array in row.arrays.values()]
    return {"results": described}, b"".join(numbers)


def most_bytes(count: int) -> int:
    """Bytes of the longest message about ``count`` systems that is read at all."""
    return 8 * LONGEST_TRACEBACK + BYTES_PER_ROW * count


def decoded(message: Mapping[str, Any], count: int, grid: TimeGrid, read: Callable[[int], bytes]) -> list[Row] | Failed:
    """The judge's side: the rows of a message; ``read(size)`` gives the raw numbers behind it.

    Arrays are still to be checked for finiteness by :func:`harness.subjects.answers.trajectory`.

    Raises
    ------
    Malformed
        If the message is none of this format; then nothing more can be read from the child.
    """
    if "problem" in message:
        problem, refused, traceback = (message.get(key) for key in ("problem", "refused", "traceback"))
        if not isinstance(problem, str) or not isinstance(traceback or "", str):
            raise Malformed("a problem that is no text")
        kept = (traceback or "")[-LONGEST_TRACEBACK:]
        return Failed(one_line(problem) or "failed without a word", refused is True, kept)
    results = message.get("results")
    if not isinstance(results, list) or len(results) != count:
        raise Malformed(f"no list of {count} results")
    described = [_described(row) for row in results]
    size = grid.points * SAMPLE.itemsize
    rows = []
    for given, details, problem in described:
        arrays = {key: np.frombuffer(read(size), dtype=SAMPLE).astype(np.float64) for key in given}
        rows.append(Row(arrays, details, problem))
    return rows


def _described(row: Any) -> tuple[list[str], dict[str, Any], str]:
    """(keys of the arrays, details, problem) of one row."""
    if not isinstance(row, dict):
        raise Malformed("a result that is no JSON object")
    if "problem" in row:
        return [], {}, one_line(row["problem"]) or "failed without a word"
    given, details = row.get("given"), row.get("details")
    if not isinstance(given, list) or given != [key for key in KEYS if key in given] or not given:
        raise Malformed("a result without the names of its arrays (mx, my, i1z)")
    if not isinstance(details, dict) or len(details) > MOST_DETAILS or not all(map(_is_plain, details.values())):
        raise Malformed(f"details that are not at most {MOST_DETAILS} plain values")
    return given, {one_line(key, 60): value for key, value in details.items()}, ""


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 200 and value.isprintable()
    return value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
