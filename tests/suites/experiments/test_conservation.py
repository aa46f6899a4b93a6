"""Deviations of density operators: zero for what conserves, of the right size for what does not."""

from __future__ import annotations

import numpy as np
import pytest

from harness.suites.conservation.methods import MethodRow, method_claims
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.conservation import plan as conservation
from harness.tasks.spins.suites.conservation.densities import QUANTITIES, deviations, hamiltonian, initial_density
from harness.tasks.spins.suites.populations import chains
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.hilbert import hamiltonian as sparse_hamiltonian

GRID = TimeGrid(20, 1e-4)


@pytest.fixture(scope="module")
def system() -> SpinSystem:
    return chains(3).draw(1, 3)[0]


def row_of(system: SpinSystem, grid: TimeGrid, densities) -> MethodRow:
    return MethodRow("method", "chain-3", grid, deviations(system, grid, densities), "density_exact")


def test_two_ways_to_the_same_hamiltonian(system: SpinSystem):
    mixed = SpinSystem([10.0, 20.0, -5.0], [[0, 7, 3], [7, 0, 0], [3, 0, 0]], isotopes=["1H", "1H", "13C"])
    for one in (system, mixed):
        assert np.abs(hamiltonian(one) - sparse_hamiltonian(one).toarray()).max() < 1e-11


def test_exact_conserves(system: SpinSystem):
    row = row_of(system, GRID, reference("exact").density_operators(system, GRID))  # type: ignore[attr-defined]
    assert max(row.worst(quantity) for quantity in QUANTITIES) < 1e-13


@pytest.mark.parametrize(
    ("quantity", "spoil", "size"),
    [
        ("trace", lambda rho: 1.01 * rho, 0.01),
        ("purity", lambda rho: 1.01 * rho, 0.0201),
        ("hermiticity", lambda rho: rho + 0.01j * np.linalg.norm(rho) * np.eye(8) / np.sqrt(8), 0.02),
    ],
)
def test_each_deviation_has_its_size(system: SpinSystem, quantity: str, spoil, size: float):
    row = row_of(system, TimeGrid(1, 1e-4), [spoil(initial_density(system))])
    assert row.worst(quantity) == pytest.approx(size, rel=1e-3)


def test_energy_is_counted_in_units_of_the_largest_that_an_operator_like_i1z_has(system: SpinSystem):
    h = hamiltonian(system)
    largest = h / np.linalg.norm(h) * np.sqrt(2.0) * 2 / 8  # as large as I_1z · 2/2^N, with all its weight along H
    start = initial_density(system)
    row = row_of(system, TimeGrid(1, 1e-4), [start + largest])
    assert row.worst("energy") == pytest.approx(1.0, rel=1e-9)


def test_what_is_not_finite_is_infinite(system: SpinSystem):
    row = row_of(system, TimeGrid(1, 1e-4), [np.full((8, 8), np.nan)])
    assert row.worst("trace") == float("inf")


def test_both_controls_drift_and_all_methods_conserve():
    rows, absent = conservation.density_rows(3, TimeGrid(200, 1e-4))
    assert not absent
    claims = method_claims(rows, absent)
    controls = [claim.measurement for claim, control in claims if control and claim.target]
    assert len(controls) == 6
    assert min(m.value or 0.0 for m in controls) > 1e-9
    others = [claim.measurement.value for claim, control in claims if not control]
    assert max(v or 0.0 for v in others) < 1e-8
