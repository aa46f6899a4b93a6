"""Curves without most of the noise of their draws, by control variates that are made of the offsets of each curve.

A curve M_k is the mean over draws at its labels x_k plus the effect of its own offsets. To first order in 1/N that
effect is linear in their empirical distribution,

    M_k(t) = mean(t; x_k) + Σ_j g_j(t; x_k) c_jk + rest,    c_jk = N^(−1/2) Σ_i h_j(Δ_i),

where the h_j are functions of one offset with mean 0 and variance 1 under the line, orthogonal to each other. The c_jk
have mean 0 whatever the labels, so that M_k − Σ_j g_j c_jk has the same mean over draws as M_k, for any g_j: no bias,
and less variance. Without coupling the effect is exactly linear, and nothing is left over.

Source: control variates, R. Y. Rubinstein, D. P. Kroese, Simulation and the Monte Carlo Method (2016), section 5.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.forward.legendre import basis, powers
from harness.tasks.echo.offsets import OffsetLine
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.recipe import CurveRecipe

CONTROLS = 80
MEAN_DEGREE = 8
RESPONSE_DEGREE = 3
"""Degrees of the polynomials of the labels that describe the mean and the g_j while the g_j are fitted."""
FREQUENCIES = 236
ROWS_AT_ONCE = 500
FEWEST_ROWS = 5
"""Curves for each coefficient of the fit: a smaller set has fewer controls, or none."""


@dataclass(frozen=True, eq=False)
class Controls:
    """The functions h_j on the points of a line, (N, J) for N spins."""

    points: np.ndarray
    functions: np.ndarray

    @classmethod
    def of(cls, line: OffsetLine, spins: int, plan: EchoPlan, count: int) -> Controls:
        """The ``count`` combinations of cos Δt and sin Δt, t up to 3τ, with the largest variance under the line."""
        points, weights = line.weights(spins)
        phases = np.outer(points, np.linspace(0.0, plan.times[-1], FREQUENCIES + 1)[1:])
        waves = np.concatenate([np.cos(phases), np.sin(phases)], axis=1)
        waves -= weights @ waves
        root = np.sqrt(weights)[:, None]
        left, sizes, _ = np.linalg.svd(root * waves, full_matrices=False)
        there = min(count, int(np.sum(sizes > 1e-9 * sizes[0])))
        return cls(points, left[:, :there] / root)

    def values(self, offsets: np.ndarray) -> np.ndarray:
        """(n, J) the controls c_j of n draws (n, N) of the offsets."""
        spins = len(self.points)
        places = np.searchsorted(self.points, offsets)
        counts = np.stack([np.bincount(row, minlength=spins) for row in places])
        return counts @ self.functions / np.sqrt(spins)


def without_draws(curves: CurveSet, unit: np.ndarray) -> np.ndarray:
    """(n, T) complex64: the curves minus what the controls explain; ``unit`` (n, V) are their labels in 0 … 1.

    The curves themselves where their offsets are not known (:func:`drawn_by`) or the set is too small.
    """
    recipe = drawn_by(curves)
    count = 0 if recipe is None else affordable(len(curves), unit.shape[1])
    if recipe is None or count < 1:
        return curves.m
    controls = Controls.of(recipe.line, recipe.side**2, recipe.plan, count)
    c = np.concatenate([controls.values(rows) for rows in _offsets(recipe, len(curves))])
    design = _Design(unit, c)
    coefficients = design.fit(curves.m)
    return design.without(curves.m, coefficients)


def drawn_by(curves: CurveSet) -> CurveRecipe | None:
    """The recipe whose draws these curves are, curve by curve; None where their labels are not those of the recipe.

    Imported curves, and a selection of curves of a set, have other labels than the recipe draws at the same numbers.
    """
    recipe = CurveRecipe.from_dict(curves.recipe)
    expected = np.stack([recipe.labels(k) for k in range(len(curves))])
    return recipe if curves.labels is not None and np.array_equal(curves.labels, expected) else None


def affordable(rows: int, labels: int) -> int:
    """The number of controls whose fit has :data:`FEWEST_ROWS` curves for each coefficient, at most CONTROLS."""
    free = rows // FEWEST_ROWS - len(powers(labels, MEAN_DEGREE))
    return max(0, min(CONTROLS, free // len(powers(labels, RESPONSE_DEGREE))))


@dataclass(frozen=True)
class _Design:
    """Rows of the regression: polynomials of the labels for the mean, and times the controls for the response."""

    unit: np.ndarray
    controls: np.ndarray

    def blocks(self) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """(rows, columns of the mean, columns of the response), a few rows at once."""
        for start in range(0, len(self.unit), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            mean = basis(self.unit[rows], powers(self.unit.shape[1], MEAN_DEGREE))
            factors = basis(self.unit[rows], powers(self.unit.shape[1], RESPONSE_DEGREE))
            response = factors[:, :, None] * self.controls[rows, None, :]
            yield rows, mean, response.reshape(len(mean), -1)

    def fit(self, m: np.ndarray) -> np.ndarray:
        """(columns of the response, T) complex: least squares of mean and response together, by normal equations."""
        square, right, split = None, None, 0
        for rows, mean, response in self.blocks():
            columns, split = np.concatenate([mean, response], axis=1), mean.shape[1]
            added = columns.T @ columns, columns.T @ m[rows]
            square, right = added if square is None or right is None else (square + added[0], right + added[1])
        assert square is not None
        return np.linalg.solve(square, right)[split:]  # type: ignore[arg-type]

    def without(self, m: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """(n, T) complex64."""
        left = [m[rows] - response @ coefficients for rows, _, response in self.blocks()]
        return np.concatenate(left).astype(np.complex64)


def _offsets(recipe: CurveRecipe, count: int) -> Iterator[np.ndarray]:
    """The offsets (n, N) of all curves, a few at once."""
    for start in range(0, count, ROWS_AT_ONCE):
        numbers = range(start, min(start + ROWS_AT_ONCE, count))
        yield np.stack([recipe.system(k).offset_values().ravel() for k in numbers])
