"""A correction that was found without relaxation: exact for one rate, a gain where it is large, and never free."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from harness.tasks.spins.references import reference
from harness.tasks.spins.relaxation.carried_over import carried_over, common_rate
from harness.tasks.spins.suites.relaxation.network import ALONE, WITH_EXACT, WITH_NETWORK, errors, room, systems
from harness.tasks.spins.systems import LONG_GRID, TimeGrid


class Exact:
    """The exact signal in place of a network."""

    def predict(self, given, grid):
        return SimpleNamespace(mean=[reference("exact").simulate(system, grid, ("m",)) for system in given])


def test_one_rate_is_found() -> None:
    grid = TimeGrid(500, 1e-3)
    free = np.exp(40j * grid.times_s) + np.exp(-90j * grid.times_s)
    assert common_rate(np.exp(-3.2 * grid.times_s) * free, free, grid) == pytest.approx(3.2, abs=1e-4)


def test_with_one_rate_for_all_states_the_correction_is_exact() -> None:
    system = next(systems(5, "damp"))
    found = errors(system, "neighbourhoods of 3", Exact())
    assert found[ALONE] > 0.02
    assert found[WITH_NETWORK] == found[WITH_EXACT] < 1e-8


@pytest.mark.parametrize("model", ["t1_t2", "redfield"])
def test_with_different_rates_a_part_of_the_error_stays(model: str) -> None:
    """Products of more spins, of which the correction is made, decay faster than the signal."""
    found = errors(next(systems(5, model)), "neighbourhoods of 3", Exact())
    assert 1e-4 < found[WITH_EXACT] < 0.2 * found[ALONE]


def test_no_correction_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    relaxing, free = rng.normal(size=(2, LONG_GRID.points)) + 1j * rng.normal(size=(2, LONG_GRID.points))
    np.testing.assert_array_equal(carried_over(relaxing, free, free, LONG_GRID), relaxing)


def test_all_states_leave_nothing_to_a_network() -> None:
    assert room("as it is").value < 1e-11
    assert room("neighbourhoods of 4").value > 1e-3
