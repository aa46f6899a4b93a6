"""TimeGrid, Trajectory and the judgement whether a grid resolves a system."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, Trajectory, simulate
from harness.errors import InputError
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, Provenance
from harness.tasks.spins.systems.checks import aliased, refuse_aliased, warn_if_aliased


@pytest.mark.parametrize("points", [0, -1, 1.5, True, "3", None])
def test_points_refused(points: object) -> None:
    with pytest.raises(InputError, match=r"points = .* whole number of at least 1"):
        TimeGrid(points, 1e-4)  # type: ignore[arg-type]


@pytest.mark.parametrize("dt_s", [0.0, -1e-4, np.nan, np.inf, True, "1e-4", None])
def test_dt_refused(dt_s: object) -> None:
    with pytest.raises(InputError, match=r"dt_s = .* positive, finite"):
        TimeGrid(10, dt_s)  # type: ignore[arg-type]


def test_grid() -> None:
    grid = TimeGrid(np.int64(4), np.float64(0.5))
    assert (type(grid.points), type(grid.dt_s)) == (int, float)
    assert grid.times_s.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert (grid.horizon_s, grid.nyquist_hz) == (1.5, 1.0)
    assert grid.prefix(2) == TimeGrid(2, 0.5)
    assert len({grid, TimeGrid(4, 0.5), TimeGrid(4, 0.25)}) == 2
    assert (STANDARD_GRID.points, LONG_GRID.points, STANDARD_GRID.dt_s) == (300, 1000, 1e-4)


def test_trajectory_is_checked_and_read_only() -> None:
    grid, origin = TimeGrid(3, 1.0), Provenance("test", details={"a": 1})
    trajectory = Trajectory.of(grid, origin, m=np.array([1, 1j, -1]), i1z=[1, 0.5, 0.25])
    np.testing.assert_array_equal(trajectory.m, [1, 1j, -1])
    assert trajectory.mx is not None
    with pytest.raises(ValueError, match="read-only"):
        trajectory.mx[0] = 2
    with pytest.raises(TypeError):
        origin.details["a"] = 2  # type: ignore[index]
    with pytest.raises(ValueError, match="does not fit 3 points"):
        Trajectory(grid, origin, mx=np.ones(4))
    with pytest.raises(ValueError, match="does not fit"):
        Trajectory(grid, origin, spin_signals=np.ones(3))
    with pytest.raises(ValueError, match="not requested"):
        _ = Trajectory(grid, origin, i1z=np.ones(3)).m


def test_aliasing_is_judged_by_the_observed_spins_only() -> None:
    system = SpinSystem([100.0, 6000.0], np.zeros((2, 2)), isotopes=["1H", "13C"])
    assert aliased(system, STANDARD_GRID) is None
    assert aliased(SpinSystem([5000.0], 0.0), STANDARD_GRID) is None


def test_aliasing_warns_or_refuses() -> None:
    system = SpinSystem([100.0, -6000.0], np.zeros((2, 2)), labels=["A", "B"])
    with pytest.raises(InputError, match=r"'B' \(-6000 Hz\).*5000 Hz: use dt_s below 8\.33e-05") as caught:
        refuse_aliased(system, STANDARD_GRID)
    with pytest.warns(UserWarning, match="'B'"):
        warn_if_aliased(system, STANDARD_GRID)
    with pytest.warns(UserWarning, match="'B'"):
        sampled = simulate(system, STANDARD_GRID, observables=("m",))
    # The samples are exact all the same.
    times = STANDARD_GRID.times_s
    np.testing.assert_allclose(
        sampled.m, (np.exp(200j * np.pi * times) + np.exp(-12000j * np.pi * times)) / 2, atol=1e-11
    )
    assert "\n" not in str(caught.value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        simulate(SpinSystem([100.0], 0.0), STANDARD_GRID)
