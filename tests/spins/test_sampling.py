"""Sampling at Nyquist's rate: whole signals from few points, and nothing from outside the band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.tasks.spins.systems import STANDARD_GRID, TimeGrid
from harness.tasks.spins.systems.phases import phases
from harness.tasks.spins.systems.sampling import Sampling


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 2000), st.floats(1e-6, 1e-2), st.floats(0, 3000), st.lists(st.floats(-1, 1), max_size=5))
def test_lines_within_the_band_come_back(points, dt_s, bandwidth_hz, inside) -> None:
    grid, bandwidth = TimeGrid(points, dt_s), 2 * np.pi * bandwidth_hz
    sampling = Sampling.of(grid, bandwidth)
    omega = bandwidth * np.array([-1.0, 1.0, *inside])
    expected = np.exp(1j * omega[:, None] * grid.times_s)
    # The angle is rounded on both sides, and the weights of a point add up to at most 4 in size.
    scale = 1e-15 * (10 + 4 * bandwidth * sampling.nodes.horizon_s)
    samples = phases(omega, sampling.nodes)
    np.testing.assert_allclose(sampling.restore(samples), expected, atol=scale, rtol=0)
    real = sampling.restore(np.ascontiguousarray(samples.real))
    assert real.dtype == np.float64
    np.testing.assert_allclose(real, expected.real, atol=scale, rtol=0)


def test_few_samples_where_the_band_is_narrow() -> None:
    assert Sampling.of(STANDARD_GRID, 2 * np.pi * 800).nodes.points < 120
    assert Sampling.of(STANDARD_GRID, 0.0).nodes.points < 20
    assert Sampling.of(TimeGrid(16384, 1e-4), 2 * np.pi * 800).nodes.points < 4000


@pytest.mark.parametrize("bandwidth_hz", [3000.0, 5000.0, 1e6])
def test_the_grid_itself_where_it_is_wide(bandwidth_hz) -> None:
    sampling = Sampling.of(STANDARD_GRID, 2 * np.pi * bandwidth_hz)
    assert sampling.nodes == STANDARD_GRID
    samples = phases([1.0], STANDARD_GRID)
    assert sampling.restore(samples) is samples


def test_a_line_outside_the_band_does_not_come_back() -> None:
    sampling = Sampling.of(STANDARD_GRID, 2 * np.pi * 500)
    omega = np.array([2 * np.pi * 1500])
    wrong = sampling.restore(phases(omega, sampling.nodes)) - np.exp(1j * omega[:, None] * STANDARD_GRID.times_s)
    assert np.max(np.abs(wrong)) > 0.5


def test_shapes() -> None:
    sampling = Sampling.of(STANDARD_GRID, 100.0)
    for shape in ((), (3,), (2, 3), (0,)):
        samples = np.zeros((*shape, sampling.nodes.points))
        assert sampling.restore(samples).shape == (*shape, STANDARD_GRID.points)
