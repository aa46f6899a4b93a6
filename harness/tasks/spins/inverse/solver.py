"""Bounded least squares of a projection, with its exact derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.tasks.spins.inverse.projection import Comparison, Projection


def least_squares(
    projection: Projection, start: np.ndarray, low: np.ndarray, high: np.ndarray, tolerance: float, most: int
) -> tuple[np.ndarray, float, bool, int]:
    """θ within its bounds that minimises the sum of squares, that sum, whether it converged, evaluations."""
    from scipy.optimize import least_squares as solve

    at = _remembered(projection)
    found = solve(
        lambda theta: at(theta).residual,
        np.clip(start, low + 1e-9, high - 1e-9),
        lambda theta: at(theta).jacobian,  # pyright: ignore[reportArgumentType] scipy has no stubs: a callable is right
        bounds=(low, high),
        x_scale="jac",
        ftol=tolerance,
        xtol=1e-2 * tolerance,
        gtol=1e-10,
        max_nfev=most,
    )
    return found.x, 2 * float(found.cost), bool(found.status > 0), int(found.nfev)


def _remembered(projection: Projection) -> Callable[[np.ndarray], Comparison]:
    """The projection, which gives residual and derivatives at once; its last result is stored."""
    last: dict[bytes, Comparison] = {}

    def at(theta: np.ndarray) -> Comparison:
        key = theta.tobytes()
        if key not in last:
            last.clear()
            last[key] = projection(theta)
        return last[key]

    return at
