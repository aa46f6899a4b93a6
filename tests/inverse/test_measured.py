"""Fits of FIDs: a synthetic one with everything known, and the measured ones where they are."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from math import pi
from pathlib import Path

import numpy as np
import pytest

from harness import TimeGrid, load_molecule
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse.line_derivatives import LinesAndDerivatives, lines_of
from harness.tasks.spins.inverse.line_model import collected
from harness.tasks.spins.inverse.measured import fit_measured
from harness.tasks.spins.inverse.numbers import numbers_of
from harness.tasks.spins.inverse.observability import standard_errors
from harness.tasks.spins.inverse.windows import lorentzians
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.isotopes import larmor_hz

FIELD_T = 11.7395
GRID = TimeGrid(8192, 1 / 6000)


def synthetic(molecule: Molecule, shift_ppm: float, linewidth_hz: float, snr: float, seed: int = 3) -> MeasuredFid:
    """A FID with a wrong axis, a phase, a second molecule's line, and noise."""
    larmor, carrier = larmor_hz("1H", FIELD_T), 2.3
    system = molecule.at(FIELD_T, {"1H": carrier - shift_ppm})
    clean = lines_of(system, None, GRID.horizon_s).signal(GRID) * np.exp(-pi * linewidth_hz * GRID.times_s)
    other = 0.3 * np.exp((2j * pi * 1500 - 3) * GRID.times_s)
    rng = np.random.default_rng(seed)
    noise = (rng.standard_normal(GRID.points) + 1j * rng.standard_normal(GRID.points)) / snr
    signal = (clean + other) * np.exp(0.7j) + noise
    return MeasuredFid("synthetic", signal / np.abs(signal).max(), GRID, larmor, carrier)


@pytest.mark.parametrize("name", ["2-ketobutyrate", "alanine"])
def test_everything_that_was_put_in_comes_back(name: str) -> None:
    """J within 4 standard errors of the truth, from a start 0.4 Hz off; axis to a tenth of a linewidth."""
    truth = load_molecule(name)
    fid = synthetic(truth, shift_ppm=-0.08, linewidth_hz=0.9, snr=50)
    start = Molecule(
        **{
            **{
                field: getattr(truth, field)
                for field in ("name", "source", "labels", "isotopes", "groups", "shifts_ppm")
            },
            "couplings_hz": np.where(truth.couplings_hz > 0, truth.couplings_hz + 0.4, truth.couplings_hz),
        }
    )
    fit = fit_measured(fid, start)
    assert fit.converged
    (at,) = np.flatnonzero(fit.parameters.is_coupling)
    expected = truth.couplings_hz.max()
    assert abs(fit.theta[at] - expected) < 4 * fit.standard_errors_hz[at]
    assert fit.standard_errors_hz[at] < 0.02
    assert fit.reference_shift_ppm == pytest.approx(-0.08, abs=2e-4)
    np.testing.assert_allclose(fit.linewidths_hz, 0.9, atol=0.05)
    np.testing.assert_allclose(fit.phases_rad, 0.7, atol=0.05)
    assert np.all(fit.residual < 0.1)


def test_lorentzians_are_the_transform_of_the_samples() -> None:
    omega = lines_of(load_molecule("alanine").at(FIELD_T), None, 1.0).omega
    offsets = np.array([-480.0, -3.3, 0.0, 480.25, 577.0])
    plain, moment = lorentzians(omega, 2.0, offsets, GRID)
    table = GRID.dt_s * np.exp(-2j * pi * np.outer(offsets, GRID.times_s))
    signals = np.exp(np.outer(1j * omega - 2.0, GRID.times_s))
    np.testing.assert_allclose(moment, (signals * GRID.times_s) @ table.T, atol=1e-9)
    signals[:, 0] *= 0.5
    np.testing.assert_allclose(plain, signals @ table.T, atol=1e-9)


def test_collecting_keeps_weight_and_centre() -> None:
    lines = lines_of(load_molecule("2-ketobutyrate").at(FIELD_T), None, 1.0)
    few = collected(LinesAndDerivatives(lines.omega, lines.weight, lines.d_weight, lines.d_phase), 1e-3, 1e-7)
    assert len(few.omega) < len(lines.omega)
    assert few.weight.sum() == pytest.approx(1, abs=1e-4)
    assert few.weight @ few.omega == pytest.approx(lines.weight @ lines.omega, abs=0.2)


