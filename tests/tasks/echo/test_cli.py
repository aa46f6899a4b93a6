"""The verbs: what they print, what they write, and how they refuse."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from harness.errors import InputError
from harness.tasks.echo import EchoPlan
from harness.tasks.echo.curves import CurveSet, read_curves, write_curves
from harness.tasks.echo.generate import computed
from harness.tasks.echo.recipe import RECIPES
from harness.tasks.echo.verbs import VERBS
from tests.tasks.echo.small import FRESH


def ran(verb: str, *arguments: object) -> Result:
    assert verb in VERBS
    command = import_module(f"harness.tasks.echo.cli.{verb}").command
    result = CliRunner().invoke(command, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


class TestSimulate:
    def test_table(self) -> None:
        lines = ran("simulate", "--alpha", 0.1, "--side", 6, "--d", 4).output.splitlines()
        assert lines[0] == "t_s,mx,my"
        assert len(lines) == 472
        first = np.array(lines[1].split(","), dtype=float)
        assert first[0] == pytest.approx(2 / (2e6 * np.pi))

    def test_methods_agree(self, tmp_path: Path) -> None:
        for method in ("torch", "numpy"):
            ran("simulate", "--alpha", 0.1, "--side", 6, "--method", method, "--out", tmp_path / method)
        tables = [np.loadtxt(tmp_path / method, delimiter=",", skiprows=1) for method in ("torch", "numpy")]
        np.testing.assert_allclose(tables[0], tables[1], atol=1e-10)

    def test_refusals(self) -> None:
        with pytest.raises(InputError, match="forward"):
            ran("simulate", "--alpha", 0.1, "--coupling", "single-axis")
        with pytest.raises(InputError, match="at most 64"):
            ran("simulate", "--alpha", 0.1, "--side", 70, "--method", "mean-field")
        assert "did you mean 'gauss'" in ran("simulate", "--alpha", 0.1, "--kernel", "gaus").output


class TestFiles:
    def test_dataset_export_import(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(RECIPES, "calibration", RECIPES["calibration"].with_(side=4))
        told = ran("dataset", "calibration", "--out", tmp_path / "set", "--count", 3, "--workers", 1)
        assert "3 curves" in told.output
        ran("export", tmp_path / "set", "--out", tmp_path / "text")
        assert "with labels" in ran("import", tmp_path / "text", "--out", tmp_path / "back").output
        np.testing.assert_allclose(read_curves(tmp_path / "back").m, read_curves(tmp_path / "set").m, atol=1e-8)
        (tmp_path / "text" / "echos_i.txt").unlink()
        with pytest.raises(InputError, match="real and imaginary parts are both needed"):
            ran("import", tmp_path / "text", "--out", tmp_path / "again")


class TestInference:
    @pytest.fixture
    def source(self, fresh: CurveSet, tmp_path: Path) -> Path:
        write_curves(tmp_path / "curves.h5", fresh)
        return tmp_path / "curves.h5"

    def test_infer(self, source: Path, run_folder: Path, tmp_path: Path) -> None:
        weights = run_folder / "posterior.safetensors"
        lines = ran("infer", source, "--weights", weights, "--first", 3, "--samples", 50).output.splitlines()
        assert lines[0].startswith("curve 1: α = ")
        assert "ξ =" not in lines[0]
        assert any(
            "ξ (coupling length) is not determined by such curves: the posterior is the prior" in x for x in lines
        )
        ran("infer", source, "--weights", weights, "--samples", 50, "--out", tmp_path / "all.csv")
        table = (tmp_path / "all.csv").read_text().splitlines()
        assert len(table) == 301
        assert table[0].startswith("curve,alpha_median,alpha_low,alpha_high,xi_median")

    def test_unlike_curves_are_marked(self, run_folder: Path, tmp_path: Path) -> None:
        odd = computed(FRESH.with_(side=3, seed=99), range(5))
        write_curves(tmp_path / "curves.h5", CurveSet(odd.m, odd.labels, FRESH.as_dict()))
        told = ran("infer", tmp_path, "--weights", run_folder / "posterior.safetensors", "--samples", 50).output
        assert "unlike the curves of the training: not to be trusted" in told

    def test_score(self, source: Path, run_folder: Path) -> None:
        told = ran("score", source, "--weights", run_folder / "posterior.safetensors", "--train", source).output
        rows = {line[:28].strip(): line[28:].split() for line in told.splitlines()}
        middle, ridge, mine = (
            float(rows[name][0]) for name in ("middle of the prior", "ridge regression", "posterior")
        )
        assert mine < 0.5 * middle
        assert ridge < middle
        assert float(rows["gain over the prior, nats"][1]) == 0.0

    def test_posterior_of_another_kernel(self, source: Path, run_folder: Path, fresh: CurveSet, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="of the kernel power, and --kernel is gauss"):
            ran("infer", source, "--kernel", "gauss")
        other = tmp_path / "other.h5"
        write_curves(other, CurveSet(fresh.m, fresh.labels, {**fresh.recipe, "coupling": "secular"}))
        with pytest.raises(InputError, match="trained on curves with coupling = 'single-axis'"):
            ran("infer", other, "--weights", run_folder / "posterior.safetensors")
        write_curves(other, CurveSet(fresh.m, fresh.labels, {**fresh.recipe, "family": "rkky"}))
        with pytest.raises(InputError, match="no posterior was trained for the kernel 'rkky'"):
            ran("infer", other, "--kernel", "rkky")


class TestBadInput:
    """What cannot be used is one line that names the value, the place and the remedy."""

    @pytest.fixture
    def weights(self, run_folder: Path) -> Path:
        return run_folder / "posterior.safetensors"

    def stored(self, folder: Path, curves: CurveSet) -> Path:
        write_curves(folder / "curves.h5", curves)
        return folder / "curves.h5"

    def test_length(self, fresh: CurveSet, weights: Path, tmp_path: Path) -> None:
        source = self.stored(tmp_path, CurveSet(fresh.m[:, :-1], fresh.labels, fresh.recipe))
        with pytest.raises(InputError, match=r"curves\.h5: 89 samples in a curve, where 90 are due"):
            ran("infer", source, "--weights", weights)

    def test_time_step(self, fresh: CurveSet, weights: Path, tmp_path: Path) -> None:
        halved = FRESH.with_(plan=EchoPlan(delay=30.0, dt=1.0))
        source = self.stored(tmp_path, CurveSet(fresh.m, fresh.labels, halved.as_dict()))
        for verb in ("infer", "score"):
            with pytest.raises(InputError, match=r"trained on curves with plan\.delay = 60\.0, and these have 30\.0"):
                ran(verb, source, "--weights", weights)

    def test_not_a_number(self, fresh: CurveSet, curves: CurveSet, weights: Path, tmp_path: Path) -> None:
        m = fresh.m.copy()
        m[3, 5] = np.nan
        source = self.stored(tmp_path, CurveSet(m, fresh.labels, fresh.recipe))
        for verb in ("infer", "score"):
            with pytest.raises(InputError, match="curve 4, sample 6 is not finite"):
                ran(verb, source, "--weights", weights)
        with pytest.raises(InputError, match="curve 4, sample 6 is not finite"):
            ran("train", "polynomials", "--data", source, "--calibration", source, "--out", tmp_path / "run")

    def test_real_part_alone(self, fresh: CurveSet, weights: Path, tmp_path: Path) -> None:
        np.savetxt(tmp_path / "echos_r.txt", np.real(fresh.m[:2]))
        with pytest.raises(InputError, match=r"echos_i\.txt: no such file; real and imaginary parts are both needed"):
            ran("infer", tmp_path, "--weights", weights)
        with pytest.raises(InputError, match="real and imaginary parts are two files; name the folder that holds both"):
            ran("infer", tmp_path / "echos_r.txt", "--weights", weights)

    @pytest.mark.parametrize(
        ("labels", "message"),
        [
            ("0.3 5 3 4\n0.1 5 3 4\n", r"mat_info\.txt: row 1, alpha = 0\.3 is not between 0 and 0\.2"),
            ("0.1 5 3\n0.1 5 3\n", r"mat_info\.txt: 3 columns, where 4 are due \(alpha xi p d\)"),
        ],
    )
    def test_labels(self, tmp_path: Path, labels: str, message: str) -> None:
        for name in ("echos_r.txt", "echos_i.txt"):
            np.savetxt(tmp_path / name, np.zeros((2, 471)))
        (tmp_path / "mat_info.txt").write_text(labels)
        with pytest.raises(InputError, match=message):
            ran("import", tmp_path, "--out", tmp_path / "set")

    def test_kernel_without_a_posterior(self, tmp_path: Path, weights: Path) -> None:
        for kernel in ("rkky", "uniform"):
            with pytest.raises(InputError, match=f"no posterior was trained for the kernel '{kernel}'"):
                ran("infer", tmp_path, "--kernel", kernel)
        with pytest.raises(InputError, match="kernel 'uniform': the challenge has no files of it"):
            ran("infer", tmp_path, "--kernel", "uniform", "--weights", weights)

    def test_missing_weights(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"none: no such file; .*'harness echo train posterior'"):
            ran("infer", tmp_path, "--weights", tmp_path / "none")

    def test_exit_status_and_one_line(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-c", "from harness.cli import main; main()", "echo", "infer", str(tmp_path / "none.h5")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1
        assert "no such file; make it with 'harness echo dataset'" in done.stderr


def test_train(curves: CurveSet, calibration: CurveSet, run_folder: Path, tmp_path: Path) -> None:
    write_curves(tmp_path / "a.h5", curves)
    write_curves(tmp_path / "b.h5", calibration)
    sets = ("--data", tmp_path / "a.h5", "--calibration", tmp_path / "b.h5", "--out", tmp_path / "run")
    assert "forward-components.safetensors" in ran("train", "components", *sets, "--epochs", 1).output
    for kind in ("example", "convolutional"):
        ran("train", kind, *sets, "--epochs", 1)
        told = ran(
            "score", tmp_path / "b.h5", "--weights", run_folder / "posterior.safetensors",
            "--beside", tmp_path / "run" / f"point-{kind}.safetensors",
        ).output  # fmt: skip
        assert f"{kind} network" in told
    with pytest.raises(InputError, match="must be point-KIND"):
        ran("score", tmp_path / "b.h5", "--weights", run_folder / "posterior.safetensors", "--beside", "x.safetensors")
    assert "curves tell of" in ran("train", "posterior", *sets, "--epochs", 1, "--members", 1).output
    assert "no verb" not in ran("train", "transformer", *sets).output
    assert ran("train", "transformer", *sets).exit_code == 2
