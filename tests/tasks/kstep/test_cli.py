"""The command line of the task: what it prints, what it writes, and status 2 with one line for bad input."""

import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.errors import InputError
from harness.tasks.kstep.references import answers
from tests.tasks.kstep.examples import methanol, needs

needs("tblite", "rdkit")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(answers, "START_PS", 0.02)


def invoke(*arguments: str):
    return CliRunner().invoke(cli, ["kstep", *arguments], catch_exceptions=False)


def test_simulate_writes_frames_in_angstrom(tmp_path):
    out = tmp_path / "path.xyz"
    assert invoke("simulate", "methanol", "--length-fs", "3", "--out", str(out)).exit_code == 0
    lines = out.read_text().splitlines()
    assert len(lines) == 4 * 8
    assert lines[0] == "6"
    carbon, oxygen = (np.array(line.split()[1:4], float) for line in lines[2:4])
    assert np.linalg.norm(carbon - oxygen) == pytest.approx(1.4, abs=0.15)


def test_integrate_prints_calls_and_a_slope_that_it_does_not_overrate():
    done = invoke("integrate", "CO", "--method", "respa-mmff", "--steps", "12")
    assert done.exit_code == 0
    assert "12 of 12 macro steps, 24 fs, 13 quantum calls, 0 failed" in done.stderr
    assert "one start is no measurement" in done.stderr
    assert done.stdout.splitlines()[0] == "t_ps,potential_kj_mol,kinetic_kj_mol,total_kj_mol"
    assert len(done.stdout.splitlines()) == 14


def test_integrate_counts_what_was_not_made_as_planned():
    jump = invoke("integrate", "methanol", "--method", "jump-corrected", "--k", "4", "--steps", "3")
    assert "macro step 1.25 fs" in jump.stderr
    assert "jumps made again with half the outputs" in jump.stderr
    calm = invoke("integrate", "methanol", "--method", "kernel-adaptive", "--steps", "3")
    assert "0 macro steps in 1 parts" in calm.stderr


def test_a_step_beyond_stability_ends_the_run_with_status_1_and_one_line():
    done = invoke("integrate", "methanol", "--method", "verlet", "--k", "16", "--steps", "200")
    assert done.exit_code == 1
    (line,) = (line for line in done.stderr.splitlines() if "of 200 failed" in line)
    assert "quantum calls, 1 failed\n" in done.stderr
    assert "macro step of 4 fs may be beyond stability: smaller --k" in line


def test_a_run_outside_of_what_the_correction_was_trained_for_says_so():
    hot = invoke("integrate", "methanol", "--steps", "12", "--temperature-k", "700")
    assert "OUTSIDE of what the correction was trained for: the start is 100 K hotter" in hot.stderr
    assert "OUTSIDE" not in invoke("integrate", "methanol", "--steps", "12").stderr


def xyz(scale: float = 1.0, symbols: str = "COHHHH") -> str:
    """Methanol with all distances multiplied by ``scale``."""
    places = scale * methanol().positions_nm * 10
    rows = [f"{symbol} {x:.6f} {y:.6f} {z:.6f}" for symbol, (x, y, z) in zip(symbols, places, strict=True)]
    return "\n".join(["6", "methanol", *rows]) + "\n"


def test_a_start_is_made_from_the_last_frame_of_a_file(tmp_path):
    file = tmp_path / "methanol.xyz"
    file.write_text(xyz(3.0) + xyz(1.01))
    done = invoke("simulate", "methanol", "--length-fs", "1", "--geometry", str(file))
    assert done.exit_code == 0
    assert done.stdout != invoke("simulate", "methanol", "--length-fs", "1").stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (xyz(0.1), r"atoms \d and \d are 0\.\d+ Å apart, less than 0\.3 Å"),
        (xyz(3.0), "SCF not converged"),
        (xyz(symbols="OCHHHH"), "atom 0 is 'O', 'C' is due: the atoms of methanol are C O H H H H"),
        (xyz().replace("6", "5", 1), "its last frame is not 6 atoms below two lines"),
        (xyz().rsplit(" ", 1)[0] + " nan", "atom 5 has .* three finite numbers are due"),
    ],
    ids=["overlapping", "unconverged", "other order", "other number", "not finite"],
)
def test_a_geometry_that_cannot_be_used_is_one_line(text, message, tmp_path):
    file = tmp_path / "start.xyz"
    file.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        invoke("integrate", "methanol", "--geometry", str(file))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("integrate", "methanol", "--geometry", "nowhere.xyz"), "--geometry nowhere.xyz: .* name an .xyz file"),
        (("integrate", "C[Se]C"), "MMFF94 has no types"),
        (("integrate", "C1CC"), "cannot read"),
        (("integrate", "methanol", "--k", "0"), "k = 0"),
        (("integrate", "methanol", "--dt-fs", "1.5"), "base time step 1.5 fs"),
        (("integrate", "methanol", "--out", "path.pdb"), r"\.xyz or \.csv"),
        (("integrate", "phenol"), "no kernel potential of phenol"),
        (("integrate", "methanol", "--method", "jump", "--k", "16"), "no jump network for k = 16"),
        (("integrate", "methanol", "--weights", "nowhere"), "weights nowhere: there is no such file"),
        (("integrate", "CO", "--charge", "1"), "make them agree"),
        (("integrate", "[CH3]"), "unpaired electrons"),
        (("integrate", "[Fe]"), "MMFF94 has no types"),
        (("integrate", "C" * 24), "at most 60"),
        (("integrate", "C[NH3+]"), "--charge 1"),
        (("dataset", "ethnol", "--out", "set"), "did you mean 'ethanol'"),
    ],
)
def test_bad_input_is_one_line(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as caught:
        invoke(*arguments)
    assert "\n" not in str(caught.value)


def test_the_command_ends_with_status_2_for_bad_input():
    done = subprocess.run(
        [sys.executable, "-c", "from harness.cli import main; main()", "kstep", "integrate", "methanol", "--k", "0"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("harness: k = 0")


def test_a_data_set_and_a_training_from_it(tmp_path):
    folder = tmp_path / "set"
    assert invoke("dataset", "methanol", "--force", "mmff", "--trajectories", "1", "--steps", "80", "--out",
                  str(folder)).exit_code == 0  # fmt: skip
    done = invoke("train", "jump", str(folder), "--steps", "2", "--out", str(tmp_path / "run"))
    assert "validation error of jumps" in done.stdout
    weights = tmp_path / "run" / "kstep-jump-4.safetensors"
    tuned = ("train", "jump", str(folder), "--steps", "2", "--pretrained", str(weights), "--freeze", "2")
    assert "scratch" not in invoke(*tuned, "--out", str(tmp_path / "tuned")).stderr
    first, *rest = invoke(*tuned, "--k", "8", "--out", str(tmp_path / "other")).stderr.splitlines()
    assert first == (
        f"{weights}: they are of jumps of 0.001 ps, not 0.002 ps; training starts from scratch, and no round is frozen"
    )
    assert all(line.startswith("step ") for line in rest)
    done = invoke("integrate", "methanol", "--method", "jump", "--k", "4", "--steps", "2", "--weights", str(weights))
    assert "2 of 2 macro steps, 2 fs, 0 quantum calls" in done.stderr


def test_a_correction_is_trained_and_used(tmp_path):
    trained = invoke("train", "kernel", "methanol", "--labels", "30", "--centres", "10", "--out", str(tmp_path))
    assert "residual" in trained.stdout
    done = invoke("integrate", "methanol", "--steps", "3", "--weights", str(tmp_path))
    assert done.exit_code == 0
    assert "4 quantum calls" in done.stderr
