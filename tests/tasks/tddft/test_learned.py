"""The learned propagator: equivariant whatever it has learned, unitary by its head, resumable to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")
import torch

from harness.errors import InputError
from harness.tasks.tddft.dataset import DatasetPlan, generate, trajectories
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.laws import TURN
from harness.tasks.tddft.models.learned.inputs import MoleculeInputs
from harness.tasks.tddft.models.learned.network import Propagator, Settings, nearest_projector, purified
from harness.tasks.tddft.models.learned.rollout import rolled
from harness.tasks.tddft.models.learned.subject import packaged
from harness.tasks.tddft.models.learned.training import Preset, Stage, load_propagator, train_propagator
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.trajectory import density_of, induced

GRID = AtomicTimeGrid.until(6.0, 0.2)


def _random(head: str, bundle: int = 1) -> Propagator:
    """A network whose last layer is not zero."""
    torch.manual_seed(3)
    network = Propagator(Settings(width=16, layers=1, head=head, bundle=bundle))
    for parameter in network.decode.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return network.eval()


def _dipole(network: Propagator, name: str, turned: bool) -> np.ndarray:
    """δμ (3, T) of a pulse on a molecule, or of both with their axes exchanged."""
    from dataclasses import replace

    system = load_system(name)
    direction = np.array([0.3, -0.5, 1.0])
    if turned:
        places = tuple(map(tuple, np.array(system.positions_bohr) @ TURN.T))
        system, direction = replace(system, positions_bohr=places), TURN @ direction
    structure = structure_of(system)
    pulse = Pulse(0.05, 0.4, tuple(direction), centre_au=3.0)
    fields = np.array([[pulse.at(0.2 * (k + 0.5)) for k in range(20)]])
    start = torch.tensor(structure.ground, dtype=torch.complex64)
    with torch.no_grad():
        found = rolled(network, [MoleculeInputs.of(structure)], start, torch.tensor(fields, dtype=torch.float32), True)
    dipole = structure.moment(found[0].numpy().astype(complex)[:, None])
    return (dipole - dipole[0]).T


@pytest.mark.parametrize("head", ["generator", "density"])
def test_the_network_is_equivariant(head: str) -> None:
    """LiH has p shells: their blocks turn with Wigner matrices."""
    network = _random(head)
    plain, turned = _dipole(network, "lih", False), _dipole(network, "lih", True)
    assert np.abs(plain).max() > 1e-3
    assert np.abs(TURN @ plain - turned).max() < 1e-4 * np.abs(plain).max() + 1e-5


@pytest.mark.parametrize("bundle", [1, 4])
def test_the_generator_moves_by_unitary_steps(bundle: int) -> None:
    structure = structure_of(load_system("h2o"))
    fields = torch.full((1, 12, 3), 0.02)
    start = torch.tensor(structure.ground, dtype=torch.complex64)
    with torch.no_grad():
        found = rolled(_random("generator", bundle), [MoleculeInputs.of(structure)], start, fields, True)[0]
    assert (found @ found - found).abs().max() < 1e-4
    assert (found - found.mH).abs().max() < 1e-5
    assert (found[-1] - found[0]).abs().max() > 1e-3


def test_projections() -> None:
    structure = structure_of(load_system("h2o"))
    exact = torch.tensor(structure.ground, dtype=torch.complex128)
    noise = torch.randn(1, 13, 13, dtype=torch.complex128) * 1e-3
    projected = nearest_projector(exact + noise, 5)
    torch.testing.assert_close(projected @ projected, projected)
    torch.testing.assert_close(purified(exact + noise, 6), projected, atol=1e-8, rtol=0)
    total = 2 * (exact + noise)
    assert torch.linalg.matrix_norm(purified(total, 6))[0] > 1e3  # McWeeny of P, with eigenvalues 2, diverges


def test_packaged_networks_beat_the_frozen_fock_matrix() -> None:
    population = MolecularPopulation(
        "H2, never seen", "h2", FieldRange("pulse", (0.01, 0.05)), AtomicTimeGrid.until(20, 0.2), flexible=True
    )
    errors: dict[str, list[float]] = {}
    for system in population.draw(3, 5):
        truth = induced(load_subject("cfm4").answer(system, population.grid))
        for name in ("learned-generator", "learned-density", "frozen"):
            answer = load_subject(name).answer(system, population.grid)
            density = density_of(answer)
            assert density is not None
            np.testing.assert_allclose(np.einsum("siit->t", density), 1, atol=1e-4)
            errors.setdefault(name, []).append(float(np.linalg.norm(induced(answer) - truth) / np.linalg.norm(truth)))
    assert np.mean(errors["learned-generator"]) < 0.1
    assert np.mean(errors["learned-generator"]) < 0.3 * np.mean(errors["learned-density"])
    assert np.mean(errors["learned-density"]) < 0.6 * np.mean(errors["frozen"])


def test_samples_must_be_multiples_of_the_trained_step() -> None:
    subject = packaged("generator")
    system = load_system("h2").under(Pulse(0.02, 0.4))
    coarse = subject.answer(system, AtomicTimeGrid.until(8.0, 0.4))
    fine = subject.answer(system, AtomicTimeGrid.until(8.0, 0.2))
    np.testing.assert_allclose(coarse.arrays["dipole"], fine.arrays["dipole"][:, ::2], atol=1e-6)
    with pytest.raises(InputError, match=r"multiples of 0\.2 au"):
        subject.answer(system, AtomicTimeGrid.until(8.0, 0.1))
    with pytest.raises(InputError, match="closed shells only"):
        subject.answer(load_system("h2_plus"), GRID)


def test_training_is_taken_up_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = MolecularPopulation("small", "h2", FieldRange("pulse", (0.02, 0.1)), GRID, flexible=True)
    generate(DatasetPlan(plan, 2, 1), tmp_path / "data")
    data = list(trajectories(tmp_path / "data"))
    preset = Preset(Settings(width=8, layers=1), (Stage(4, 2), Stage(8, 2)))
    whole = train_propagator(preset, data, tmp_path / "whole")

    class Killed(Exception):
        pass

    def kill(fraction: float, details: object) -> None:
        raise Killed

    train_propagator(Preset(preset.settings, preset.stages[:1]), data, tmp_path / "first")
    (tmp_path / "first" / "propagator.safetensors").unlink()
    with pytest.raises(Killed):
        train_propagator(preset, data, tmp_path / "first", kill)
    resumed = train_propagator(preset, data, tmp_path / "first")
    assert whole.read_bytes() == resumed.read_bytes()
    assert load_propagator(whole).settings == preset.settings
    with pytest.raises(InputError, match="a stage needs 101"):
        train_propagator(Preset(stages=(Stage(100, 1),)), data, tmp_path / "long")
