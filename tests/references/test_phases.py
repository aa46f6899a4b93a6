"""The table of phases against direct exponentials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.tasks.spins.systems import TimeGrid
from harness.tasks.spins.systems.phases import phases, phases_hz


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(1, 400), st.floats(1e-6, 1e-2), st.lists(st.floats(-3000, 3000), max_size=5))
def test_phases_are_exponentials(points, dt_s, frequencies) -> None:
    grid = TimeGrid(points, dt_s)
    omega = 2 * np.pi * np.array(frequencies)
    angle = np.outer(omega, grid.times_s)
    # Both sides round the angle: a few units of 1e-16 times its size.
    scale = 1e-15 * (4 + np.max(np.abs(angle), initial=0.0))
    np.testing.assert_allclose(phases(omega, grid), np.exp(1j * angle), atol=scale, rtol=0)
    np.testing.assert_allclose(phases_hz(frequencies, grid), np.exp(1j * angle), atol=scale, rtol=0)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,)])
def test_shapes_and_given_memory(shape) -> None:
    grid = TimeGrid(30, 1e-3)
    omega = np.full(shape, 5.0)
    out = np.empty((*shape, 30), complex)
    assert phases(omega, grid, out=out) is out
    assert phases(omega, grid).shape == (*shape, 30)
    np.testing.assert_array_equal(out, phases(omega, grid))


@pytest.mark.parametrize("first", [0, 1, 17, 250])
def test_a_grid_in_pieces(first) -> None:
    grid, omega = TimeGrid(300, 1e-4), np.array([-5000.0, 0.0, 12.5])
    piece = phases(omega, TimeGrid(50, 1e-4), first=first)
    # The factors are others, the angles of at most 150 the same.
    np.testing.assert_allclose(piece, phases(omega, grid)[:, first : first + 50], atol=1e-13, rtol=0)


@pytest.mark.parametrize("angle", [0.0, np.pi / 2, np.pi, -np.pi, 3 * np.pi, 1e-300, 1e8])
def test_angles_at_which_the_tangent_is_at_its_worst(angle) -> None:
    # A few units of rounding, also where the tangent of the half angle has its pole.
    turned = phases(angle, TimeGrid(2, 1.0))[1]
    np.testing.assert_allclose(turned, complex(math.cos(angle), math.sin(angle)), atol=1e-15, rtol=0)
