"""Stored evaluations of a forward model, and a count of the evaluations that this saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from harness.tasks.spins.inverse.models import ForwardModel
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.systems import TimeGrid


@dataclass
class MemoCount:
    """Calls made, calls computed, and seconds spent computing."""

    requested: int = 0
    computed: int = 0
    seconds: float = 0.0

    @property
    def factor(self) -> float:
        """Calls made per call computed: 1 means that the memo saves nothing."""
        return self.requested / max(self.computed, 1)


class Memo:
    """A forward model that computes each point once.

    A least-squares solver computes the residual at a trial point and, if it accepts the point, the Jacobian there;
    the model gives both at little more than the cost of one, so each point costs one call. Points are stored by the
    bits of θ, the last ``size`` of them.
    """

    def __init__(self, model: ForwardModel, size: int = 64, remember: bool = True) -> None:
        self.name = model.name
        self.count = MemoCount()
        self._model = model
        self._size = size
        self._remember = remember
        self._known: dict[tuple[int, bytes, TimeGrid], tuple[np.ndarray, np.ndarray]] = {}

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ; the Jacobian is computed along with it and stored."""
        if self._remember:
            return self.value_and_jacobian(parameters, theta, grid)[0]
        return self._computed(self._model.value, parameters, theta, grid)

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and dM/dθ at θ, stored."""
        if not self._remember:
            return self._computed(self._model.value_and_jacobian, parameters, theta, grid)
        key = (id(parameters), np.asarray(theta, dtype=float).tobytes(), grid)
        if key in self._known:
            self.count.requested += 1
            return self._known[key]
        while len(self._known) >= self._size:
            self._known.pop(next(iter(self._known)))
        self._known[key] = self._computed(self._model.value_and_jacobian, parameters, theta, grid)
        return self._known[key]

    def _computed(
        self,
        call: Callable[[Parameters, np.ndarray, TimeGrid], Any],
        parameters: Parameters,
        theta: np.ndarray,
        grid: TimeGrid,
    ) -> Any:
        start = perf_counter()
        result = call(parameters, theta, grid)
        self.count.requested += 1
        self.count.computed += 1
        self.count.seconds += perf_counter() - start
        return result