def test_white_noise_gives_the_standard_errors_of_the_fit_and_a_wrong_line_shape_larger_ones() -> None:
    """With equivalent groups the couplings inside them show nowhere, and change nothing."""
    truth = load_molecule("2-ketobutyrate")
    fit = fit_measured(synthetic(truth, 0.0, linewidth_hz=0.9, snr=20), truth)
    # A sandwich of some hundred points scatters by some ten per cent.
    np.testing.assert_allclose(standard_errors(fit), fit.standard_errors_hz, rtol=0.4)
    fid = synthetic(truth, 0.0, linewidth_hz=0.9, snr=2000)
    gaussian = fid.signal * np.exp(-((1.5 * fid.grid.times_s) ** 2))
    shaped = fit_measured(MeasuredFid("shim", gaussian, fid.grid, fid.larmor_hz, fid.carrier_ppm), truth)
    ratio = standard_errors(shaped) / shaped.standard_errors_hz
    # A symmetric line moves no splitting, but what it leaves is alike from point to point of each line.
    assert np.all(ratio >= 1)
    assert ratio.max() > 1.5
    np.testing.assert_array_equal(shaped.stated_errors_hz, standard_errors(shaped))


def test_estimates_scatter_as_the_standard_errors_say() -> None:
    truth = load_molecule("2-ketobutyrate")
    fits = [fit_measured(synthetic(truth, 0.0, 0.9, snr=20, seed=seed), truth) for seed in range(24)]
    (at,) = np.flatnonzero(fits[0].parameters.is_coupling)
    ratio = [(fit.theta[at] - truth.couplings_hz.max()) / standard_errors(fit)[at] for fit in fits]
    # The standard deviation of 24 normal values is within 3 standard errors (.43) of 1.
    assert np.std(ratio) == pytest.approx(1, abs=0.43)


def test_two_couplings_that_are_nearly_equal_are_not_determined_one_by_one() -> None:
    """GABA as GISSMO lists it: J - J' is .11 Hz between H2 and H3, and 2.5 Hz between H3 and H4."""
    truth = load_molecule("gaba")
    fit = fit_measured(synthetic(truth, 0.0, linewidth_hz=1.2, snr=20), truth)
    listed = fit.parameters.mean_of(fit.parameters.template)
    errors = dict(zip(fit.parameters.names, standard_errors(fit, at=np.where(
        fit.parameters.is_coupling, listed, fit.theta)), strict=True))  # fmt: skip
    assert min(errors["J H2a H3a"], errors["J H2a H3b"]) > 10 * max(errors["J H3a H4a"], errors["J H3a H4b"])


