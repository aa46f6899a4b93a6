"""Exact, and the methods that must agree with it, against a plain matrix exponential on Kronecker products."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.hilbert import hamiltonian

GRID = TimeGrid(7, 3.1e-3)
ALL = ("m", "i1z", "spin_signals", "spin_polarisations")
# Matrices of size 2^5 and phases up to 2π·500·0.02 = 60: rounding of expm is a few hundred units of 1e-16.
ROUNDING = 2e-12


def coupled(n: int, edges: dict[tuple[int, int], float]) -> np.ndarray:
    matrix = np.zeros((n, n))
    for (i, j), value in edges.items():
        matrix[i, j] = matrix[j, i] = value
    return matrix


SYSTEMS = {
    "one spin": SpinSystem([37.0], [[0.0]]),
    "AB pair": SpinSystem([10.0, -12.0], coupled(2, {(0, 1): 7.2})),
    "no couplings": SpinSystem([10.0, -12.0, 250.0], np.zeros((3, 3)), tagged_spin=2),
    "triangle": SpinSystem([100.0, 90.0, -70.0], coupled(3, {(0, 1): 12.0, (1, 2): -5.0, (0, 2): 3.0}), tagged_spin=1),
    "two parts and a lone spin": SpinSystem(
        [120.0, 100.0, -30.0, -41.0, 5.0], coupled(5, {(0, 3): 15.0, (1, 2): 9.0}), tagged_spin=3
    ),
    "carbon and protons": SpinSystem(
        [60.0, 45.0, -100.0, 80.0],
        coupled(4, {(0, 1): 8.0, (0, 2): 140.0, (1, 2): 5.0, (2, 3): 35.0, (1, 3): -3.0}),
        isotopes=["1H", "1H", "13C", "13C"],
        tagged_spin=2,
    ),
    "three isotopes, carbon observed": SpinSystem(
        [60.0, 45.0, -100.0, 80.0, 20.0],
        coupled(5, {(0, 1): 8.0, (1, 2): 140.0, (2, 3): 35.0, (3, 4): -11.0}),
        isotopes=["1H", "1H", "13C", "13C", "15N"],
        observed="13C",
        tagged_spin=3,
    ),
    "observed spins apart from the tagged one": SpinSystem(
        [60.0, 45.0, -100.0, 80.0],
        coupled(4, {(0, 1): 8.0, (2, 3): 35.0}),
        isotopes=["1H", "1H", "13C", "13C"],
        tagged_spin=3,
    ),
}


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize(
    ("method", "tolerance"),
    [
        ("exact", ROUNDING),
        ("dense", ROUNDING),
        ("krylov", 1e-8),
        ("chebyshev", 1e-8),
    ],
)
def test_agrees_with_kronecker_products(method, tolerance, name, by_kron) -> None:
    system = SYSTEMS[name]
    expected = by_kron(system, GRID.times_s)
    found = reference(method).simulate(system, GRID, ALL)
    for key in ALL:
        value = found.m if key == "m" else getattr(found, key)
        np.testing.assert_allclose(value, expected[key], atol=tolerance, rtol=0, err_msg=key)


SUBSETS = [names for k in (1, 2, 3) for names in combinations(ALL, k)]


@pytest.mark.parametrize("names", SUBSETS, ids="+".join)
@pytest.mark.parametrize("name", ["triangle", "carbon and protons", "observed spins apart from the tagged one"])
def test_what_else_is_requested_changes_nothing(name, names, by_kron) -> None:
    system = SYSTEMS[name]
    expected = by_kron(system, GRID.times_s)
    found = reference("exact").simulate(system, GRID, names)
    given = {"m": None if found.mx is None else found.m} | {key: getattr(found, key) for key in ALL if key != "m"}
    assert {key for key, value in given.items() if value is not None} == set(names)
    for key in names:
        np.testing.assert_allclose(given[key], expected[key], atol=ROUNDING, rtol=0, err_msg=key)


@pytest.mark.parametrize("name", SYSTEMS)
def test_cluster_of_everything_is_exact(name, by_kron) -> None:
    system = SYSTEMS[name]
    expected = by_kron(system, GRID.times_s)
    found = reference("cluster", size=len(system)).simulate(system, GRID, ("m", "i1z", "spin_signals"))
    np.testing.assert_allclose(found.m, expected["m"], atol=ROUNDING, rtol=0)
    np.testing.assert_allclose(found.i1z, expected["i1z"], atol=ROUNDING, rtol=0)
    np.testing.assert_allclose(found.spin_signals, expected["spin_signals"], atol=ROUNDING, rtol=0)


@pytest.mark.parametrize("name", SYSTEMS)
def test_hamiltonian_of_the_whole_space(name, kron_h) -> None:
    system = SYSTEMS[name]
    np.testing.assert_allclose(hamiltonian(system).toarray(), kron_h(system), atol=1e-10, rtol=0)
