"""Peak lists: integrals, positions, the three forms they are printed in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import SpinSystem, load_molecule
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.spectra.peak_text import peak_text
from harness.tasks.spins.spectra.peaks import LEAST, merged, peak_list


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in ("peaks", *arguments)])
    return int(ended.value.code or 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1), st.sampled_from([5.0, 60.0, 600.0]))
def test_integrals_sum_to_the_number_of_observed_spins(spins: int, seed: int, span_hz: float) -> None:
    """Whatever the coupling is; the tolerance of the line list is 1e-9 of the intensity."""
    rng = np.random.default_rng(seed)
    couplings = np.triu(rng.uniform(-15, 15, (spins, spins)) * (rng.random((spins, spins)) < 0.7), 1)
    isotopes = ["1H", *rng.choice(["1H", "13C", "15N"], spins - 1)]
    system = SpinSystem(rng.uniform(-span_hz, span_hz, spins), couplings + couplings.T, isotopes=isotopes)
    found = peak_list(system)
    assert sum(one.integral for one in found.multiplets) == pytest.approx(isotopes.count("1H"), abs=1e-7)
    named = sorted(label for one in found.multiplets for label in one.spins)
    assert named == sorted(system.labels[k] for k in system.observed_spins)
    for one in found.multiplets:
        assert sum(peak.intensity for peak in one.peaks) <= one.integral * (1 + 1e-12)
        assert min(peak.intensity for peak in one.peaks) >= LEAST * max(peak.intensity for peak in one.peaks)


@pytest.mark.parametrize("name", ["valine", "bmse000052", "leucine", "bmse000545", "glycine-13c"])
def test_integrals_of_molecules(name: str) -> None:
    system = load_molecule(name).at(14.1)
    found = peak_list(system)
    assert sum(one.integral for one in found.multiplets) == pytest.approx(len(system.observed_spins), abs=1e-6)
    assert found.observed_spins == len(system.observed_spins)


def test_a_pair_is_the_textbook_ab_quartet() -> None:
    """Lines at ±(W ± J)/2 with W = √(D² + J²), intensities (1 ∓ J/W)/2 (M. H. Levitt, Spin Dynamics (2008), ch. 14)."""
    offset, j = 12.0, 7.0
    found = peak_list(SpinSystem([offset / 2, -offset / 2], [[0, j], [j, 0]]), 1e-3)
    peaks = [peak for multiplet in found.multiplets for peak in multiplet.peaks]
    width = np.hypot(offset, j)
    np.testing.assert_allclose(
        [peak.offset_hz for peak in peaks],
        [-(width + j) / 2, -(width - j) / 2, (width - j) / 2, (width + j) / 2],
        atol=1e-9,
    )
    weak, strong = (1 - j / width) / 2, (1 + j / width) / 2
    np.testing.assert_allclose([peak.intensity for peak in peaks], [weak, strong, strong, weak], atol=1e-9)


def test_multiplets_of_valine() -> None:
    """Two methyl groups of three protons, one multiplet of HB and one of HA, at their shifts to second order."""
    molecule = load_molecule("valine")
    found = molecule.peaks(mhz=600)
    assert found.axis is not None
    shifts = dict(zip(molecule.labels, molecule.shifts_ppm, strict=True))
    assert [len(one.spins) for one in found.multiplets] == [3, 3, 1, 1]
    for one in found.multiplets:
        assert one.integral == pytest.approx(len(one.spins), abs=2e-3)
        assert found.axis.ppm(one.centre_hz) == pytest.approx(shifts[one.spins[0]], abs=1e-3)
        low, high = one.range_hz
        assert low <= one.centre_hz <= high
    assert [len(one.peaks) for one in found.multiplets[:2]] == [2, 2]
    assert repr(found).startswith("PeakList('L-valine', 1H, 4 multiplets, ")
    assert len(found.between(1.2, 0.8)) == 2
    assert len(found.between(5.0, 6.0)) == 0
    assert peak_text(found.between(5.0, 6.0)) == "no lines here\n"


def test_merging_never_makes_a_line_wider_than_the_resolution() -> None:
    """A ladder of lines each within the resolution of the next is several lines, not one."""
    frequency = np.arange(200) / 16
    place, total = merged(frequency, np.ones(200), 0.25)
    assert total.tolist() == [5.0] * 40
    np.testing.assert_allclose(place, 0.125 + np.arange(40) * 5 / 16)


def test_text_csv_and_json_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("valine", "--mhz", 600) == 0
    text = capsys.readouterr().out
    assert run("valine", "--mhz", 600, "--csv") == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert run("valine", "--mhz", 600, "--json") == 0
    content = json.loads(capsys.readouterr().out)
    lines = [line for one in content["multiplets"] for line in one["lines"]]
    assert [(float(row["ppm"]), float(row["offset_hz"]), float(row["intensity"])) for row in rows] == [
        (line["ppm"], line["offset_hz"], line["intensity"]) for line in lines
    ]
    assert content["observed_spins"] == 8
    assert sum(one["integral"] for one in content["multiplets"]) == pytest.approx(8, abs=1e-6)
    assert content["larmor_hz"] == pytest.approx(6e8)
    centres = [one["centre_ppm"] for one in content["multiplets"]]
    assert centres == sorted(centres, reverse=True)
    for one in content["multiplets"]:
        row = f"{one['centre_ppm']:.4f} ppm ({one['high_ppm']:.4f} to {one['low_ppm']:.4f}), integral "
        assert f"{row}{one['integral']:.4f}: {' '.join(one['spins'])}" in text
    assert sum(" Hz" in line for line in text.splitlines()) == len(lines)
    assert text.startswith("L-valine, 1H at 600 MHz: 4 multiplets, 8 spins in the whole\n")


def test_a_range_shows_whole_multiplets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("valine", "--mhz", 600, "--ppm", "1.2:1.038", "--json") == 0
    [one] = json.loads(capsys.readouterr().out)["multiplets"]
    assert one["integral"] == pytest.approx(3, abs=2e-3)
    assert one["low_ppm"] < 1.038


def test_offsets_without_a_field_are_in_hz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pair.toml"
    path.write_text("offsets_hz = [100.0, -100.0]\ncouplings_hz = [[0, 7.2], [7.2, 0]]\n", encoding="utf-8")
    assert run(path) == 0
    assert "99.935 Hz (103.665 to 96.465), integral 1.0000: S1" in capsys.readouterr().out
    assert run(path, "--csv") == 0
    assert capsys.readouterr().out.startswith("multiplet,centre_hz,integral,offset_hz,intensity\n1,")
    assert run(path, "--json") == 0
    content = json.loads(capsys.readouterr().out)
    assert content["larmor_hz"] is None
    assert content["multiplets"][0]["centre_ppm"] is None
    assert run(path, "--ppm", "1:2") == 2
    assert "offsets in Hz and no field" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("kryptonite",), "molecule 'kryptonite' is unknown"),
        (("bmse000015",), "systems of the library have this name: write bmse000015_"),
        (("valine", "--json", "--csv"), "one of them prints; keep one"),
        (("valine", "--mhz", "600", "--field-t", "14.1"), "keep one of them"),
        (("valine", "--resolution-hz", "0"), "resolution_hz = 0.0"),
        (("valine", "--resolution-hz", "nan"), "resolution_hz = nan"),
        (("valine", "--ppm", "a:b"), "is not LOW:HIGH"),
        ((), "Missing argument"),
    ],
)
def test_refusals(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert len(printed.err.strip().splitlines()) == 1


def test_what_does_not_fit_into_memory_is_refused_with_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.memory.available_memory_bytes", lambda: 1 << 27)
    rng = np.random.default_rng(3)
    couplings = np.triu(rng.uniform(1, 9, (14, 14)), 1)
    with pytest.raises(InputError, match=r"a part of 14 spins needs about .*--method grown-cluster"):
        peak_list(SpinSystem(rng.uniform(-900, 900, 14), couplings + couplings.T))