def test_refusals() -> None:
    fid = synthetic(load_molecule("alanine"), 0.0, 1.0, 50)
    carbon = load_molecule("glycine-13c")
    other = MeasuredFid("x", fid.signal, fid.grid, fid.larmor_hz, fid.carrier_ppm, isotope="13C")
    with pytest.raises(InputError, match="13C was measured"):
        fit_measured(other, carbon)
    with pytest.raises(InputError, match="outside the measured spectrum"):
        fit_measured(
            MeasuredFid("x", fid.signal, TimeGrid(GRID.points, 1e-2), fid.larmor_hz, 2.3), load_molecule("alanine")
        )


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in ("fit", *arguments)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere", "--molecule", "gaba"), "there is no such folder"),
        (("nowhere", "--molecule", "gabba"), "'gabba' is unknown"),
        (("nowhere",), "Missing option"),
        (("nowhere", "--molecule", "gaba", "--out", "a.pdf"), "must be .png or .json"),
        (("nowhere", "--molecule", "gaba", "--out", "no/a.png"), "there is no folder"),
        (("nowhere", "--molecule", "gaba", "--search-ppm", "-1"), "--search-ppm -1.0"),
    ],
)
def test_command_refusals(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    message = capsys.readouterr().err
    assert words in message
    assert len(message.strip().splitlines()) == 1


@pytest.mark.measured
class TestMeasured:
    """The two FIDs of docs/measured-fids.md."""

    @pytest.fixture(autouse=True)
    def _nmrglue(self) -> None:
        pytest.importorskip("nmrglue", reason="nmrglue (extra nmr) is not installed")

    def fitted(self, folder: str, molecule: str, out: Path) -> dict:
        place = Path(os.environ["HARNESS_MEASURED"]) / folder
        assert run(place, "--molecule", molecule, "--out", out) == 0
        return json.loads(out.read_text(encoding="utf-8"))

    def test_ketobutyrate(self, tmp_path: Path) -> None:
        found = self.fitted("ketobutyrate_500MHz", "2-ketobutyrate", tmp_path / "k.json")
        values = {p["name"]: p["value"] for p in found["parameters"]}
        assert 7.3 <= values["J H3a H4a"] <= 7.45
        assert values["shift H4a"] == pytest.approx(1.053, abs=5e-3)
        assert values["shift H3a"] == pytest.approx(2.744, abs=5e-3)
        assert found["reference_shift_ppm"] == pytest.approx(-0.09, abs=0.01)
        assert found["verdict"] == "found"
        assert found["converged"]
        # 8.8 %: two weak lines of something else lie between the lines of the triplet.
        assert max(m["residual"] for m in found["multiplets"]) < 0.10

    def test_gaba(self, tmp_path: Path) -> None:
        """Means of J and J' are what the multiplets show; J(34) and J'(34) one by one too."""
        found = self.fitted("gaba_500MHz", "gaba", tmp_path / "g.json")
        values = {p["name"]: p["value"] for p in found["parameters"]}
        listed = {p["name"]: p["start"] for p in found["parameters"]}
        for near, far in (("H2", "H3"), ("H3", "H4")):
            names = [f"J {near}a {far}a", f"J {near}a {far}b"]
            mean, expected = (np.mean([table[name] for name in names]) for table in (values, listed))
            assert abs(mean - expected) < 0.15
        for name in ("J H3a H4a", "J H3a H4b"):
            assert abs(values[name] - listed[name]) < 0.15
        assert max(m["residual"] for m in found["multiplets"]) < 0.07
        assert found["converged"]

    @pytest.mark.parametrize(("folder", "molecule"), [("gaba_500MHz", "alanine"), ("ketobutyrate_500MHz", "valine")])
    def test_a_molecule_that_is_not_there(self, folder: str, molecule: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(Path(os.environ["HARNESS_MEASURED"]) / folder, "--molecule", molecule) == 1
        assert ": no such multiplet\n" in capsys.readouterr().out

    def test_overlay(self, tmp_path: Path) -> None:
        folder = Path(os.environ["HARNESS_MEASURED"]) / "ketobutyrate_500MHz"
        assert run(folder, "--molecule", "2-ketobutyrate", "--out", tmp_path / "k.png") == 0
        assert (tmp_path / "k.png").read_bytes().startswith(b"\x89PNG")


def test_a_fit_tells_couplings_as_in_the_laboratory() -> None:
    """15N sees a proton with J = -9 Hz: in our frame, where it is fitted, that coupling is +9 Hz."""
    labels, shifts, couplings = ("N", "H"), np.array([120.0, 8.0]), np.array([[0, -9.0], [-9.0, 0]])
    molecule = Molecule("made", "file", labels, ("15N", "1H"), labels, shifts, couplings, observed="15N")
    larmor = larmor_hz("15N", FIELD_T)
    clean = lines_of(molecule.at(FIELD_T, {"15N": 119.5}), None, GRID.horizon_s).signal(GRID)
    rng = np.random.default_rng(1)
    noise = (rng.standard_normal(GRID.points) + 1j * rng.standard_normal(GRID.points)) / 200
    signal = clean * np.exp(-pi * 0.8 * GRID.times_s) + noise
    start = replace(molecule, couplings_hz=couplings * 8.0 / 9.0)
    fit = fit_measured(MeasuredFid("made", signal, GRID, larmor, 119.5, isotope="15N"), start)
    shift, coupling = numbers_of(fit)["parameters"]
    assert fit.theta[1] == pytest.approx(9.0, abs=0.02)
    assert shift["value"] == pytest.approx(120.0)
    assert coupling["value"] == pytest.approx(-9.0, abs=0.02)
    assert coupling["start"] == pytest.approx(-8.0)
