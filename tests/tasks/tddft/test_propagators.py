"""Orders, conserved quantities, symmetries; and faults that these must show, or cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.propagators import Counted, evolve
from harness.tasks.tddft.propagators.base import unitary
from harness.tasks.tddft.propagators.magnus4 import CORRECT, GAUSS, lagrange
from harness.tasks.tddft.structure import Structure

PULSE = Pulse(0.02, 0.4336)


def _samples(structure: Structure, step: float, method: str) -> np.ndarray:
    return evolve(structure, PULSE, AtomicTimeGrid.until(24, step), method).induced[:: round(0.2 / step)]


@pytest.mark.parametrize(("method", "ratio", "margin"), [("em", 4.0, 0.1), ("cfm4", 16.0, 3.0)])
def test_order_of_the_methods(structure: Callable[..., Structure], method: str, ratio: float, margin: float) -> None:
    water = structure("h2o")
    truth = _samples(water, 0.0125, "cfm4")
    errors = [np.linalg.norm(_samples(water, step, method) - truth) for step in (0.1, 0.05)]
    assert errors[0] / errors[1] == pytest.approx(ratio, abs=margin)


@pytest.mark.parametrize("name", ["h2_plus", "lih", "h2o"])
@pytest.mark.parametrize("method", ["em", "cfm4"])
def test_unitary_motion(structure: Callable[..., Structure], name: str, method: str) -> None:
    made = structure(name)
    densities = evolve(made, Kick(0.05), AtomicTimeGrid.until(20, 0.1), method, densities=True).densities
    assert densities is not None
    assert np.abs(densities @ densities - densities).max() < 1e-12
    assert np.abs(densities - densities.conj().swapaxes(-1, -2)).max() < 1e-13
    traces = np.trace(densities, axis1=-2, axis2=-1)
    np.testing.assert_allclose(traces, np.broadcast_to(made.system.occupied, traces.shape), atol=1e-11)


def test_energy_is_conserved_by_em(structure: Callable[..., Structure]) -> None:
    energies = evolve(structure("h2o"), Kick(0.01), AtomicTimeGrid.until(40, 0.1), "em", energies=True).energies
    assert energies is not None
    assert np.ptp(energies) < 6e-12


@pytest.mark.parametrize(("step", "drift"), [(0.1, 3e-7), (0.2, 1e-5)])
def test_energy_after_a_pulse(structure: Callable[..., Structure], step: float, drift: float) -> None:
    found = evolve(structure("h2o"), PULSE, AtomicTimeGrid.until(60, step), energies=True)
    assert found.energies is not None
    assert np.ptp(found.energies[found.grid.times_au > 35]) < drift


def test_em_runs_backwards(structure: Callable[..., Structure]) -> None:
    """The conjugate of D runs back in time."""
    water = structure("h2o")
    grid = AtomicTimeGrid.until(20, 0.1)
    forth = evolve(water, Kick(0.01), grid, "em", densities=True).densities
    assert forth is not None
    back = evolve(water, Kick(0.0), grid, "em", start=forth[-1].conj(), densities=True).densities
    assert back is not None
    assert np.abs(back[-1].conj() - forth[0]).max() < 5e-12


@pytest.mark.parametrize(("functional", "tolerance"), [("hf", 2e-11), ("lda", 2e-6)])
def test_rotation_of_molecule_and_field(structure: Callable[..., Structure], functional: str, tolerance: float) -> None:
    """Quadrature grids have axes of their own, hence the tolerance of LDA."""
    upright = structure("lih", functional=functional)
    angle = 0.7
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    places = tuple(map(tuple, np.array(upright.system.positions_bohr) @ turn.T))
    tilted = structure("lih", functional=functional, positions_bohr=places)
    grid, direction = AtomicTimeGrid.until(10, 0.1), np.array([0.2, 0.5, 1.0])
    plain = evolve(upright, Kick(0.01, tuple(direction)), grid).induced
    turned = evolve(tilted, Kick(0.01, tuple(turn @ direction)), grid).induced
    assert np.abs(plain @ turn.T - turned).max() < tolerance


def test_two_distant_atoms_are_twice_one(structure: Callable[..., Structure]) -> None:
    """Two H atoms with parallel spins, 80 bohr apart: unrestricted Hartree-Fock is additive there."""
    pair = structure("h2", positions_bohr=((0.0, 0.0, -40.0), (0.0, 0.0, 40.0)), multiplicity=3)
    atom = structure("h2", elements=("H",), positions_bohr=((0.0, 0.0, 0.0),), multiplicity=2)
    assert pair.energy(pair.ground) == pytest.approx(2 * atom.energy(atom.ground), abs=1e-9)
    grid = AtomicTimeGrid.until(10, 0.1)
    together, alone = (evolve(one, Kick(0.01), grid).induced for one in (pair, atom))
    np.testing.assert_allclose(together, 2 * alone, atol=1e-8)


def test_cfm4_costs_one_build_a_step(structure: Callable[..., Structure]) -> None:
    h2 = structure("h2")
    short, long = (evolve(h2, PULSE, AtomicTimeGrid.until(horizon, 0.2)).builds for horizon in (10, 20))
    assert long - short == 50


def test_a_matrix_that_is_not_hermitian_is_refused(structure: Callable[..., Structure]) -> None:
    """eigh reads one triangle: without the check a wrong upper triangle would go unseen."""

    class Upper(Counted):
        def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
            fock = self.model.fock(density, time_au)
            fock[..., 0, 1] *= 1.01
            return fock

    with pytest.raises(InputError, match="not Hermitian"):
        evolve(structure("h2"), Kick(0.01), AtomicTimeGrid.until(1, 0.1), model=Upper(structure("h2")))
    with pytest.raises(InputError, match="not Hermitian"):
        unitary(np.full((1, 2, 2), np.nan, complex), 0.1)


@pytest.mark.parametrize("change", ["conjugate", "doubled", "triangle"])
def test_densities_that_are_none_are_refused(structure: Callable[..., Structure], change: str) -> None:
    h2 = structure("h2")
    start = h2.ground.astype(complex)
    if change == "conjugate":
        start[0, 0, 1] += 0.1j
    elif change == "doubled":
        start *= 2
    else:
        start = np.triu(start)
    with pytest.raises(InputError, match="density: "):
        evolve(h2, Kick(0.0), AtomicTimeGrid.until(1, 0.1), start=start)


def test_interpolation_is_exact_for_cubics() -> None:
    nodes = np.array([-2.0, -1.0, 0.0, 1.0])
    np.testing.assert_allclose(CORRECT @ nodes**3, GAUSS**3, atol=1e-14)
    np.testing.assert_allclose(lagrange(nodes, nodes), np.eye(4), atol=1e-14)


def test_an_unknown_method_names_the_known_ones(structure: Callable[..., Structure]) -> None:
    with pytest.raises(InputError, match="did you mean 'cfm4'"):
        evolve(structure("h2"), Kick(0.01), AtomicTimeGrid.until(1, 0.1), "cfm")


def test_kappa_scales_the_dipole(structure: Callable[..., Structure]) -> None:
    h2 = structure("h2")
    grid = AtomicTimeGrid.until(5, 0.1)
    weak, strong = (evolve(h2, Kick(strength), grid).induced for strength in (1e-4, 2e-4))
    np.testing.assert_allclose(strong, 2 * weak, atol=2e-9)
    assert replace(h2.system, field=Kick(2e-4)).fingerprint != replace(h2.system, field=Kick(1e-4)).fingerprint
