"""Requests and results as JSON: the words in which a foreign subject is asked, and answers.

A request is ``{"schema": "harness-request-1", "grid": {"points", "dt_s"}, "systems": [{"labels", "isotopes",
"observed", "tagged_spin", "offsets_hz", "couplings_hz"}, …]}``; a result is ``{"schema": "harness-result-1",
"trajectories": [{"mx": […], "my": […], "i1z": […]}, …]}`` with one entry per system, in their order (``i1z`` may be
left out).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.subjects.answers import KEYS, BadResult
from harness.tasks.spins.systems import SpinSystem, TimeGrid

REQUEST_SCHEMA = "harness-request-1"
RESULT_SCHEMA = "harness-result-1"


def request_of(systems: Sequence[SpinSystem], grid: TimeGrid) -> dict[str, Any]:
    """The request as plain JSON values."""
    return {
        "schema": REQUEST_SCHEMA,
        "grid": {"points": grid.points, "dt_s": grid.dt_s},
        "systems": [
            {
                "labels": list(system.labels),
                "isotopes": list(system.isotopes),
                "observed": system.observed,
                "tagged_spin": system.tagged_spin,
                "offsets_hz": system.offsets_hz.tolist(),
                "couplings_hz": system.couplings_hz.tolist(),
            }
            for system in systems
        ],
    }


def systems_of(request: Mapping[str, Any]) -> tuple[list[SpinSystem], TimeGrid]:
    """Systems and grid of a request.

    Raises
    ------
    InputError
        For anything that is not a request, or whose systems or grid cannot be.
    """
    if not isinstance(request, Mapping) or request.get("schema") != REQUEST_SCHEMA:
        raise InputError(f"the request is no object with schema {REQUEST_SCHEMA!r}")
    try:
        grid = TimeGrid(request["grid"]["points"], request["grid"]["dt_s"])
        return [SpinSystem(**fields) for fields in request["systems"]], grid
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"the request cannot be read ({type(error).__name__}: {reason})") from None


def results_of(text: bytes, count: int) -> list[dict[str, np.ndarray]]:
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
    results = []
    for row in rows:
        arrays = {}
        for key in row:
            if key not in KEYS:
                raise BadResult(f"the result file has an unknown key {key[:40]!r} (known: mx, my, i1z)")
            value = row[key]
            if value is None:
                continue
            if not isinstance(value, list) or not all(type(v) in (int, float) for v in value):
                raise BadResult(f"{key}: a list of numbers wanted")
            try:
                arrays[key] = np.array(value, dtype=np.float64)
            except OverflowError:
                raise BadResult(f"{key}: a number is too large") from None
        results.append(arrays)
    return results
