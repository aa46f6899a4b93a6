"""The jump network: symmetry, bounds, training that resumes, weights that fit or say why not, and the corrector."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from harness.errors import InputError
from harness.tasks.kstep.data import Job, cut, generate, read_trajectory
from harness.tasks.kstep.forces import Counted, Mmff
from harness.tasks.kstep.integrators import VelocityVerlet, run
from harness.tasks.kstep.jump.integrator import Corrected, Jump
from harness.tasks.kstep.jump.network import JumpNetwork, Settings, bounded, graph_distances
from harness.tasks.kstep.jump.scales import scales_and_bounds
from harness.tasks.kstep.jump.training import Recipe, train
from harness.tasks.kstep.jump.weights import PRETRAINED, load, save
from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.state import State, angular_momentum, momentum
from tests.tasks.kstep.examples import ethanol, methanol, needs, start

needs("rdkit", "gfnff")

SMALL = Settings(width=16, rounds=2, radial=8, heads=2)
RECIPE = Recipe(steps=12, batch=4, checkpoint_every=4, settings=SMALL)


@pytest.fixture(scope="module")
def jumps(tmp_path_factory):
    """Training and validation jumps of methanol on MMFF94, k = 4."""
    folder = tmp_path_factory.mktemp("set")
    path = generate(Job(("methanol",), trajectories=1, steps=200, force="mmff"), folder)[0]
    trajectory = read_trajectory(path)
    return [cut(trajectory, 4)], [cut(trajectory, 4, "validation")]


def network(seed=1, scale=0.05) -> JumpNetwork:
    torch.manual_seed(seed)
    made = JumpNetwork(SMALL).double()
    made.scales.fill_(scale)
    return made.eval()


def inputs(molecule):
    state = start(molecule)
    x, v = (torch.tensor(array)[None] for array in (state.positions_nm, state.velocities_nm_ps))
    return torch.tensor(molecule.numbers), graph_distances(len(molecule), molecule.bonds), x, v


def test_outputs_turn_with_the_molecule_and_atoms_can_be_renamed():
    numbers, graph, x, v = inputs(ethanol())
    net = network()
    matrix = torch.linalg.qr(torch.tensor(np.random.default_rng(1).standard_normal((3, 3))))[0]
    found = net(numbers, graph, x, v, 1e-3)
    for one, turned in zip(found, net(numbers, graph, x @ matrix.T + 0.7, v @ matrix.T, 1e-3), strict=True):
        assert torch.allclose(one @ matrix.T, turned, atol=1e-12)
        assert one.abs().max() > 1e-4
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    renamed = net(numbers[order], graph[order][:, order], x[:, order], v[:, order], 1e-3)
    assert torch.allclose(found[0][:, order], renamed[0], atol=1e-12)


def test_forces_are_the_gradient_of_an_energy():
    """Their curl vanishes: the matrix of derivatives is symmetric."""
    numbers, graph, x, _ = inputs(methanol())
    net = network()
    matrix = torch.autograd.functional.jacobian(
        lambda flat: net.train().forces(numbers, graph, flat.reshape(1, -1, 3)).reshape(-1), x.reshape(-1)
    )
    assert torch.allclose(matrix, matrix.T, atol=1e-8 * float(matrix.abs().max()))


def test_norms_never_exceed_their_bounds():
    vectors = torch.tensor([[3.0, 4.0, 0.0], [0.003, 0.004, 0.0]])
    found = bounded(vectors, torch.tensor([[1.0], [1.0]])).norm(dim=-1)
    assert found[0] < 1
    assert found[1] == pytest.approx(0.005, rel=1e-4)
    assert torch.equal(bounded(vectors, torch.tensor([[float("inf")]] * 2)), vectors)


def test_jumps_of_positions_and_of_velocities_are_both_bounded():
    """Outputs a million times as large as those of the data still have norms below the bound of each element."""
    numbers, graph, x, v = inputs(ethanol())
    net = network(scale=1e6)
    assert all((one.norm(dim=-1) > 1e3).any() for one in net(numbers, graph, x, v, 1e-3))
    for number, pair in ((1, (0.01, 3.0)), (6, (0.002, 0.5)), (8, (0.003, 0.7))):
        net.bounds[number] = torch.tensor(pair)
    for quantity, found in enumerate(net(numbers, graph, x, v, 1e-3)):
        norms, bounds = found.norm(dim=-1)[0], net.bounds[numbers, quantity]
        assert (norms <= (1 + 1e-12) * bounds).all()
        assert (norms > 0.9 * bounds).any()


def test_bounds_are_six_times_the_norms_at_600_k_and_let_all_frames_pass(jumps):
    """A fixed bound of 2 nm/ps is no help: norms grow with k and differ between elements."""
    scales, bounds = scales_and_bounds(jumps[0], 300.0)
    assert bounds[1, 1] == pytest.approx(6 * np.sqrt(2) * scales[1, 1])
    norms = np.linalg.norm(jumps[0][0].velocity_changes_nm_ps, axis=2)
    assert (norms < bounds[list(methanol().numbers), 1]).all()
    assert scales[1, 1] > scales[6, 1]


def test_graph_distances_of_ethanol():
    graph = graph_distances(9, ethanol().bonds)
    hydroxyl = next(i + j - 2 for i, j, _ in ethanol().bonds if 2 in (i, j) and ethanol().numbers[i + j - 2] == 1)
    assert graph[0, 2] == 2
    assert graph[0, hydroxyl] == 3


def test_training_learns(jumps, tmp_path):
    recipe = Recipe(steps=60, batch=8, checkpoint_every=20, learning_rate=5e-3, settings=SMALL)
    curve = train(*jumps, recipe, tmp_path, 300.0).curve
    assert curve[-1]["loss"] < 0.8 * curve[0]["loss"]


def test_training_with_the_forces_makes_the_force_head_better_than_training_without(jumps, tmp_path):
    """The head is minus the gradient of an energy; without its term in the loss it stays as it was made."""
    errors = {}
    for weight in (0.0, 20.0):
        recipe = Recipe(steps=60, batch=8, checkpoint_every=60, learning_rate=5e-3, force_weight=weight, settings=SMALL)
        errors[weight] = train(*jumps, recipe, tmp_path / f"{weight:g}", 300.0).curve[-1]["forces"]
    assert errors[20.0] < 0.99 < 0.999 < errors[0.0]


def test_a_killed_training_goes_on_to_the_same_weights(jumps, tmp_path):
    whole = train(*jumps, RECIPE, tmp_path / "whole", 300.0)
    script = tmp_path / "training.py"
    script.write_text(
        "import sys; from pathlib import Path\n"
        "from harness.tasks.kstep.data import Job, cut, generate, read_trajectory\n"
        "from harness.tasks.kstep.jump.network import Settings\n"
        "from harness.tasks.kstep.jump.training import Recipe, train\n"
        "job = Job(('methanol',), trajectories=1, steps=200, force='mmff')\n"
        "one = read_trajectory(generate(job, Path(sys.argv[1]))[0])\n"
        f"recipe = Recipe(steps=12, batch=4, checkpoint_every=4, settings={SMALL!r})\n"
        "train([cut(one, 4)], [cut(one, 4, 'validation')], recipe, Path(sys.argv[2]), 300.0)\n"
    )
    folder = tmp_path / "killed"
    child = subprocess.Popen(
        [sys.executable, script, tmp_path / "set", folder], env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    while child.poll() is None and not list(folder.glob("epoch-*.safetensors")):
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    again = train(*jumps, RECIPE, folder, 300.0)
    for trained, name in ((whole, "one"), (again, "other")):
        save(tmp_path / f"{name}.safetensors", trained)
    assert (tmp_path / "one.safetensors").read_bytes() == (tmp_path / "other.safetensors").read_bytes()


def test_pretrained_weights_are_used_where_they_fit_and_else_training_starts_from_scratch(jumps, tmp_path):
    first = train(*jumps, RECIPE, tmp_path / "first", 300.0)
    save(tmp_path / "first.safetensors", first)
    later = train(
        *jumps, Recipe(steps=1, settings=SMALL, freeze=2), tmp_path / "later", 300.0, tmp_path / "first.safetensors"
    )
    assert later.record["started_from"] != "scratch"
    retained, other = dict(first.network.state_dict()), dict(later.network.state_dict())
    assert all(torch.equal(retained[name], other[name]) for name in retained if name.startswith(("rounds", "elements")))
    assert not all(torch.equal(retained[name], other[name]) for name in retained)
    wide = Recipe(steps=1, settings=Settings(width=8, rounds=1, radial=4, heads=2))
    with pytest.warns(UserWarning, match="another size; training starts from scratch, and no round is frozen"):
        scratch = train(*jumps, wide, tmp_path / "wide", 300.0, tmp_path / "first.safetensors")
    assert scratch.record["started_from"] == "scratch"
    other_units = first.record | {"units": "angstrom, fs"}
    save(tmp_path / "other.safetensors", replace(first, record=other_units))
    frozen = replace(RECIPE, steps=1, freeze=2)
    with pytest.warns(UserWarning, match="in units 'angstrom, fs', not 'nm, ps, Da, kJ/mol'; training starts from"):
        anew = train(*jumps, frozen, tmp_path / "units", 300.0, tmp_path / "other.safetensors")
    assert all(parameter.requires_grad for parameter in anew.network.parameters())


def test_rounds_are_not_frozen_at_random_weights(jumps, tmp_path):
    with pytest.raises(InputError, match="freeze = 1 without pretrained weights"):
        train(*jumps, replace(RECIPE, freeze=1), tmp_path, 300.0)


@pytest.mark.parametrize("values", [{"learning_rate": 0.0}, {"learning_rate": float("nan")}, {"batch": 0}])
def test_recipes_that_cannot_be_are_refused(values):
    with pytest.raises(InputError, match=next(iter(values))):
        replace(RECIPE, **values)


def test_the_record_counts_the_jumps_of_all_trajectories(jumps, tmp_path):
    training, validation = jumps
    record = train([*training, *training], validation, replace(RECIPE, steps=1), tmp_path, 300.0).record
    assert record["molecules"] == {"methanol": 314}


@pytest.mark.parametrize(
    ("name", "planned", "due"),
    [("jump", 8, 8), ("jump", 12, 8), ("jump", 5, 4), ("jump", 2, 4), ("jump-corrected", 8, 9)],
)
def test_a_run_has_the_packaged_network_of_its_number_of_base_steps(name, planned, due):
    assert base_steps(name, planned) == due
    assert base_steps("kernel", planned) == planned


@pytest.mark.parametrize("k", [4, 8])
def test_packaged_networks_are_pretrained_fine_tuned_and_better_than_no_prediction(k):
    """Made by the commands of docs/kstep.md; an error of 1 is that of no prediction."""
    made, record = load(PRETRAINED / f"kstep-jump-{k}.safetensors", (1, 6, 8), k * 0.25e-3)
    assert len(record["started_from"]) == 64
    assert record["curve"][-1]["validation"] < 0.6
    assert base_steps("jump", 20, PRETRAINED / f"kstep-jump-{k}.safetensors") == k
    end = Jump(made, methanol(), k * 0.25e-3).step(start(methanol()))
    assert np.isfinite(end.positions_nm).all()


def test_weights_of_another_k_or_without_an_element_are_refused(jumps, tmp_path):
    save(tmp_path / "jump.safetensors", train(*jumps, RECIPE, tmp_path / "run", 300.0))
    assert load(tmp_path / "jump.safetensors", (6, 8, 1), 1e-3)[1]["molecules"] == {"methanol": 157}
    with pytest.raises(InputError, match=r"of jumps of 0\.001 ps, not 0\.002 ps"):
        load(tmp_path / "jump.safetensors", (1,), 2e-3)
    with pytest.raises(InputError, match=r"without the atomic numbers \[7\]"):
        load(tmp_path / "jump.safetensors", (1, 7), 1e-3)


def test_a_jump_keeps_momentum_and_angular_momentum_and_needs_no_quantum_call():
    molecule = methanol()
    jump = Jump(network(), molecule, 1e-3)
    begin = State(molecule.positions_nm, start(molecule).velocities_nm_ps + np.array([0.3, 0.0, -0.2]))
    end = run(jump, begin, 5)
    last = State(end.positions_nm[-1], end.velocities_nm_ps[-1])
    assert np.allclose(momentum(last, molecule.masses_da), momentum(begin, molecule.masses_da), atol=1e-10)
    assert np.allclose(
        angular_momentum(last, molecule.masses_da), angular_momentum(begin, molecule.masses_da), atol=1e-10
    )
    assert np.isnan(end.total_kj_mol).all()
    assert jump.qm_calls == 0


def test_the_corrector_takes_two_calls_and_replaces_jumps_that_fail():
    molecule = methanol()
    gentle = Corrected.of(Jump(network(scale=1e-5), molecule, 1e-3), Counted(Mmff(molecule)), 0.25e-3)
    path = run(gentle, start(molecule), 4)
    assert (path.qm_calls, gentle.retries, gentle.fallbacks) == (8, 0, 0)
    assert gentle.dt_ps == pytest.approx(1.25e-3)
    wild = Corrected.of(Jump(network(scale=500.0), molecule, 1e-3), Counted(Mmff(molecule)), 0.25e-3)
    found = run(wild, start(molecule), 2)
    verlet = run(VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 0.25e-3), start(molecule), 10)
    assert (wild.retries, wild.fallbacks) == (found.retries, found.fallbacks) == (4, 2)
    assert (path.retries, path.fallbacks) == (0, 0)
    assert np.allclose(found.positions_nm[-1], verlet.positions_nm[-1], atol=1e-12)
