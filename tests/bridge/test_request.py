"""Keys: the same for the same question, another for any other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import SpinSystem, TimeGrid
from harness.errors import InputError
from harness.tasks.spins.spinach.request import Request, SpinachOptions

finite = st.floats(-1e4, 1e4, allow_nan=False)


@given(a=finite, b=finite, j=finite)
def test_a_key_depends_on_every_bit_and_on_nothing_else(a: float, b: float, j: float) -> None:
    grid = TimeGrid(10, 1e-4)
    requested = Request.of(SpinSystem([a, b], [[0, j], [j, 0]]), grid)
    again = Request.of(SpinSystem([a, b], [[0, j], [j, 0]], labels=["x", "y"], name="other"), grid)
    moved = Request.of(SpinSystem([np.nextafter(a, 2e4), b], [[0, j], [j, 0]]), grid)
    assert requested.key("e", "c") == again.key("e", "c")
    assert requested.family != moved.family
    assert requested.key("e", "c") != requested.key("f", "c")
    assert requested.key("e", "c") != requested.key("e", "d")


def test_minus_zero_is_zero() -> None:
    grid = TimeGrid(10, 1e-4)
    assert Request.of(SpinSystem([0.0], [[0]]), grid).family == Request.of(SpinSystem([-0.0], [[0]]), grid).family


def test_a_key_is_the_same_on_every_machine() -> None:
    """A golden value: if it changes, every cache in the world is stale; change SEMANTICS then, not only this line."""
    system = SpinSystem([10.0, -35.0], [[0, 7.2], [7.2, 0]])
    assert Request.of(system, TimeGrid(300, 1e-4)).key("spinach-octave", "213f44da") == GOLDEN


GOLDEN = "8c028e1eb5d99c6a6105236a9a1d2b5e8675908dcfc44beda551eef861ee8261"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"formalism": "hilbert"}, "formalism 'hilbert' is unknown"),
        ({"approximation": "IK-9"}, "approximation 'IK-9' is unknown"),
        ({"level": 3}, "level = 3"),
        ({"approximation": "IK-1", "level": 3}, "only in the formalism"),
        ({"approximation": "IK-1", "formalism": "sphten-liouv"}, "level = 0"),
        ({"magnet_t": 0.0}, "magnet_t"),
        ({"prop_chop": float("nan")}, "prop_chop"),
    ],
)
def test_options_that_make_no_sense_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        SpinachOptions(**changes)


def test_large_systems_are_truncated_and_say_so() -> None:
    assert not SpinachOptions.for_size(10).truncated
    assert SpinachOptions.for_size(12).truncated


def test_a_grid_of_one_point_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2"):
        Request.of(SpinSystem([1.0], [[0]]), TimeGrid(1, 1e-3))
