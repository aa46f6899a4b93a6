"""Data survive kills bit for bit; the command line gives files, and one line for what it cannot do."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.errors import InputError
from harness.tasks.tddft.dataset import DatasetPlan, generate, read_trajectory, trajectories, write_trajectory
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.stored import load_ridge
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.training import train_ridge

POPULATION = MolecularPopulation("kills", "h2", FieldRange("pulse", (0.01, 0.1)), AtomicTimeGrid.until(10, 0.1))
PLAN = DatasetPlan(POPULATION, 12, 5)
WORKER = """
import sys
from tests_plan import PLAN
from harness.tasks.tddft.dataset import generate
generate(PLAN, sys.argv[1])
"""
KILLED_BEFORE_RENAMING = """
import os, signal, sys
from harness.durable import atomic
atomic.os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.training import train_ridge
train_ridge(sys.argv[1], sys.argv[2])
"""


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("trajectory-*.h5")}


def test_killed_and_resumed_data_are_the_same_to_the_bit(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    generate(PLAN, whole)
    plan = tmp_path / "tests_plan.py"
    plan.write_text(
        "from harness.tasks.tddft.dataset import DatasetPlan\n"
        "from harness.tasks.tddft.grid import AtomicTimeGrid\n"
        "from harness.tasks.tddft.populations import FieldRange, MolecularPopulation\n"
        "PLAN = DatasetPlan(MolecularPopulation('kills', 'h2', FieldRange('pulse', (0.01, 0.1)), "
        "AtomicTimeGrid.until(10, 0.1)), 12, 5)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(killed)], env=environment)
    deadline = time.monotonic() + 60
    while len(list(killed.glob("trajectory-*.h5"))) < 3 and worker.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert 3 <= len(_hashes(killed)) <= 12
    generate(PLAN, killed)
    assert _hashes(killed) == _hashes(whole)
    assert len(_hashes(whole)) == 12
    assert not list(killed.glob(".*.part"))


def test_a_file_holds_what_was_propagated(tmp_path: Path) -> None:
    generate(DatasetPlan(POPULATION, 1, 5), tmp_path)
    found = read_trajectory(tmp_path / "trajectory-000000.h5")
    truth = evolve(structure_of(found.system), found.system.field, POPULATION.grid, densities=True, energies=True)
    np.testing.assert_allclose(found.evolution.dipole, truth.dipole, atol=1e-14)
    np.testing.assert_allclose(found.evolution.densities, truth.densities, atol=1e-12)
    with h5py.File(tmp_path / "trajectory-000000.h5") as file:
        assert file["dynamics/energy"].dtype == np.float64
        trace = np.einsum("tsij,ji->t", file["dynamics/density"][()], _overlap(found.system))
        np.testing.assert_allclose(trace, 2, atol=1e-10)
        assert list(file["basis/shell_index"][()]) == [0, 1, 2, 3]
        assert set(file) == {"geometry", "basis", "dynamics"}
        assert set(file["geometry"]) == {"charges", "positions_bohr"}
        assert set(file["dynamics"]) == {"time_au", "dipole", "energy", "field", "density"}
        wanted = {"basis", "xc", "grid", "field", "propagator", "builds", "seed", "provenance"}
        assert wanted <= set(file.attrs)
        assert (file.attrs["xc"], file.attrs["propagator"], file.attrs["seed"]) == ("hf", "cfm4", 5)
        assert json.loads(file.attrs["field"])["kind"] == "pulse"


def _overlap(system: object) -> np.ndarray:
    root = structure_of(system).root  # type: ignore[arg-type]
    return root @ root


def test_data_of_another_plan_and_damage_are_refused(tmp_path: Path) -> None:
    generate(DatasetPlan(POPULATION, 1, 5), tmp_path)
    with pytest.raises(InputError, match="another plan"):
        generate(DatasetPlan(POPULATION, 1, 6), tmp_path)
    path = tmp_path / "trajectory-000000.h5"
    with h5py.File(path, "r+") as file:
        file["dynamics/dipole"][5, 2] += 1e-12
    with pytest.raises(InputError, match="checksum differs"):
        read_trajectory(path)
    with pytest.raises(InputError, match="holds no trajectory"):
        list(trajectories(tmp_path / "empty"))


@pytest.mark.parametrize(("place", "words"), [((0, 1), "is not Hermitian"), ((0, 0), "has trace 1.0")])
def test_a_density_that_is_none_is_refused_when_it_is_read(tmp_path: Path, place: tuple[int, int], words: str) -> None:
    """Its checksum fits: someone else's program wrote it so."""
    system = load_system("h2").under(Pulse(0.02, 0.4))
    structure = structure_of(system)
    found = evolve(structure, system.field, AtomicTimeGrid.until(1.0, 0.2), densities=True, energies=True)
    assert found.densities is not None
    found.densities[3, 0][place] += 0.05
    write_trajectory(tmp_path / "mine.h5", system, structure, found, {"propagator": "mine"})
    ran = CliRunner().invoke(cli, ["tddft", "convert", str(tmp_path / "mine.h5"), "--out", str(tmp_path / "mine.csv")])
    assert isinstance(ran.exception, InputError)
    assert words in str(ran.exception)
    assert str(ran.exception).startswith(f"trajectory {tmp_path / 'mine.h5'}: sample 3: density: ")


