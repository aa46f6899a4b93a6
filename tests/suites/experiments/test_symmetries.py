"""Invariants: kept by the exact answer, broken by each wrong one, not determined where nothing is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from harness.suites.conservation.laws import Answered, violations
from harness.suites.conservation.laws import worst as worst_of
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.conservation.laws import LAWS, derivatives_at_zero
from harness.tasks.spins.suites.faults.wrapper import with_arrays, with_m
from harness.tasks.spins.suites.populations import chains
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

GRID = TimeGrid(60, 1e-4)
EXACT = reference("exact")


def exact(systems: Sequence[SpinSystem], grid: TimeGrid) -> list[Trajectory]:
    return [EXACT.simulate(s, grid, ("m", "i1z", "spin_signals", "spin_polarisations")) for s in systems]


def worst(predict, systems: Sequence[SpinSystem]) -> dict[str, float | None]:
    requested = Answered(systems, GRID, predict(systems, GRID), predict, None, np.random.default_rng(0))
    rows = [row for law in LAWS for row in violations(law, requested)]
    return {name: row.value for name, row in worst_of(rows).items()}


def test_exact_keeps_them_all():
    found = worst(exact, chains(4).draw(2, 5))
    undetermined = {name for name, value in found.items() if value is None}
    assert undetermined == {"trace", "purity", "hermiticity", "<H>"}
    assert max(v for v in found.values() if v is not None) < 1e-9


def test_heteronuclear_systems_keep_what_holds_for_them():
    mixed = SpinSystem(
        [40.0, -30.0, 12.0], [[0, 7, 140], [7, 0, 5], [140, 5, 0]], isotopes=["1H", "1H", "13C"], tagged_spin=1
    )
    found = worst(exact, [mixed])
    assert found["M'(0) = i<Ω>"] is None
    assert "sign of all J" not in found
    assert max(v for v in found.values() if v is not None) < 1e-9


@pytest.mark.parametrize(
    ("invariant", "spoil"),
    [
        ("|M| ≤ 1", lambda t: with_m(t, 1.2 * t.m)),
        ("M(0) = 1", lambda t: with_m(t, 0.99 * t.m)),
        ("|I_1z| ≤ 1", lambda t: with_arrays(t, i1z=t.i1z * 1.5)),
        ("M'(0) = i<Ω>", lambda t: with_m(t, t.m * np.exp(5j * t.grid.times_s))),
        ("M''(0) = -<Ω²>", lambda t: with_m(t, t.m * (1 + 1e5 * t.grid.times_s**2))),
        ("time reversal", lambda t: with_m(t, t.m + 0.01j)),
        ("frame shift", lambda t: with_m(t, t.m + 0.01)),
        ("mean of spin signals = M", lambda t: with_arrays(t, spin_signals=1.01 * t.spin_signals)),
        ("Σ<I_kz>", lambda t: with_arrays(t, spin_polarisations=1.01 * t.spin_polarisations)),
        ("relabelling", lambda t: with_arrays(t, spin_signals=t.spin_signals[::-1])),
    ],
)
def test_each_is_broken_by_its_fault(invariant: str, spoil: Callable[[Trajectory], Trajectory]):
    systems = chains(3).draw(1, 6)
    value = worst(lambda requested, grid: [spoil(one) for one in exact(requested, grid)], systems)[invariant]
    assert value is not None
    assert value > 1e-3


def test_a_value_that_is_not_finite_is_an_infinite_violation():
    def broken(requested: Sequence[SpinSystem], grid: TimeGrid) -> list[Trajectory]:
        return [with_m(one, np.where(np.arange(grid.points) == 7, np.nan, one.m)) for one in exact(requested, grid)]

    assert worst(broken, chains(3).draw(1, 6))["|M| ≤ 1"] == float("inf")


def test_derivatives_have_the_stated_order():
    times = np.arange(5) * 1e-4
    omega = 2 * np.pi * 250
    first, second = derivatives_at_zero(np.exp(1j * omega * times), 1e-4)
    assert abs(first - 1j * omega) / omega < 2e-9
    assert abs(second + omega**2) / omega**2 < 2e-9
