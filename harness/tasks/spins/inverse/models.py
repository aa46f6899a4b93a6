"""Forward models: M of a system, and its derivatives by the free parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from harness.tasks.spins.inverse.line_derivatives import lines_of
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.systems import SpinSystem, TimeGrid


@runtime_checkable
class ForwardModel(Protocol):
    """What a fit needs: ``value`` gives M (T,), ``value_and_jacobian`` also dM/dθ (P, T) by Hz."""

    @property
    def name(self) -> str:
        """Its name in tables."""
        ...

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ."""
        ...

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and dM/dθ at θ."""
        ...


class ExactModel:
    """Diagonalisation, with derivatives by the Daleckii-Krein formula (see
    :mod:`harness.tasks.spins.inverse.line_derivatives`).
    """

    name = "exact"

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ, to rounding."""
        return lines_of(parameters.system(theta), None, grid.horizon_s).signal(grid)

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and dM/dθ at θ, to rounding."""
        lines = lines_of(parameters.system(theta), parameters, grid.horizon_s)
        return lines.signal(grid), lines.derivatives(grid)


class MethodModel:
    """Any reference by name (e.g. "cluster"), with central differences.

    A step h = 1e-3 Hz has the truncation error (2π h t)²/6 of the derivative: 6e-9 at 30 ms, and rounding
    1e-16/(2π h t): 5e-13. Cost: 1 + 2P calls for a Jacobian.
    """

    def __init__(self, method: str, step_hz: float = 1e-3, **options: Any) -> None:
        from harness.tasks.spins.references import reference

        self.name = method
        self._reference = reference(method, **options)
        self._step_hz = step_hz

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ by the method."""
        return self._reference.simulate(parameters.system(theta), grid, ("m",)).m

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and central differences."""
        systems = stencil(parameters, theta, self._step_hz)
        batch = getattr(self._reference, "simulate_batch", None)
        found = batch(systems, grid, ("m",)) if batch else [self._reference.simulate(s, grid, ("m",)) for s in systems]
        return central([trajectory.m for trajectory in found], self._step_hz)


def stencil(parameters: Parameters, theta: np.ndarray, step_hz: float) -> list[SpinSystem]:
    """The system at θ, then each parameter moved up, then each moved down."""
    moves = step_hz * np.vstack([np.zeros(len(theta)), np.eye(len(theta)), -np.eye(len(theta))])
    return [parameters.system(theta + move) for move in moves]


def central(signals: Sequence[np.ndarray], step_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """M and its central differences (P, T) from the signals of a :func:`stencil`."""
    m, p = np.array(signals), len(signals) // 2
    return m[0], (m[1 : p + 1] - m[p + 1 :]) / (2 * step_hz)


class SurrogateModel:
    """A surrogate; all systems of a Jacobian go through it as one batch.

    If the surrogate has ``signal_and_jacobian(system, grid) -> (m, by_offset, by_coupling)``, with shapes (T,), (N, T)
    and (N, N, T) by Hz (``by_coupling[i, j]`` for i < j), that is used (torch.func); else central differences of
    ``step_hz``: at 30 ms the truncation (2π·.05·.03)²/6 and the rounding of single precision, 1e-7/(2π·.05·.03), are
    both 1e-5 of a derivative.
    """

    def __init__(self, surrogate: Any, step_hz: float = 0.05) -> None:
        self.name = surrogate.name
        self._surrogate = surrogate
        self._step_hz = step_hz

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ by the surrogate."""
        return self._surrogate.predict([parameters.system(theta)], grid).mean[0].m

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and dM/dθ by the surrogate."""
        if hasattr(self._surrogate, "signal_and_jacobian"):
            m, by_offset, by_coupling = self._surrogate.signal_and_jacobian(parameters.system(theta), grid)
            rows = [np.sum([by_offset[k] for k in group], axis=0) for group in parameters.offsets]
            rows += [np.sum([by_coupling[i, j] for i, j in group], axis=0) for group in parameters.couplings]
            return m, np.array(rows)
        found = self._surrogate.predict(stencil(parameters, theta, self._step_hz), grid).mean
        return central([trajectory.m for trajectory in found], self._step_hz)
