"""Lines of systems that relax: widths that textbooks know, the FID that they add up to, and what is refused."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest

from harness import load_molecule, simulate
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.spectra.peaks import peak_list
from harness.tasks.spins.spectra.relaxing_lines import relaxing_lines
from harness.tasks.spins.spinach.relaxation_cases import GRID, made
from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.relaxation import Relaxation
from tests.relaxation.made import dipolar_pair, solomon

T1_T2 = {"model": "t1_t2", "r1_per_s": 1.0, "r2_per_s": 3.0}


def peaks_command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["peaks", *map(str, arguments)])
    return int(ended.value.code or 0)


def test_a_single_spin_is_r2_over_pi_wide() -> None:
    rates = Relaxation("t1_t2", r1_per_s=np.array([1.0]), r2_per_s=np.array([np.pi * 2.5]))
    (multiplet,) = peak_list(SpinSystem([-31.0], [[0.0]], relaxation=rates)).multiplets
    (peak,) = multiplet.peaks
    assert (peak.offset_hz, peak.intensity, peak.width_hz) == pytest.approx((-31.0, 1.0, 2.5), abs=1e-12)


@pytest.mark.parametrize("tau_c_s", [2e-11, 5e-9])
def test_two_dipolar_spins_have_the_transverse_rate_of_the_textbooks(tau_c_s: float) -> None:
    _, _, transverse = solomon(2.0, tau_c_s, 14.1)
    lines = relaxing_lines(dipolar_pair(tau_c_s=tau_c_s))
    np.testing.assert_allclose(lines.frequencies_hz, [-0.3, 0.3], atol=1e-9)
    np.testing.assert_allclose(lines.widths_hz, transverse / np.pi, rtol=1e-7)
    np.testing.assert_allclose(lines.intensities, 0.5, atol=1e-9)


@pytest.mark.parametrize(("size", "draw"), [(2, 0), (3, 1), (4, 2), (3, 4)])
def test_lines_of_damped_spins_add_up_to_the_fid(size: int, draw: int) -> None:
    """One rate for every state joins no lines, so that no dispersive part is missing."""
    system = made("damp", size, draw)
    found = relaxing_lines(system)
    exponents = (2j * found.frequencies_hz - found.widths_hz) * np.pi
    m = found.intensities @ np.exp(np.outer(exponents, GRID.times_s))
    assert np.abs(m - simulate(system, GRID, "liouville-dense", ("m",)).m).max() < 1e-9


def test_outer_lines_of_a_quartet_are_wider() -> None:
    """Cross correlation of the dipoles of a methyl group: an effect of the whole Redfield matrix."""
    quartet = load_molecule("alanine").peaks(mhz=600, relaxation={"model": "redfield", "tau_c_s": 2e-10}).multiplets[1]
    assert quartet.spins == ("HA",)
    first, second, third, fourth = (peak.width_hz for peak in quartet.peaks)
    assert first == pytest.approx(fourth, rel=1e-3)
    assert second == pytest.approx(third, rel=1e-3)
    assert first is not None
    assert second is not None
    assert first > 1.2 * second
    assert quartet.integral == pytest.approx(1.0, abs=1e-3)


def test_without_relaxation_lines_have_no_width() -> None:
    molecule = load_molecule("alanine")
    still, slow = molecule.peaks(mhz=600), molecule.peaks(mhz=600, relaxation={"model": "damp", "damp_rate_per_s": 0.0})
    for one, other in zip(still.multiplets, slow.multiplets, strict=True):
        assert [peak.width_hz for peak in one.peaks] == [None] * len(one.peaks)
        for here, there in zip(one.peaks, other.peaks, strict=True):
            assert here.offset_hz == pytest.approx(there.offset_hz, abs=0.05)
            assert here.intensity == pytest.approx(there.intensity, abs=0.02)
            assert there.width_hz == pytest.approx(0.0, abs=1e-9)


def test_the_command_gives_widths(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("alanine", "--mhz", 600, "--relaxation", "t1_t2", "--r1-per-s", 1, "--r2-per-s", 3)
    assert peaks_command(*options) == 0
    assert "full width at half height" in (predicted := capsys.readouterr().out)
    assert predicted.count(" Hz wide") == 6
    assert peaks_command(*options, "--csv") == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert peaks_command(*options, "--json") == 0
    lines = [line for one in json.loads(capsys.readouterr().out)["multiplets"] for line in one["lines"]]
    assert [float(row["width_hz"]) for row in rows] == [line["width_hz"] for line in lines]
    assert peaks_command("alanine", "--mhz", 600, "--csv") == 0
    assert "width_hz" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "requested", "words"),
    [
        ("valine", T1_T2, "listed up to 6 spins, it has 8; take the highest lines of a spectrum"),
        ("alanine", {"model": "redfield", "tau_c_s": 1e-10, "rlx_keep": "labframe"}, "joins coherence orders"),
    ],
)
def test_what_has_no_list_is_refused_in_one_line(name: str, requested: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load_molecule(name).peaks(mhz=600, relaxation=requested)
    assert "\n" not in str(caught.value)


def test_a_spectrum_of_a_molecule_that_relaxes() -> None:
    """The highest point of a single line of width w and area A is 2A/(πw); no second decay is added."""
    glycine = load_molecule("glycine")
    narrow, wide = (
        np.real(glycine.spectrum(mhz=400, relaxation={"model": "damp", "damp_rate_per_s": rate}).intensity).max()
        for rate in (8.0, 16.0)
    )
    assert narrow == pytest.approx(2 * wide, rel=0.03)  # with T2 = 0.5 s on top it would be 1.8 times
