"""Trainings of both corrections that SIGKILL ends: they continue from the labels on disk to the same weights."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.tasks.kstep.forces import Gfn2, Mmff
from harness.tasks.kstep.kernel.labels import BLOCK, Labels, LabelStore, labelled
from tests.tasks.kstep.examples import killed, methanol, needs, shaken

needs("tblite", "rdkit")


def blocks(folder: Path) -> dict[str, int]:
    """Name -> time of writing in ns of every block of labels."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / "labels").rglob("*.npz")}


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["train", "kernel", "methanol", "--labels", "80", "--centres", "12"], "kstep-kernel-methanol.safetensors"),
        (["train", "shared", "--labels", "3"], "kstep-shared.safetensors"),
    ],
    ids=["kernel", "shared"],
)
def test_a_killed_training_continues_to_the_same_bytes(arguments, file, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "killed"
    killed([*arguments, "--out", str(broken)], lambda: bool(blocks(broken)))
    before = blocks(broken)
    assert before
    assert not (broken / file).exists()
    for folder in (whole, broken):
        done = CliRunner().invoke(cli, ["kstep", *arguments, "--out", str(folder)], catch_exceptions=False)
        assert done.exit_code == 0
    assert (whole / file).read_bytes() == (broken / file).read_bytes()
    assert before.items() <= blocks(broken).items(), "a finished block was made again"
    assert blocks(whole).keys() == blocks(broken).keys()
    assert not list(broken.rglob(".*.part"))


def test_stored_labels_serve_their_own_geometries_and_forces_alone(tmp_path):
    molecule, store = methanol(), LabelStore(tmp_path, "set")
    places = np.array([shaken(molecule, seed=number) for number in range(BLOCK + 2)])
    quantum, inner = Gfn2(molecule), Mmff(molecule)
    found = labelled(places, quantum, inner, store)
    assert np.array_equal(found.forces, labelled(places, quantum, inner).forces)
    store.write(1, Labels(places[BLOCK:], np.zeros(2), np.zeros((2, 6, 3))), f"{quantum.name} - {inner.name}")
    assert not labelled(places, quantum, inner, store).forces[BLOCK:].any()  # what is stored is not computed again
    assert labelled(places + 1e-6, quantum, inner, store).forces[BLOCK:].all()
    store.write(1, Labels(places[BLOCK:], np.zeros(2), np.zeros((2, 6, 3))), "GFN1-xTB - MMFF94")
    assert labelled(places, quantum, inner, store).forces[BLOCK:].all()
    store.block(1).write_bytes(b"damaged")
    assert np.array_equal(labelled(places, quantum, inner, store).forces, found.forces)
