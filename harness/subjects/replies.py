"""The reply of a foreign subject's child process to a batch: one JSON message, then the numbers as raw float64.

The message is ``{"results": [ROW, …]}`` with one row per system, in their order: ``{"given": [KEY, …], "details":
{…}}`` announces arrays of little-endian float64, which follow the message one after the other; ``{"problem": "…"}``
announces none. An array is ``points`` long; if it has further axes, ``"shapes": {KEY: […]}`` gives their lengths. A
batch that failed as a whole is ``{"problem": "…", "refused": bool, "traceback": "…"}``. The main process knows the
length of the last axis from its own grid. Nothing in a message is run or unpickled, and a message contains no time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.children import one_line
from harness.subjects.format import AnswerFormat, BadResult
from harness.trajectory import Provenance

SAMPLE = np.dtype("<f8")
MOST_DETAILS = 16
LONGEST_TRACEBACK = 1 << 16
BYTES_PER_ROW = 1 << 13
LARGEST_ARRAY_BYTES = 1 << 30


class Malformed(ValueError):
    """A reply that does not follow the format; the message describes what the child sent."""


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


def rows_of(results: Sequence[Any], grid: Any, form: AnswerFormat) -> list[Row]:
    """The child's side: what an object returned, checked one by one."""
    rows = []
    for result in results:
        try:
            source = getattr(result, "provenance", None)
            details = source.details if isinstance(source, Provenance) else {}
            rows.append(Row(form.plain(result, grid), {k: value for k, value in details.items() if _is_plain(value)}))
        except BadResult as error:
            rows.append(Row(problem=str(error)))
    return rows


def encoded(rows: Sequence[Row]) -> tuple[dict[str, Any], bytes]:
    """The message of a batch and the raw numbers that follow it."""
    described = [{"problem": row.problem} if row.problem else _description(row) for row in rows]
    numbers = [array.astype(SAMPLE).tobytes() for row in rows for array in row.arrays.values()]
    return {"results": described}, b"".join(numbers)


def _description(row: Row) -> dict[str, Any]:
    shapes = {key: list(array.shape) for key, array in row.arrays.items() if array.ndim != 1}
    return {"given": list(row.arrays), "details": dict(row.details), **({"shapes": shapes} if shapes else {})}


def most_bytes(count: int) -> int:
    """The largest accepted size in bytes of a message about ``count`` systems."""
    return 8 * LONGEST_TRACEBACK + BYTES_PER_ROW * count


def decoded(
    message: Mapping[str, Any], count: int, grid: Any, form: AnswerFormat, read: Callable[[int], bytes]
) -> list[Row] | Failed:
    """The main process's side: the rows of a message; ``read(size)`` gives the raw numbers that follow it.

    Arrays are still to be checked for finiteness by :meth:`AnswerFormat.plain`.

    Raises
    ------
    Malformed
        If the message is not of this format; then nothing more can be read from the child.
    """
    if "problem" in message:
        problem, refused, traceback = (message.get(key) for key in ("problem", "refused", "traceback"))
        if not isinstance(problem, str) or not isinstance(traceback or "", str):
            raise Malformed("a problem that is no text")
        retained = (traceback or "")[-LONGEST_TRACEBACK:]
        return Failed(one_line(problem) or "failed without a word", refused is True, retained)
    results = message.get("results")
    if not isinstance(results, list) or len(results) != count:
        raise Malformed(f"no list of {count} results")
    described = [_described(row, grid, form) for row in results]
    rows = []
    for shapes, details, problem in described:
        arrays = {}
        for key, shape in shapes.items():
            content = read(math.prod(shape) * SAMPLE.itemsize)
            arrays[key] = np.frombuffer(content, dtype=SAMPLE).reshape(shape).astype(np.float64)
        rows.append(Row(arrays, details, problem))
    return rows


def _described(row: Any, grid: Any, form: AnswerFormat) -> tuple[dict[str, tuple[int, ...]], dict[str, Any], str]:
    """(shapes of the arrays, details, problem) of one row."""
    if not isinstance(row, dict):
        raise Malformed("a result that is no JSON object")
    if "problem" in row:
        return {}, {}, one_line(row["problem"]) or "failed without a word"
    given, details, shapes = row.get("given"), row.get("details"), row.get("shapes", {})
    if not isinstance(given, list) or given != [key for key in form.keys if key in given] or not given:
        raise Malformed(f"a result without the names of its arrays ({', '.join(form.keys)})")
    if not isinstance(details, dict) or len(details) > MOST_DETAILS or not all(map(_is_plain, details.values())):
        raise Malformed(f"details that are not at most {MOST_DETAILS} plain values")
    if not isinstance(shapes, dict):
        raise Malformed("shapes that are no JSON object")
    sizes = {key: _shape(key, shapes.get(key, [grid.points]), grid, form) for key in given}
    return sizes, {one_line(key, 60): value for key, value in details.items()}, ""


def _shape(key: str, stated: Any, grid: Any, form: AnswerFormat) -> tuple[int, ...]:
    """The announced shape of an array."""
    if not isinstance(stated, list) or not all(type(size) is int and size > 0 for size in stated):
        raise Malformed(f"a shape of {key} that is no list of whole numbers")
    if not form.fits(key, tuple(stated), grid) or math.prod(stated) * SAMPLE.itemsize > LARGEST_ARRAY_BYTES:
        raise Malformed(f"a shape of {key} that is not {form.wanted(key, grid)}, or too large")
    return tuple(stated)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 200 and value.isprintable()
    return value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
