"""Density operators: what the conservation experiment relies on, and the drift that it must find."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import LONG_GRID, SpinSystem, TimeGrid, topology
from harness.tasks.spins.systems.hilbert import hamiltonian, z_diagonal

KEEPERS = ("exact", "dense", "krylov", "chebyshev")


def system(n: int = 4) -> SpinSystem:
    return topology("chain", n, np.random.default_rng([11, n]), offset_range_hz=250.0)


def drift(method: str, one: SpinSystem, grid: TimeGrid, **options) -> dict[str, float]:
    h = hamiltonian(one).toarray()
    i1z = z_diagonal(one, one.tagged_spin)
    scale = np.sqrt(np.sum(h * h) * np.sum(i1z * i1z))
    found = {"trace": 0.0, "energy": 0.0, "purity": 0.0, "hermiticity": 0.0}
    start = None
    for rho in reference(method, **options).density_operators(one, grid):
        values = np.trace(rho), np.sum(h * rho.T), np.sum(rho * rho.T)
        start = start or values
        found["trace"] = max(found["trace"], abs(values[0] - 1))
        found["energy"] = max(found["energy"], abs(values[1] - start[1]) / scale)
        found["purity"] = max(found["purity"], abs(values[2] - start[2]))
        found["hermiticity"] = max(found["hermiticity"], float(np.max(np.abs(rho - rho.conj().T))))
    return found


@pytest.mark.parametrize("method", KEEPERS)
@pytest.mark.parametrize("isotopes", [("1H",) * 4, ("1H", "13C", "1H", "13C")])
def test_good_methods_conserve_and_agree(method, isotopes) -> None:
    one = system().with_(isotopes=isotopes, tagged_spin=2)
    grid = TimeGrid(40, 1e-3)
    found = drift(method, one, grid)
    assert max(found.values()) < 1e-8
    truth = reference("exact").simulate(one, grid).i1z
    z = z_diagonal(one, 2)
    operators = list(reference(method).density_operators(one, grid))
    assert len(operators) == grid.points
    i1z = [np.real(np.sum(z * np.diag(rho))) * 2 for rho in operators]
    np.testing.assert_allclose(i1z, truth, atol=1e-8)


@pytest.mark.parametrize("method", KEEPERS[1:])
def test_every_element_agrees_with_exact(method) -> None:
    one, grid = system(), TimeGrid(6, 5e-3)
    for a, b in zip(
        reference(method).density_operators(one, grid),
        reference("exact").density_operators(one, grid),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, atol=1e-8)


def test_rk4_on_the_propagator_drifts_and_euler_runs_away() -> None:
    rk4 = drift("rk4", system(), LONG_GRID)
    assert 1e-9 < rk4["trace"] < 1e-2
    finer = drift("rk4", system(), LONG_GRID, substeps=2)
    # Fourth order on a norm: the amplification error of a step goes with h^6, so halving h gains 2^5 per unit of time.
    assert 20 < rk4["trace"] / finer["trace"] < 45
    euler = drift("rk4", system(), LONG_GRID, integrator="euler")
    assert euler["trace"] > 1


def test_rk4_converges_with_order_four() -> None:
    one, grid = system(3), TimeGrid(60, 1e-4)
    truth = reference("exact").simulate(one, grid).m
    errors = [np.max(np.abs(reference("rk4", substeps=s).simulate(one, grid).m - truth)) for s in (1, 2, 4)]
    for coarse, fine in pairwise(errors):
        assert 12 < coarse / fine < 20


@pytest.mark.parametrize("method", [*KEEPERS, "rk4"])
def test_density_operators_are_refused_beyond_eight_spins(method) -> None:
    with pytest.raises(InputError, match="at most 8 spins"):
        reference(method).density_operators(system(9), LONG_GRID)
