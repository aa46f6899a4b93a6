"""Integrators on forces whose exact answer is known, and on GFN2-xTB where its structure must show."""

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.forces import Counted, ForceFault, Gfn2, GfnFF, Mmff
from harness.tasks.kstep.integrators import (
    Langevin,
    Rattle,
    Respa,
    VelocityVerlet,
    heavier_hydrogens,
    run,
)  # fmt: skip
from harness.tasks.kstep.integrators.rattle import hydrogen_bonds
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.rigid import degrees_of_freedom, per_element
from harness.tasks.kstep.state import State, angular_momentum, momentum
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K
from tests.tasks.kstep.examples import ethanol, methanol, needs, start

needs("tblite", "rdkit", "gfnff")


class Springs:
    """Every atom on a spring of ``stiffness`` kJ/mol/nm² to its own place: a force with a known answer."""

    name = "springs"

    def __init__(self, centre_nm: np.ndarray, stiffness: float) -> None:
        self.centre, self.stiffness = centre_nm, stiffness

    def __call__(self, positions_nm):
        apart = positions_nm - self.centre
        return 0.5 * self.stiffness * float((apart**2).sum()), -self.stiffness * apart


def test_velocity_verlet_on_a_spring_runs_at_its_known_frequency():
    """(2/dt) asin(ω dt/2), exactly."""
    mass, stiffness, dt = np.array([2.0]), 5000.0, 5e-3
    integrator = VelocityVerlet(Counted(Springs(np.zeros((1, 3)), stiffness)), mass, dt)
    begin = State(np.array([[0.01, 0, 0]]), np.zeros((1, 3)))
    path = run(integrator, begin, 500)
    omega = 2 / dt * np.arcsin(np.sqrt(stiffness / mass[0]) * dt / 2)
    assert np.allclose(path.positions_nm[:, 0, 0], 0.01 * np.cos(omega * path.times_ps), atol=1e-12)
    assert path.qm_calls == 501


def test_respa_with_no_inner_force_is_velocity_verlet_of_the_macro_step():
    molecule = methanol()
    nothing = Springs(molecule.positions_nm, 0.0)
    respa = Respa(Counted(Mmff(molecule)), nothing, molecule.masses_da, 0.25e-3, 4)
    verlet = VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 1e-3)
    one, other = run(respa, start(molecule), 20), run(verlet, start(molecule), 20)
    assert np.allclose(one.positions_nm, other.positions_nm, atol=1e-14)


def test_respa_whose_inner_force_is_the_outer_one_is_velocity_verlet_of_the_base_step():
    molecule = methanol()
    respa = Respa(Counted(Mmff(molecule)), Mmff(molecule), molecule.masses_da, 0.25e-3, 8)
    verlet = VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 0.25e-3)
    one, other = run(respa, start(molecule), 10), run(verlet, start(molecule), 80)
    assert np.allclose(one.positions_nm, other.positions_nm[::8], atol=1e-13)
    assert (one.qm_calls, respa.residual_kj_mol_nm) == (11, 0.0)


def integrators(molecule: Molecule, force):
    """Every deterministic integrator, at its largest usual step."""
    masses = molecule.masses_da
    bonds = hydrogen_bonds(molecule)
    lengths = np.linalg.norm(molecule.positions_nm[bonds[:, 0]] - molecule.positions_nm[bonds[:, 1]], axis=1)
    return {
        "verlet": VelocityVerlet(Counted(force), masses, 1e-3),
        "respa-mmff": Respa(Counted(force), Mmff(molecule), masses, 0.25e-3, 8),
        "respa-gfn-ff": Respa(Counted(force), GfnFF(molecule), masses, 0.25e-3, 8),
        "rattle": Rattle(Counted(force), masses, 2e-3, bonds, lengths),
        "heavy": VelocityVerlet(Counted(force), heavier_hydrogens(molecule), 2e-3),
    }


@pytest.mark.parametrize("name", ["verlet", "respa-mmff", "respa-gfn-ff", "rattle", "heavy"])
def test_every_integrator_reverses_and_conserves_momentum_and_angular_momentum(name):
    molecule = methanol()
    # The torque that an unconverged SCF leaves is 1e-5 kJ/mol at accuracy 0.01, and below 1e-9 at 1e-6.
    integrator = integrators(molecule, Gfn2(molecule, accuracy=1e-6))[name]
    begin = start(molecule)
    begin = integrator.prepared(begin) if isinstance(integrator, Rattle) else begin
    path = run(integrator, begin, 25)
    end = State(path.positions_nm[-1], path.velocities_nm_ps[-1])
    back = run(integrator, end.reversed(), 25)
    # RATTLE solves its constraints to 1e-12 nm each step, which dynamics magnifies.
    assert np.abs(back.positions_nm[-1] - begin.positions_nm).max() < (1e-8 if name == "rattle" else 1e-11)
    masses = integrator.masses_da
    assert np.abs(momentum(end, masses) - momentum(begin, masses)).max() < 1e-9
    assert np.abs(angular_momentum(end, masses) - angular_momentum(begin, masses)).max() < 1e-9


