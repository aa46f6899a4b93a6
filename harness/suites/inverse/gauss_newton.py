"""A fit that needs nothing of a model but its signals: Gauss and Newton's method with central differences.

For tasks without a fit of their own, whose starts lie in the right basin: there is no line search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

import numpy as np

from harness.suites.inverse.plan import Case


@dataclass(frozen=True, eq=False)
class Fit:
    """The result of a fit: parameters (P,), the path of accepted points (iterations + 1, P), and the times."""

    path: np.ndarray
    converged: bool
    seconds: float
    cpu_seconds: float

    @property
    def theta(self) -> np.ndarray:
        """Estimates."""
        return self.path[-1]

    @property
    def iterations(self) -> int:
        """Accepted steps."""
        return len(self.path) - 1


@dataclass(frozen=True)
class GaussNewton:
    """``signal``: (model, parameters (P,)) → the signal (T,), real; ``step``: of the differences, in their unit."""

    signal: Callable[[Any, np.ndarray], np.ndarray]
    step: float = 1e-4

    def slopes(self, model: Any, theta: np.ndarray) -> np.ndarray:
        """∂signal/∂θ (P, T), with an error of order step²."""
        moves = self.step * np.eye(len(theta))
        return np.stack([self.signal(model, theta + d) - self.signal(model, theta - d) for d in moves]) / 2 / self.step

    def bound(self, model: Any, theta: np.ndarray, sigma: float) -> np.ndarray:
        """The Cramér-Rao bound (P,) of the parameters as standard deviations, for white noise of ``sigma``."""
        slopes = self.slopes(model, theta)
        return sigma * np.sqrt(np.diag(np.linalg.inv(slopes @ slopes.T)))

    def __call__(self, model: Any, case: Case, most: int, tolerance: float) -> Fit:
        """Least squares from the start of a case; converged when no parameter moves by ``tolerance`` or more."""
        begun, cpu = perf_counter(), process_time()
        path, converged = [case.start], False
        while not converged and len(path) <= most:
            residual = case.signal - self.signal(model, path[-1])
            move = np.linalg.lstsq(self.slopes(model, path[-1]).T, residual, rcond=None)[0]
            path.append(path[-1] + move)
            converged = bool(np.abs(move).max() < tolerance)
        return Fit(np.array(path), converged, perf_counter() - begun, process_time() - cpu)
