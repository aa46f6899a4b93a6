"""Lasting changes are found, odd nights are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.history_steps import LEAST_AFTER, LEAST_BEFORE, find_steps


def noisy(seed: int, nights: int, relative: float = 0.05) -> np.ndarray:
    return np.exp(relative * np.random.default_rng(seed).normal(size=nights))


@pytest.mark.parametrize("law", ["normal", "laplace", "t3"])
def test_series_without_a_step_are_left_alone(law: str) -> None:
    generator = np.random.default_rng(7)
    draw = {"normal": generator.normal, "laplace": generator.laplace, "t3": lambda size: generator.standard_t(3, size)}
    false_alarms = sum(bool(find_steps(np.exp(0.05 * draw[law](size=n)))) for n in (11, 15, 30) for _ in range(200))
    # Stated: fewer than 1 of 200, so 3 expected of 600 at most; 9 is beyond the 99.7 % bound of such a binomial.
    assert false_alarms < 9


def test_a_lasting_step_is_found_where_it_is() -> None:
    found_at_30 = 0
    for seed in range(60):
        values = noisy(seed, 33)
        values[30:] *= np.exp(0.05 * 9)
        steps = find_steps(values)
        found_at_30 += len(steps) == 1 and steps[0].index == 30
    assert found_at_30 >= 54


def test_a_step_needs_three_nights() -> None:
    for after in (1, 2):
        assert find_steps([1.0] * 20 + [3.0] * after) == ()
    (step,) = find_steps([1.0] * 20 + [3.0] * 3)
    assert (step.index, step.before, step.after, step.ratio) == (20, 1.0, 3.0, 3.0)


def test_odd_nights_are_no_step() -> None:
    values = noisy(3, 40)
    values[[5, 17, 30]] *= [8.0, 0.1, 20.0]
    assert find_steps(values) == ()
    quiet = [1.0] * 30
    quiet[9] = quiet[20] = quiet[29] = 7.0
    assert find_steps(quiet) == ()


def test_several_steps_and_slight_ones() -> None:
    assert [s.index for s in find_steps([1.0] * 10 + [1.05] * 10 + [0.5] * 10)] == [10, 20]
    assert find_steps([1.0] * 10 + [1.009] * 10) == (), "changes below 1 % are not told"


def test_zero_and_negative_values() -> None:
    (step,) = find_steps([0.0] * 10 + [2.0] * 4)
    assert step.ratio == np.inf
    (step,) = find_steps([-1.0] * 10 + [1.0] * 4)
    assert (step.before, step.after) == (-1.0, 1.0)


def test_too_few_or_no_values() -> None:
    assert find_steps([]) == ()
    assert find_steps([1.0] * (LEAST_BEFORE - 1) + [9.0] * LEAST_AFTER) == ()
    with pytest.raises(ValueError, match="finite"):
        find_steps([1.0, float("nan")])


def test_of_places_that_describe_a_series_equally_well_the_first_is_taken_in_any_unit() -> None:
    """Values that a random search found: cuts at 8 and at 10 leave the same sum, to rounding."""
    values = [14441576997.0, 14441576997.0, 3942417221.0, 2499913229.0, 1.0, 1.0, 1.0, 801656536.0, 0.0625,
              10166199917.0, 1.0, 1.0, 1.0]  # fmt: skip
    for factor in (1.0, 11.0, 1e-3, 7e5):
        assert [s.index for s in find_steps([v * factor for v in values])] == [8]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1e-12, 1e12), min_size=0, max_size=30), st.floats(1e-6, 1e6))
def test_units_do_not_matter(values: list[float], factor: float) -> None:
    steps = find_steps(values)
    assert [s.index for s in find_steps([v * factor for v in values])] == [s.index for s in steps]
    assert all(LEAST_BEFORE <= s.index <= len(values) - LEAST_AFTER for s in steps)
