"""Blocks of shell pairs turn with Wigner matrices, in any basis: what the network reads and what it returns.

The network has no Wigner matrix in it. It reads scalar products of blocks, and returns blocks times numbers. Here the
Wigner matrices of e3nn are the independent check that this is equivariance: D(t) of the rotated molecule in the rotated
field must be W D(t) W^T, W having one Wigner matrix for each shell.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")
import torch
from e3nn import o3

from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.models.learned.inputs import MoleculeInputs, Shells
from harness.tasks.tddft.models.learned.network import Propagator, Settings
from harness.tasks.tddft.models.learned.rollout import rolled
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.systems import MolecularSystem

STEPS, DT_AU = 8, 0.2
SINGLE = 1e-6
"""e3nn makes the Wigner matrices of d shells from tables in single precision; rotations change elements by 1e-2."""
POLAR = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
"""e3nn orders real harmonics as if (y, z, x) were (x, y, z)."""


def _network(head: str) -> Propagator:
    """In double precision, with a last layer that is not zero."""
    torch.manual_seed(3)
    network = Propagator(Settings(width=16, layers=1, head=head))
    for part in (network.decode, network.interaction.scalar, network.interaction.vector):
        for parameter in part.parameters():
            torch.nn.init.normal_(parameter, std=0.2 if part is network.decode else 0.02)
    return network.double().eval()


def _rotation() -> np.ndarray:
    """A rotation about no axis of the molecule."""
    return o3.angles_to_matrix(*(torch.tensor(x, dtype=torch.float64) for x in (0.4, 1.1, -0.7))).numpy()


def _wigner(structure: Structure, rotation: np.ndarray) -> np.ndarray:
    """(n, n) one Wigner matrix for each shell; PySCF orders p as x, y, z and d from m = -2 to 2."""
    angles = o3.matrix_to_angles(torch.tensor(POLAR @ rotation @ POLAR.T))
    found = np.zeros((structure.size, structure.size))
    shells = Shells.of(structure.system)
    for shell, momentum in enumerate(shells.momenta):
        places = np.flatnonzero(shells.functions == shell)
        matrix = o3.wigner_D(int(momentum), *angles).numpy()
        found[np.ix_(places, places)] = rotation if momentum == 1 else matrix
    return found


def _system(basis: str, rotation: np.ndarray) -> MolecularSystem:
    water = load_system("h2o")
    places = tuple(tuple(map(float, row)) for row in np.array(water.positions_bohr) @ rotation.T)
    direction = rotation @ np.array([0.3, -0.5, 1.0])
    pulse = Pulse(0.05, 0.4, (float(direction[0]), float(direction[1]), float(direction[2])), centre_au=1.0)
    return replace(water, positions_bohr=places, basis=basis).under(pulse)


def _densities(network: Propagator, system: MolecularSystem) -> tuple[Structure, np.ndarray]:
    """(STEPS+1, n, n)."""
    structure = structure_of(system)
    fields = np.array([[system.field.at(DT_AU * (k + 0.5)) for k in range(STEPS)]])
    start = torch.tensor(structure.ground, dtype=torch.complex128)
    with torch.no_grad():
        inputs = [MoleculeInputs.of(structure, torch.float64)]
        return structure, rolled(network, inputs, start, torch.tensor(fields), True)[0].numpy()


@pytest.mark.parametrize("head", ["generator", "density"])
@pytest.mark.parametrize(("basis", "momenta"), [("6-31g", {0, 1}), ("cc-pvdz", {0, 1, 2})])
def test_densities_turn_with_wigner_matrices(head: str, basis: str, momenta: set[int]) -> None:
    network, rotation = _network(head), _rotation()
    structure, plain = _densities(network, _system(basis, np.eye(3)))
    _, turned = _densities(network, _system(basis, rotation))
    assert set(Shells.of(structure.system).momenta.tolist()) == momenta
    wigner = _wigner(structure, rotation)
    np.testing.assert_allclose(turned, wigner @ plain @ wigner.T, atol=SINGLE)
    assert np.abs(plain[-1] - plain[0]).max() > 1e-2  # something moves,
    assert np.abs(turned - plain).max() > 1e-2  # and the rotation is seen


@pytest.mark.parametrize("basis", ["6-31g", "cc-pvdz"])
def test_operators_turn_with_wigner_matrices(basis: str) -> None:
    """What is read: blocks (a, b) of every operator, and their scalar products, which do not change."""
    rotation = _rotation()
    plain, turned = (structure_of(_system(basis, one)) for one in (np.eye(3), rotation))
    wigner = _wigner(plain, rotation)
    first, second = (MoleculeInputs.of(one, torch.float64) for one in (plain, turned))
    expected = wigner @ first.operators.numpy() @ wigner.T
    scale = np.abs(expected).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(second.operators.numpy() / scale, expected / scale, atol=SINGLE)
    dipole = np.einsum("xy,yij->xij", rotation, wigner @ first.dipole.numpy() @ wigner.T)
    np.testing.assert_allclose(second.dipole.numpy(), dipole, atol=SINGLE)
    np.testing.assert_allclose(second.features.numpy(), first.features.numpy(), atol=SINGLE)


@pytest.mark.parametrize("basis", ["6-31g", "cc-pvdz"])
def test_shells_of_one_atom_and_momentum_have_different_embeddings(basis: str) -> None:
    """Without the rank of a shell the three s shells of oxygen would be equal; cc-pVDZ contracts them generally."""
    structure = structure_of(_system(basis, np.eye(3)))
    shells = Shells.of(structure.system)
    labels = list(zip(shells.atoms, shells.momenta, shells.ranks, strict=True))
    assert len(set(labels)) == len(labels)
    oxygen = [k for k, (atom, momentum, _) in enumerate(labels) if (atom, momentum) == (0, 0)]
    assert len(oxygen) == 3
    found = _network("generator").pairs([MoleculeInputs.of(structure, torch.float64)])[0].detach().numpy()
    for first, second in pairwise(oxygen):
        assert np.abs(found[first, first] - found[second, second]).max() > 1e-3


def test_a_bundle_evaluates_tokens_once_for_several_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    system = _system("6-31g", np.eye(3))
    torch.manual_seed(3)
    network = Propagator(Settings(width=16, layers=1, bundle=4)).double().eval()
    calls = []
    evaluate = network.coefficients
    monkeypatch.setattr(network, "coefficients", lambda *given: calls.append(1) or evaluate(*given))
    _, found = _densities(network, system)
    assert (len(calls), len(found)) == (STEPS // 4, STEPS + 1)
