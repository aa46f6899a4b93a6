"""Least squares: the θ whose M is nearest to a noisy signal."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.inverse.memo import Memo, MemoCount
from harness.tasks.spins.inverse.models import ForwardModel
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.systems import TimeGrid


@dataclass(frozen=True, eq=False)
class Fit:
    """Outcome of a fit.

    ``theta`` (P,) in Hz; ``path`` (iterations + 1, P) the accepted points, the start first; ``cost`` half the sum of
    squared residuals; ``jacobian`` (P, T) at the end; ``seconds`` wall time and ``cpu_seconds`` processor time of this
    process; ``count`` what the memo did.
    """

    theta: np.ndarray
    path: np.ndarray
    cost: float
    jacobian: np.ndarray
    converged: bool
    seconds: float
    cpu_seconds: float
    count: MemoCount

    @property
    def iterations(self) -> int:
        """Accepted steps."""
        return len(self.path) - 1


def noisy(signal: np.ndarray, snr: float, rng: np.random.Generator) -> np.ndarray:
    """``signal`` (T,), M(0) = 1, with white noise of σ = 1/snr per real component and sample."""
    if not snr > 0:
        raise InputError(f"snr = {snr!r}: must be positive")
    return signal + (rng.standard_normal(signal.shape) + 1j * rng.standard_normal(signal.shape)) / snr


def fit_signal(
    model: ForwardModel,
    parameters: Parameters,
    start: np.ndarray,
    signal: np.ndarray,
    grid: TimeGrid,
    max_iterations: int = 20,
    remember: bool = True,
    tolerance: float = 1e-8,
    stages: tuple[float, ...] = (1.0,),
) -> Fit:
    """Minimise Σ_n |M_n(θ) - signal_n|² from ``start`` with the trust-region method of scipy.

    Parameters
    ----------
    model
        Forward model; its evaluations are remembered (:class:`Memo`).
    parameters, start
        What is free, and θ to start from, (P,) in Hz.
    signal, grid
        (T,) complex and its sample times.
    max_iterations
        Accepted steps, of all stages together.
    remember
        False computes every call anew: the measure of what the memo saves.
    tolerance
        Relative change of cost, of θ, and of the gradient, at which the fit has converged.
    stages
        Fractions of the horizon to fit one after the other. A start that is wrong by δ Hz turns the phase by 2πδt: on a
        shorter signal it is in the right basin (1/4, 1/2, 1: four times as wide a start).

    Raises
    ------
    InputError
        For a signal or start of the wrong shape.
    """
    signal, theta = np.asarray(signal, dtype=np.complex128), np.array(start, dtype=float)
    if signal.shape != (grid.points,) or theta.shape != (len(parameters),):
        raise InputError(
            f"signal {signal.shape} and start {theta.shape}: must be ({grid.points},) and ({len(parameters)},)"
        )
    memo = Memo(model, remember=remember)
    path = [theta]
    begun, worked = perf_counter(), process_time()
    converged = False
    for fraction in stages:
        part = grid.prefix(max(2, round(fraction * grid.points)))
        last = fraction == stages[-1]
        steps, converged = _stage(
            memo,
            parameters,
            path[-1],
            signal[: part.points],
            part,
            max_iterations + 1 - len(path),
            tolerance if last else 1e-3,
        )
        path += steps
    theta = path[-1]
    m, jacobian = memo.value_and_jacobian(parameters, theta, grid)
    cost = 0.5 * float(np.sum(np.abs(m - signal) ** 2))
    spent = perf_counter() - begun, process_time() - worked
    return Fit(theta, np.array(path), cost, jacobian, converged, *spent, memo.count)


def _stage(
    memo: Memo,
    parameters: Parameters,
    start: np.ndarray,
    signal: np.ndarray,
    grid: TimeGrid,
    budget: int,
    tolerance: float,
) -> tuple[list[np.ndarray], bool]:
    """Accepted points after ``start``, and whether a tolerance was met."""
    from scipy.optimize import least_squares

    def residual(theta: np.ndarray) -> np.ndarray:
        difference = memo.value(parameters, theta, grid) - signal
        return np.concatenate([np.real(difference), np.imag(difference)])

    def jacobian(theta: np.ndarray) -> np.ndarray:
        rows = memo.value_and_jacobian(parameters, theta, grid)[1]
        return np.concatenate([np.real(rows), np.imag(rows)], axis=1).T

    steps: list[np.ndarray] = []

    def accepted(intermediate_result: object) -> None:
        point = np.array(intermediate_result.x)  # type: ignore[attr-defined]
        if not np.array_equal(point, steps[-1] if steps else start):
            steps.append(point)
        if len(steps) >= budget:
            raise StopIteration

    if budget <= 0:
        return [], False
    found = least_squares(
        residual,
        start,
        jacobian,  # pyright: ignore[reportArgumentType] scipy has no stubs: a callable is right
        method="trf",
        x_scale="jac",
        ftol=tolerance,
        xtol=tolerance,
        gtol=tolerance,
        max_nfev=10 * budget,
        callback=accepted,
    )
    if not np.array_equal(found.x, steps[-1] if steps else start):
        steps.append(np.array(found.x))
    return steps, bool(found.status > 0)