@pytest.mark.parametrize(("k", "ratio"), [(4, 4.0), (8, 4.0)])
def test_the_error_of_respa_is_of_order_two_in_the_macro_step(k, ratio):
    """Half of the macro step, at the same inner step, is a quarter of the error beyond that of the inner step."""
    molecule = methanol()

    def end(k: int, dt: float) -> np.ndarray:
        integrator = Respa(Counted(GfnFF(molecule)), Mmff(molecule), molecule.masses_da, dt, k)
        return run(integrator, start(molecule), round(0.032 / (k * dt))).positions_nm[-1]

    exact = end(1, 0.125e-3)
    coarse, fine = (np.abs(end(n, 0.125e-3) - exact).max() for n in (k, k // 2))
    assert coarse / fine == pytest.approx(ratio, rel=0.35)


def test_rattle_keeps_lengths_and_their_rates():
    molecule = ethanol()
    rattle = integrators(molecule, Mmff(molecule))["rattle"]
    path = run(rattle, rattle.prepared(start(molecule)), 50)
    i, j = rattle.pairs.T
    bonds = path.positions_nm[:, i] - path.positions_nm[:, j]
    rates = np.einsum("tba,tba->tb", bonds, path.velocities_nm_ps[:, i] - path.velocities_nm_ps[:, j])
    assert np.abs(np.linalg.norm(bonds, axis=2) - rattle.lengths_nm).max() < 1e-11
    assert np.abs(rates).max() < 1e-12


def test_heavier_hydrogens_keep_the_total_mass_and_refuse_too_much():
    molecule = ethanol()
    masses = heavier_hydrogens(molecule)
    assert masses.sum() == pytest.approx(molecule.masses_da.sum(), rel=1e-14)
    assert {round(float(m), 3) for m, z in zip(masses, molecule.numbers, strict=True) if z == 1} == {3.024}
    with pytest.raises(InputError, match="without mass"):
        heavier_hydrogens(molecule, 6.0)


def test_langevin_samples_the_temperature_and_leaves_the_molecule_at_rest():
    molecule = methanol()
    langevin = Langevin(
        Counted(Mmff(molecule)), molecule.masses_da, 0.5e-3, 300.0, np.random.default_rng(8), friction_ps=100.0
    )
    path = run(langevin, start(molecule), 8000)
    kinetic = path.kinetic_kj_mol[800:].mean()
    # Friction 100/ps over 3.6 ps: some 360 independent samples of 12 degrees of freedom, a standard error of 2 %.
    assert 2 * kinetic / (12 * BOLTZMANN_KJ_MOL_K) == pytest.approx(300.0, rel=0.07)
    end = State(path.positions_nm[-1], path.velocities_nm_ps[-1])
    assert np.abs(momentum(end, molecule.masses_da)).max() < 1e-10
    assert np.abs(angular_momentum(end, molecule.masses_da)).max() < 1e-10


def test_degrees_of_freedom_of_ethanol():
    """16.5, 3.38 and 1.12, not 18, 6 and 3: with 3N a correct run reads oxygen at less than half of its temperature."""
    molecule = ethanol()
    found = per_element(degrees_of_freedom(molecule.positions_nm, molecule.masses_da), molecule.elements)
    assert found == pytest.approx({"C": 3.375, "O": 1.120, "H": 16.505}, abs=1e-3)
    assert sum(found.values()) == pytest.approx(21, abs=1e-12)


def test_a_linear_molecule_has_one_degree_of_freedom_more():
    carbon_dioxide = Molecule(
        "CO2", (8, 6, 8), np.array([[-0.116, 0, 0], [0, 0, 0], [0.116, 0, 0]]), ((0, 1, 2), (1, 2, 2))
    )
    freedoms = degrees_of_freedom(carbon_dioxide.positions_nm, carbon_dioxide.masses_da)
    assert freedoms.sum() == pytest.approx(4, abs=1e-12)


def test_a_run_ends_at_the_first_step_that_fails_and_says_why():
    molecule = methanol()
    bonds = np.array([(i, j) for i, j, _ in molecule.bonds])
    lengths = np.linalg.norm(molecule.positions_nm[bonds[:, 0]] - molecule.positions_nm[bonds[:, 1]], axis=1)
    hot = State(molecule.positions_nm, 60 * start(molecule).velocities_nm_ps)
    path = run(VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 1e-3), hot, 50, (bonds, lengths))
    assert "failed: the bond of atoms" in path.fault
    assert len(path.positions_nm) < 50

    def broken(positions_nm):
        raise ForceFault("no answer")

    broken.name = "broken"
    path = run(VelocityVerlet(Counted(broken), molecule.masses_da, 1e-3), start(molecule), 5)
    assert path.fault == "step 1 of 5 failed: no answer"
