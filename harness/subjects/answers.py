"""What a subject said of one system, and the checks that it is what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import Provenance, TimeGrid, Trajectory

KEYS = ("mx", "my", "i1z")


class BadResult(ValueError):
    """A result that cannot be used; the message is one line that names the observable and the fault."""


class Refused(BadResult):
    """The subject said that it does not take such a system or grid; the message is its reason."""


def is_refusal(error: BaseException) -> bool:
    """True for :class:`harness.errors.InputError` itself, by which a subject says that it does not take a system.

    Neither a subclass (a damaged cache, a missing engine) nor another class of a like name is a refusal: these are
    failures.
    """
    return type(error) is InputError


@dataclass(frozen=True, eq=False)
class Answer:
    """A trajectory, or the reason why there is none; and how long it took in seconds, from system to trajectory.

    ``refused``: the subject does not take such a system or grid at all (:func:`is_refusal`), which is no failure; but a
    number that was to be judged is missing then, and the run is not complete.
    """

    trajectory: Trajectory | None
    problem: str = ""
    wall_s: float = float("nan")
    refused: bool = False

    @property
    def refusal(self) -> str:
        """The reason of a refusal, "" if there is none."""
        if not self.refused:
            return ""
        return self.problem.removeprefix(f"raised {InputError.__name__}").lstrip(": ") or "refused"


def plain(result: Any, grid: TimeGrid) -> dict[str, np.ndarray]:
    """Turn one result into checked float64 arrays {"mx", "my", "i1z"}, each of shape (points,).

    Accepted: a Trajectory or any object or mapping with mx, my and, if known, i1z (None or absent: not given); or an
    array of shape (2, points) or (3, points) in the order mx, my, i1z.

    Raises
    ------
    BadResult
        For anything else, a wrong shape, a dtype that is not a real floating-point one, or values that are not finite.
    """
    if isinstance(result, Mapping):
        given = {key: result.get(key) for key in KEYS}
        unknown = sorted(str(key) for key in result if key not in KEYS)
        if unknown:
            raise BadResult(f"returned unknown keys {unknown[:3]} (known: mx, my, i1z)")
    elif hasattr(result, "mx") or hasattr(result, "my"):
        given = {key: getattr(result, key, None) for key in KEYS}
    elif result is None:
        raise BadResult("returned None")
    else:
        stacked = _array(result, "result")
        if stacked.ndim != 2 or stacked.shape[0] not in (2, 3):
            raise BadResult(f"returned shape {stacked.shape}, (3, {grid.points}) wanted: mx, my, i1z")
        given = dict(zip(KEYS, stacked, strict=False))
    if (given.get("mx") is None) != (given.get("my") is None):
        raise BadResult("returned only one of mx and my")
    arrays = {key: _checked(value, key, grid) for key, value in given.items() if value is not None}
    if not arrays:
        raise BadResult(f"returned {type(result).__name__} without mx, my or i1z")
    return arrays


def trajectory(result: Any, grid: TimeGrid, provenance: Provenance) -> Trajectory:
    """A Trajectory from one result; raises as :func:`plain`."""
    given = plain(result, grid)
    return Trajectory(grid, provenance, given.get("mx"), given.get("my"), given.get("i1z"))


def each(results: Any, count: int) -> list[Any]:
    """The results of a batch, one by one: of a Prediction (its ``mean``), a sequence, or an array (batch, 3, points).

    Raises
    ------
    BadResult
        If there are not ``count`` of them.
    """
    if hasattr(results, "mean") and isinstance(results.mean, Sequence):
        results = results.mean
    try:
        found = list(results)
    except TypeError:
        raise BadResult(f"returned {type(results).__name__} where one result per system was wanted") from None
    if len(found) != count:
        raise BadResult(f"returned {len(found)} results for {count} systems")
    return found


def _array(value: Any, what: str) -> np.ndarray:
    try:
        return np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    except Exception as error:
        raise BadResult(f"{what}: {type(value).__name__} is no array ({type(error).__name__})") from None


def _checked(value: Any, key: str, grid: TimeGrid) -> np.ndarray:
    array = _array(value, key)
    if array.dtype.kind != "f":
        raise BadResult(f"{key}: wrong dtype {array.dtype}, a real floating-point one wanted")
    if array.shape != (grid.points,):
        raise BadResult(f"{key}: wrong shape {array.shape}, ({grid.points},) wanted")
    bad = np.flatnonzero(~np.isfinite(array))
    if len(bad):
        first, time_s = int(bad[0]), bad[0] * grid.dt_s
        raise BadResult(f"{key}: {array[first]} at point {first} (t = {time_s:.6g} s), {len(bad)} such points")
    return array.astype(np.float64)
