"""The fit that every task may use: exact where the signal is linear, at the bound, and honest where it does not end."""

from __future__ import annotations

import numpy as np
import pytest

from harness.suites.inverse import Case, GaussNewton

TIMES = np.linspace(0.0, 1.0, 50)
TRUTH = np.array([2.0, 0.7])


def line(model: object, theta: np.ndarray) -> np.ndarray:
    return theta[0] * TIMES + theta[1]


def decay(model: object, theta: np.ndarray) -> np.ndarray:
    return np.exp(-theta[0] * TIMES) * np.cos(theta[1] * TIMES)


def case_of(signal, start, noise: np.ndarray | float = 0.0) -> Case:
    made = signal(None, TRUTH) + noise
    return Case(None, ("a", "b"), TRUTH, np.array(start), np.ones(2), made, {}, "made", "", lambda theta: theta - TRUTH)


def test_a_linear_signal_needs_one_step() -> None:
    found = GaussNewton(line)(None, case_of(line, [0.0, 0.0]), 10, 1e-8)
    assert found.path[1] == pytest.approx(TRUTH, abs=1e-9)
    assert (found.iterations, found.converged) == (2, True), "the second step shows that nothing moves"


def test_slopes_are_the_derivatives() -> None:
    slopes = GaussNewton(decay).slopes(None, TRUTH)
    envelope = np.exp(-TRUTH[0] * TIMES)
    exact = np.stack([-TIMES * decay(None, TRUTH), -TIMES * envelope * np.sin(TRUTH[1] * TIMES)])
    assert np.abs(slopes - exact).max() < 1e-8


def test_errors_of_many_fits_are_those_of_the_bound() -> None:
    """A line with white noise: least squares reaches the Cramér-Rao bound."""
    solver, sigma, rng = GaussNewton(line), 0.05, np.random.default_rng(1)
    fits = [solver(None, case_of(line, [0, 0], sigma * rng.standard_normal(50)), 5, 1e-8).theta for _ in range(400)]
    assert np.std(fits, axis=0) / solver.bound(None, TRUTH, sigma) == pytest.approx(1.0, abs=0.1)


def test_a_fit_that_does_not_end_says_so() -> None:
    found = GaussNewton(decay)(None, case_of(decay, [1.5, 1.0]), 1, 1e-12)
    assert (found.iterations, found.converged) == (1, False)
    assert GaussNewton(decay)(None, case_of(decay, [1.5, 1.0]), 20, 1e-9).theta == pytest.approx(TRUTH, abs=1e-7)
