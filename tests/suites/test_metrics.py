"""The three measures of an error by hand: none of them may change its meaning unnoticed."""

from __future__ import annotations

import numpy as np
import pytest

from harness.suites.metrics import relative_error, rmse, worst_time


def test_the_rmse_of_a_complex_signal_is_per_real_component() -> None:
    """Errors of 3 and 4 in both parts: (9 + 16)/2 of each sample, so that it equals that of mx and my together."""
    delta = np.array([3 + 4j, 3 + 4j, -3 - 4j])
    assert rmse(delta) == pytest.approx(np.sqrt(12.5))
    assert rmse(delta) == pytest.approx(rmse(np.concatenate([delta.real, delta.imag])))


def test_the_rmse_of_a_real_signal_is_that_of_its_samples() -> None:
    assert rmse(np.array([3.0, 4.0])) == pytest.approx(np.sqrt(12.5))


def test_the_suites_agree_on_what_an_rmse_is() -> None:
    """The declared metric is the plain function."""
    from harness.tasks.spins.metrics import RMSE_M
    from harness.tasks.spins.systems import Provenance, TimeGrid, Trajectory

    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 7)) + 1j * rng.normal(size=(2, 7))
    stated, truth = (Trajectory.of(TimeGrid(7, 1e-4), Provenance("t"), m, np.ones(7)) for m in (one, other))
    assert rmse(one - other) == pytest.approx(RMSE_M.of(stated, truth, None), rel=1e-14)


def test_a_relative_error_does_not_depend_on_the_scale() -> None:
    truth = np.array([3.0, 4.0j])
    assert relative_error(0.1 * truth, truth) == pytest.approx(0.1)
    assert relative_error(0.1 * truth, 10 * truth) == pytest.approx(0.01)


def test_the_worst_time_is_where_the_error_is_largest() -> None:
    assert worst_time(np.array([0.1, -0.5j, 0.2]), 1e-3) == "t = 1 ms (|Δ| = 0.5)"
