"""How the answers of a task are checked and sent between processes: real arrays by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.task import Task, default_task, loaded, task_named
from harness.trajectory import Provenance, Trajectory


class BadResult(ValueError):
    """A result that cannot be used; the message is one line that names the array and the fault."""


class AnswerFormat:
    """The format of a task whose answers are its observables, each one real array with time as its last axis.

    A subclass defines other keys, further forms of a result, or its own class for trajectories
    (:attr:`harness.task.Task.answers`). A complex observable is sent as two keys.
    """

    keys: tuple[str, ...]
    """Names of the arrays, in the order in which they are sent."""
    outputs: tuple[str, ...]
    """Observables that every subject gives, unless it declares fewer."""

    def __init__(self, task: Task) -> None:
        self.task, self.codec = task, task.codec
        self.keys = self.outputs = tuple(one.name for one in task.observables)

    def axes(self, key: str) -> int:
        """Number of axes of an array."""
        return next(len(one.axes) for one in self.task.observables if one.name == key)

    def given(self, result: Any, grid: Any) -> Mapping[str, Any]:
        """The content of a result by key; None for a value that is missing.

        Accepted are a mapping, or an object with ``arrays``, a mapping too (:class:`harness.trajectory.Trajectory`).

        Raises
        ------
        BadResult
            For anything else.
        """
        given = result if isinstance(result, Mapping) else getattr(result, "arrays", None)
        if result is None:
            raise BadResult("returned None")
        if not isinstance(given, Mapping):
            raise BadResult(f"returned {type(result).__name__}, a mapping of arrays wanted")
        return given

    def trajectory(self, arrays: Mapping[str, np.ndarray], grid: Any, provenance: Provenance) -> Any:
        """The answer built from checked arrays."""
        return Trajectory(grid, provenance, arrays)

    def plain(self, result: Any, grid: Any) -> dict[str, np.ndarray]:
        """One result as checked float64 arrays by key.

        Raises
        ------
        BadResult
            If it is not a result, or an array has a wrong shape, a dtype that is not a real floating-point type, or
            values that are not finite.
        """
        given = self.given(result, grid)
        unknown = sorted(str(key) for key in given if key not in self.keys)
        if unknown:
            raise BadResult(f"returned unknown keys {unknown[:3]} (known: {', '.join(self.keys)})")
        self.check_together({key for key, value in given.items() if value is not None})
        arrays = {key: self._checked(given[key], key, grid) for key in self.keys if given.get(key) is not None}
        if not arrays:
            *most, last = self.keys
            names = f"{', '.join(most)} or {last}" if most else last
            raise BadResult(f"returned {type(result).__name__} without {names}")
        return arrays

    def check_together(self, keys: set[str]) -> None:
        """Refuse a key without the second key that belongs to it."""

    def wanted(self, key: str, grid: Any) -> str:
        """The shape of an array, for messages."""
        return f"({'…, ' * (self.axes(key) > 1)}{grid.points}{',' * (self.axes(key) == 1)})"

    def fits(self, key: str, shape: tuple[int, ...], grid: Any) -> bool:
        """True if an array of this shape can be the observable on the grid."""
        return len(shape) == self.axes(key) and shape[-1] == grid.points

    def _checked(self, value: Any, key: str, grid: Any) -> np.ndarray:
        array = as_array(value, key)
        if array.dtype.kind != "f":
            raise BadResult(f"{key}: wrong dtype {array.dtype}, a real floating-point one wanted")
        if not self.fits(key, array.shape, grid):
            raise BadResult(f"{key}: wrong shape {array.shape}, {self.wanted(key, grid)} wanted")
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            first = int(bad[0][-1])
            value, time = array[tuple(bad[0])], f"{first * grid.step:.6g} {grid.unit}"
            raise BadResult(f"{key}: {value} at point {first} (t = {time}), {len(bad)} such points")
        return array.astype(np.float64)


def as_array(value: Any, what: str) -> np.ndarray:
    """A value as an array, also a tensor that requires a gradient or lies on another device.

    Raises
    ------
    BadResult
        If it is not an array.
    """
    try:
        return np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    except Exception as error:
        raise BadResult(f"{what}: {type(value).__name__} is no array ({type(error).__name__})") from None


def format_of(task: Task | str = "") -> AnswerFormat:
    """The format of a task, given as an object or by its name; "" for the default task."""
    if not isinstance(task, Task):
        task = task_named(task) if task else default_task()
    return loaded(task.answers)(task)
