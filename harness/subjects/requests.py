"""Requests and results as JSON: the format of the requests to a foreign subject and of its answers.

A request is ``{"schema": "harness-request-1", "grid": {…}, "systems": [{…}, …]}``, grid and systems as the codec of the
task writes them (docs/your-own-surrogate.md shows those of the first task). A result is ``{"schema":
"harness-result-1", "trajectories": [{KEY: […], …}, …]}`` with one entry per system, in their order, and in each a list
of numbers for every array that the subject gives (of an array with several axes lists of lists, time innermost).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.subjects.format import AnswerFormat, BadResult
from harness.task import Codec

REQUEST_SCHEMA = "harness-request-1"
RESULT_SCHEMA = "harness-result-1"


def request_of(systems: Sequence[Any], grid: Any, codec: Codec) -> dict[str, Any]:
    """The request as plain JSON values."""
    return {
        "schema": REQUEST_SCHEMA,
        "grid": codec.grid_to_json(grid),
        "systems": [codec.system_to_json(system) for system in systems],
    }


def systems_of(request: Mapping[str, Any], codec: Codec) -> tuple[list[Any], Any]:
    """Systems and grid of a request.

    Raises
    ------
    InputError
        For anything that is not a request, or for invalid systems or an invalid grid.
    """
    if not isinstance(request, Mapping) or request.get("schema") != REQUEST_SCHEMA:
        raise InputError(f"the request is no object with schema {REQUEST_SCHEMA!r}")
    try:
        grid = codec.grid_from_json(request["grid"])
        return [codec.system_from_json(fields) for fields in request["systems"]], grid
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"the request cannot be read ({type(error).__name__}: {reason})") from None


def results_of(text: bytes, count: int, form: AnswerFormat) -> list[dict[str, np.ndarray]]:
    """The results in a result file, as arrays that are still to be checked for shape, dtype and finiteness.

    Raises
    ------
    BadResult
        For anything that is not a result file for ``count`` systems.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadResult(f"the result file is not JSON ({' '.join(str(error).split())[:120]})") from None
    if not isinstance(document, dict) or document.get("schema") != RESULT_SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise BadResult(f"the result file has schema {repr(found)[:60]}, {RESULT_SCHEMA!r} wanted")
    rows = document.get("trajectories")
    if not isinstance(rows, list) or len(rows) != count or not all(isinstance(row, dict) for row in rows):
        size = f"{len(rows)} trajectories" if isinstance(rows, list) else "no list of trajectories"
        raise BadResult(f"the result file has {size}, {count} wanted")
    return [_arrays(row, form) for row in rows]


def _arrays(row: Mapping[str, Any], form: AnswerFormat) -> dict[str, np.ndarray]:
    arrays = {}
    for key, value in row.items():
        if key not in form.keys:
            raise BadResult(f"the result file has an unknown key {key[:40]!r} (known: {', '.join(form.keys)})")
        if value is None:
            continue
        axes = form.axes(key)
        if not _is_nested(value, axes):
            raise BadResult(f"{key}: a list of {'lists of ' * (axes - 1)}numbers wanted")
        try:
            arrays[key] = np.array(value, dtype=np.float64)
        except OverflowError:
            raise BadResult(f"{key}: a number is too large") from None
        except ValueError:
            raise BadResult(f"{key}: its lists differ in length") from None
    return arrays


def _is_nested(value: Any, axes: int) -> bool:
    """True for numbers in lists, as deep as there are axes."""
    if axes == 0:
        return type(value) in (int, float)
    return isinstance(value, list) and all(_is_nested(inner, axes - 1) for inner in value)
