"""The format of answers about spin systems: mx, my and i1z, each (points,); a result may also be one array of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.subjects.format import AnswerFormat, BadResult, as_array
from harness.task import Task
from harness.tasks.spins.systems import Provenance, TimeGrid, Trajectory

KEYS = ("mx", "my", "i1z")
OUTPUTS = ("m", "i1z")


class SpinAnswers(AnswerFormat):
    """M is transmitted as mx and my; either both are given or neither."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.keys, self.outputs = KEYS, OUTPUTS

    def axes(self, key: str) -> int:
        """The sample times only."""
        return 1

    def given(self, result: Any, grid: TimeGrid) -> Mapping[str, Any]:
        """What a result holds, by key.

        Accepted are a Trajectory or any object or mapping with mx, my and, if known, i1z (None or absent: not given);
        or an array of shape (2, points) or (3, points) in the order mx, my, i1z.

        Raises
        ------
        BadResult
            For anything else.
        """
        if isinstance(result, Mapping):
            return result
        if hasattr(result, "mx") or hasattr(result, "my"):
            return {key: getattr(result, key, None) for key in KEYS}
        if result is None:
            raise BadResult("returned None")
        stacked = as_array(result, "result")
        if stacked.ndim != 2 or stacked.shape[0] not in (2, 3):
            raise BadResult(f"returned shape {stacked.shape}, (3, {grid.points}) wanted: mx, my, i1z")
        return dict(zip(KEYS, stacked, strict=False))

    def check_together(self, keys: set[str]) -> None:
        """Refuse mx without my, and my without mx."""
        if len(keys & {"mx", "my"}) == 1:
            raise BadResult("returned only one of mx and my")

    def trajectory(self, arrays: Mapping[str, np.ndarray], grid: TimeGrid, provenance: Provenance) -> Trajectory:
        """With named attributes."""
        return Trajectory(grid, provenance, arrays.get("mx"), arrays.get("my"), arrays.get("i1z"))