def test_training_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    plan = MolecularPopulation("lda", "h2", FieldRange("pulse", (0.01, 0.1)), AtomicTimeGrid.until(10, 0.2), "lda", 0)
    generate(DatasetPlan(plan, 3, 1), tmp_path / "data")
    paths = [train_ridge(tmp_path / "data", tmp_path / f"{k}.safetensors") for k in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    structure = structure_of(plan.one(1, 0))
    model, record = load_ridge(paths[0], structure)
    assert record["trajectories"] == 3
    assert np.abs(model.fock(structure.ground, 0.0) - structure.fock(structure.ground)).max() < 1e-12


def test_a_training_killed_before_its_file_is_whole_leaves_none(tmp_path: Path) -> None:
    """A fit takes seconds and has no checkpoints: it is done again, to the same bytes."""
    plan = MolecularPopulation("lda", "h2", FieldRange("pulse", (0.01, 0.1)), AtomicTimeGrid.until(10, 0.2), "lda", 0)
    data, out = tmp_path / "data", tmp_path / "ridge.safetensors"
    generate(DatasetPlan(plan, 2, 1), data)
    whole = train_ridge(data, tmp_path / "whole.safetensors").read_bytes()
    worker = subprocess.run([sys.executable, "-c", KILLED_BEFORE_RENAMING, str(data), str(out)], check=False)
    assert worker.returncode == -signal.SIGKILL
    assert not out.exists()
    assert not out.with_suffix(".json").exists()
    assert train_ridge(data, out).read_bytes() == whole


def _run(*arguments: str) -> tuple[int, str, str, BaseException | None]:
    result = CliRunner().invoke(cli, ["tddft", *arguments])
    return result.exit_code, result.stdout, result.stderr, result.exception


def test_simulate_prints_samples() -> None:
    status, out, _, _ = _run("simulate", "h2", "--kick", "0.001", "--horizon-au", "10", "--method", "em")
    assert status == 0
    rows = [line.split(",") for line in out.splitlines()]
    assert rows[0] == ["t_au", "dipole_x", "dipole_y", "dipole_z", "energy"]
    assert 1e3 * (float(rows[101][3]) - float(rows[1][3])) == pytest.approx(-2.492673, abs=1e-5)


@pytest.mark.parametrize("ending", ["csv", "json", "png", "h5"])
def test_simulate_writes_files(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    status, _, err, failed = _run("simulate", "h2", "--pulse", "0.02", "0.5", "--horizon-au", "5", "--out", str(path))
    assert status == 0, failed
    assert "by cfm4" in err
    assert path.stat().st_size > 500
    if ending == "json":
        assert len(json.loads(path.read_text())["dipole"]) == 3
    if ending == "h5":
        assert read_trajectory(path).evolution.grid.points == 51


def test_an_exported_trajectory_is_read_again(tmp_path: Path) -> None:
    stored, text, plain = tmp_path / "trajectory-one.h5", tmp_path / "again.csv", tmp_path / "plain.csv"
    command = ["simulate", "h2", "--pulse", "0.02", "0.5", "--horizon-au", "5", "--out"]
    assert _run(*command, str(stored))[0] == _run(*command, str(plain))[0] == 0
    assert _run("convert", str(stored), "--out", str(text))[0] == 0
    assert text.read_text() == plain.read_text()
    assert [one.evolution.grid.points for one in trajectories(tmp_path)] == [51]
    *_, failed = _run("convert", str(plain), "--out", str(text))
    assert isinstance(failed, InputError)
    assert "cannot be read" in str(failed)
    *_, failed = _run("convert", str(stored), "--out", "again.txt")
    assert isinstance(failed, InputError)
    assert "the ending must be one of .csv" in str(failed)


def test_simulate_by_nwchem_takes_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_NWCHEM", "no-such-nwchem")
    arguments = ["simulate", "h2_plus", "--method", "nwchem", "--kick", "0.0005", "--cache-dir", str(tmp_path)]
    status, out, _, failed = _run(*arguments, "--horizon-au", "60")
    assert status == 0, failed
    assert len(out.splitlines()) == 602
    status, _, _, failed = _run(*arguments, "--horizon-au", "3")
    assert isinstance(failed, InputError)
    status, _, err, failed = _run(*arguments, "--horizon-au", "3", "--allow-fallback")
    assert status == 0, failed
    assert "no validation against NWChem" in err


def test_spectrum_lists_and_draws(tmp_path: Path) -> None:
    status, out, _, failed = _run("spectrum", "lih")
    assert status == 0, failed
    assert out.splitlines()[1].startswith("4.1052,0.0665")
    path = tmp_path / "lih.csv"
    status, _, err, failed = _run("spectrum", "h2", "--horizon-au", "100", "--out", str(path))
    assert status == 0, failed
    assert "highest line at 15.0" in err
    energy, strength = np.loadtxt(path, delimiter=",", skiprows=1).T
    area = np.trapezoid(strength, energy)
    assert area == pytest.approx(0.651, abs=0.03)


def test_dataset_and_train(tmp_path: Path) -> None:
    data = tmp_path / "data"
    status, _, err, failed = _run(
        "dataset",
        "h2",
        "--functional",
        "lda",
        "--quadrature",
        "0",
        "--count",
        "2",
        "--horizon-au",
        "5",
        "--out",
        str(data),
    )
    assert status == 0, failed
    assert "2 of 2" in err
    status, _, err, failed = _run("train", "ridge", "--data", str(data), "--out", str(tmp_path / "w.safetensors"))
    assert status == 0, failed
    assert (tmp_path / "w.json").is_file()


def test_train_a_network(tmp_path: Path) -> None:
    pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
    data, out = tmp_path / "data", tmp_path / "n.safetensors"
    status, _, _, failed = _run("dataset", "h2", "--flexible", "--count", "1", "--horizon-au", "3", "--out", str(data))
    assert status == 0, failed
    arguments = ["train", "learned-generator", "--data", str(data), "--out", str(out), "--stage", "4", "1"]
    status, _, _, failed = _run(*arguments)
    assert status == 0, failed
    assert json.loads(out.with_suffix(".json").read_text())["stages"] == [[4, 1, 2e-3, 64, False]]
    assert not out.with_suffix(".training").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["simulate", "h2", "--kick", "1", "--out", "x.csv"], "beyond 0.2"),
        (["simulate", "h2", "--kick", "0.1", "--pulse", "0.1", "0.4"], "one field at a time"),
        (["simulate", "h2", "--dt-au", "0.5"], "above 0.4"),
        (["simulate", "h2", "--out", "x.txt"], "the ending must be one of"),
        (["simulate", "h2", "--method", "kernl"], "did you mean 'kernel'"),
        (["train", "kernel+quad", "--out", "model.safetensors"], "kernel+quad: needs no training"),
        (["simulate", "h2", "--functional", "b3lyp"], "known: hf, lda, pbe, pbe0"),
        (["spectrum", "h2", "--damping-ev", "0"], "must be above 0"),
        (["train", "ridge", "--out", "w.safetensors"], "--data is missing"),
        (["train", "geometry", "--molecule", "nh3", "--out", "w.safetensors"], "can be trained for h2, lih, h2o"),
        (["dataset", "nh3", "--flexible", "--out", "x"], "ranges of geometries are stated for"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], words: str) -> None:
    _, _, _, failed = _run(*arguments)
    assert isinstance(failed, InputError)
    assert words in str(failed)
    assert "\n" not in str(failed)


def test_cache_is_listed_and_verified(tmp_path: Path) -> None:
    status, out, _, _ = _run("cache", "list", "--cache-dir", str(tmp_path))
    assert status == 0
    assert sum("7.0.2" in line for line in out.splitlines()) >= 16
    status, _, err, _ = _run("cache", "verify", "--cache-dir", str(tmp_path))
    assert status == 0
    assert "0 are not" in err
