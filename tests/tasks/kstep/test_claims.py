"""Claims that do not hold: every experiment has its target, and its parts are right on their own."""

from dataclasses import replace

import numpy as np
import pytest

from harness.suites.targets import load_targets
from harness.task import task_of
from harness.tasks.kstep.forces import Mmff
from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.integrators.langevin import Langevin
from harness.tasks.kstep.library import load
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.references import resolve
from harness.tasks.kstep.state import State
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.suites.claims import CLAIMS, energy, jumps
from harness.tasks.kstep.window import MacroGrid, Window
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit", "gfnff")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))


def window() -> Window:
    state = start(methanol(), temperature_k=600.0)
    return Window("methanol", methanol(), state.positions_nm, state.velocities_nm_ps)


def windows_of(claim) -> list[Window]:
    """Two starts of the molecule of a claim."""
    molecule = load(claim.molecule)
    states = [start(molecule, seed, 600.0) for seed in (1, 2)]
    return [Window(molecule.name, molecule, one.positions_nm, one.velocities_nm_ps) for one in states]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.target)
def test_the_experiment_refutes_the_claim_and_its_control_does_not(claim, monkeypatch):
    monkeypatch.setattr(energy, "SINGLE_RUN_PS", 0.2)
    monkeypatch.setattr(energy, "DRIFT_PS", 1.0)
    monkeypatch.setattr(energy, "THERMOSTAT_PS", 20.0)
    target = load_targets(task_of("xtb").targets)["claims"].target(claim.target)
    found, starts = resolve(), windows_of(claim)
    assert target.met_by(claim.measure(found, starts))
    assert claim.control is None or not target.met_by(claim.control(found, starts))


def test_the_kinetic_energy_along_a_bond_is_that_of_its_atoms_moving_apart():
    """O and H of methanol, with opposite momenta along the bond; a velocity across it adds nothing."""
    molecule = methanol()
    pair = next((i, j) for i, j, _ in molecule.bonds if {molecule.numbers[i], molecule.numbers[j]} == {1, 8})
    bond = molecule.positions_nm[pair[1]] - molecule.positions_nm[pair[0]]
    along, across = bond / np.linalg.norm(bond), np.cross(bond, [0.0, 0.3, 0.4])
    velocities = np.zeros((6, 3))
    for sign, atom in zip((-1, 1), pair, strict=True):
        velocities[atom] = sign * along / molecule.masses_da[atom] + sign * across
    path = run(Langevin(Counted(Mmff(molecule)), molecule.masses_da, 5e-4, 300.0, np.random.default_rng(0)),
               State(molecule.positions_nm, velocities), 1)  # fmt: skip
    due = 0.5 / molecule.masses_da[pair[0]] + 0.5 / molecule.masses_da[pair[1]]
    assert energy.stretch_kinetic_kj_mol(path, molecule)[0] == pytest.approx(due)


def test_an_exact_jump_exceeds_no_bound_that_is_large_enough():
    share = jumps.share_beyond(resolve(), [window()], lambda one: np.full(len(one.molecule), 50.0))
    assert share == 0


def test_superposition_removes_motion_and_no_mirror_image():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((6, 3))
    matrix = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    matrix[:, 0] *= np.sign(np.linalg.det(matrix))
    assert jumps.superposed_distance_nm(x, x @ matrix.T + 1.0) == pytest.approx(0, abs=1e-7)
    assert jumps.superposed_distance_nm(x, x * [1, 1, -1]) > 0.1


def test_the_corrected_jump_runs_on_a_grid_of_its_own_step():
    """Four base steps of the network and one of velocity Verlet: five base steps, two quantum calls."""
    grid, found = MacroGrid(6, 5), resolve()
    answer = Method("jump-corrected", found).predict([window()], grid)[0]
    truth = Truth(found).predict([window()], grid)[0]
    assert (answer.fault, answer.qm_calls) == ("", 10)
    assert truth.arrays["positions"].shape == (6, 3, 6)
    fine = Truth(found).predict([window()], replace(grid, points=26, k=1))[0]
    assert np.allclose(fine.arrays["positions"][..., ::5], truth.arrays["positions"], atol=1e-12)
    assert 0 < METRICS["position_end"].of(answer, truth, window()) < 0.02
