"""Bruker raw data, written in the instrument's format here: right, or refused by the name of the parameter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.spins.exchange.bruker import read_bruker
from harness.tasks.spins.exchange.digital_filter import group_delay, without_group_delay
from harness.tasks.spins.exchange.measured_fid import MeasuredFid
from tests.exchange.bruker_files import (
    ACQUS,
    BASE_MHZ,
    COUPLING_HZ,
    MOLECULE,
    POINTS,
    SWEEP_HZ,
    acqus,
    experiment,
    filtered,
    sampled,
    stored,
)


def off_by(fid: MeasuredFid, margin: int = 60) -> float:
    """Largest error of the samples, ``margin`` from either end, by the decay that was put in; one factor is free."""
    due = sampled(fid.grid.points)
    factor = np.vdot(due, fid.signal) / np.vdot(due, due)
    return float(np.max(np.abs(fid.signal / factor - due)[margin : len(due) - margin]))


# The filter's own edge at half the sweep rings at 3e-3; a delay that is wrong by 0.02 samples would give 1.5e-2.
FILTERED = 5e-3


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    fid = read_bruker(experiment(tmp_path / "1", O1=2350.0, SFO1=BASE_MHZ + 2350e-6))
    assert (fid.grid.points, fid.grid.dt_s) == (POINTS, 1 / SWEEP_HZ)
    assert (fid.larmor_hz, fid.carrier_ppm) == (BASE_MHZ * 1e6, 2350.0 / BASE_MHZ)
    assert (fid.isotope, fid.temperature_k, fid.name, fid.group_delay) == ("1H", 298.0, "1", 0.0)
    assert off_by(fid, 0) < 1e-8
    assert np.abs(fid.signal).max() == pytest.approx(1, abs=1e-15)
    assert not fid.signal.flags.writeable


@pytest.mark.parametrize("kind", ["<i4", ">i4", "<f8", ">f8"])
def test_every_byte_order_and_type(tmp_path: Path, kind: str) -> None:
    assert off_by(read_bruker(experiment(tmp_path / "1", kind=kind)), 0) < 1e-8


def test_the_byte_order_is_not_guessed(tmp_path: Path) -> None:
    """Negative control: data written in the other order are another signal."""
    assert off_by(read_bruker(experiment(tmp_path / "1", kind=">i4", BYTORDA=0)), 0) > 0.5


@pytest.mark.parametrize("points", [700, 640, 4096])
def test_padding_is_no_signal(tmp_path: Path, points: int) -> None:
    folder = experiment(tmp_path / "1", sampled(points))
    content = (folder / "fid").read_bytes()
    (folder / "fid").write_bytes(content + b"\x7f" * (-len(content) % 1024))
    fid = read_bruker(folder)
    assert fid.grid.points == points
    assert off_by(fid, 0) < 1e-8


@pytest.mark.parametrize("delay", [67.5, 67 + 59 / 60, 76.2, 70 + 1 / 6, 46.0, 2.75])
def test_the_whole_delay_is_taken_off(tmp_path: Path, delay: float) -> None:
    fid = read_bruker(experiment(tmp_path / "1", filtered(delay), GRPDLY=repr(delay), DECIM=4000))
    assert fid.group_delay == delay
    assert fid.grid.points == POINTS - int(np.ceil(delay))
    assert off_by(fid) < FILTERED


def test_a_delay_without_its_fraction_is_seen(tmp_path: Path) -> None:
    """Negative control of the test above: 67 samples taken off where the filter delays by 67.983."""
    fid = read_bruker(experiment(tmp_path / "1", filtered(67 + 59 / 60), GRPDLY=67))
    assert off_by(fid) > 20 * FILTERED


def test_a_whole_delay_is_a_cut() -> None:
    late = filtered(46.0)
    np.testing.assert_allclose(without_group_delay(late, 46.0), late[46:], atol=1e-12)
    np.testing.assert_array_equal(without_group_delay(late, 0.0).shape, late.shape)


def test_a_decay_that_is_cut_short_rings_at_its_end_only(tmp_path: Path) -> None:
    """0.14 s of a decay with T2 = 0.27 s: 1 % and less from 60 samples before its end on."""
    assert off_by(read_bruker(experiment(tmp_path / "1", filtered(67.5, 700), GRPDLY=67.5))) < 1e-2


@pytest.mark.parametrize(
    ("firmware", "decimation", "delay"), [(10, 24, 61 + 1 / 48), (12, 24, 70 + 1 / 6), (13, 4, 2.875)]
)
def test_delays_of_older_receivers(tmp_path: Path, firmware: int, decimation: int, delay: float) -> None:
    """By the table: GRPDLY missing, -1 or 0."""
    signal = filtered(round(delay * 60) / 60)
    for stated in (None, -1, 0):
        folder = experiment(tmp_path / str(stated), signal, DSPFVS=firmware, DECIM=decimation, GRPDLY=stated)
        if stated is None:
            text = (folder / "acqus").read_bytes()
            (folder / "acqus").write_bytes(text.replace(b"##$GRPDLY= None\n", b""))
        fid = read_bruker(folder)
        assert fid.group_delay == pytest.approx(delay, abs=1e-12)
        # 1/48 is not a multiple of 1/60: the filter made here is then late by up to 1/120 of a sample.
        assert off_by(fid) < 3 * FILTERED


def test_the_table_is_that_of_another_program(tmp_path: Path) -> None:
    bruker = pytest.importorskip("nmrglue.fileio.bruker", reason="nmrglue (extra nmr) is not installed")
    from harness.tasks.spins.exchange.bruker_parameters import read_parameters

    for firmware, row in bruker.bruker_dsp_table.items():
        for decimation, delay in row.items():
            path = tmp_path / "acqus"
            path.write_bytes(acqus({"DSPFVS": firmware, "DECIM": decimation, "GRPDLY": -1}))
            assert group_delay(read_parameters(path)) == pytest.approx(delay, abs=1e-10)


@pytest.mark.parametrize(
    "changes",
    [
        {"DSPFVS": 0, "DECIM": 1, "GRPDLY": -1},
        {"DSPFVS": -1, "DECIM": 1, "GRPDLY": -1},
        {"DSPFVS": 12, "DECIM": 32, "GRPDLY": -1},
        {"DSPFVS": 20, "DECIM": 4000, "GRPDLY": 67.98},
    ],
)
def test_where_no_filter_ran_there_is_no_delay(tmp_path: Path, changes: dict) -> None:
    """DIGMOD 0 switches it off, whatever an earlier experiment left in the other parameters."""
    fid = read_bruker(experiment(tmp_path / "1", DIGMOD=0, **changes))
    assert fid.group_delay == 0
    assert off_by(fid, 0) < 1e-8


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    folder = experiment(tmp_path / "räum")
    text = acqus({"AUNM": "<für_é>"}).decode().replace("written by a test", "Jürgen")
    (folder / "acqus").write_bytes(text.replace("\n", end).encode(encoding))
    assert off_by(read_bruker(folder), 0) < 1e-8


def test_the_locale_has_no_say(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1")
    (folder / "acqus").write_bytes(acqus().replace(b"written by a test", "Jürgen".encode("cp1252")))
    code = (
        "import sys; from harness.tasks.spins.exchange.bruker import read_bruker; "
        "print(read_bruker(sys.argv[1]).grid.points)"
    )
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == POINTS


LAYOUTS = {
    "blank line": ("##$TD= 8192\n", "##$TD= 8192\n\n\n"),
    "comment line": ("##$TD= 8192\n", "$$ here\n##$TD= 8192\n$$ there\n"),
    "comment behind": ("##$TD= 8192\n", "##$TD= 8192 $$ both channels\n"),
    "spaces": ("##$TD= 8192\n", "##$TD =   8192  \n"),
    "no space": ("##$TD= 8192\n", "##$TD=8192\n"),
    "value on its own line": ("##$NUC1= <1H>\n", "##$NUC1=\n<1H>\n"),
    "array": ("##$NS= 8\n", "##$D= (0..3)\n0 1.5\n2 TD=7\n##$NS= 8\n"),
    "long text": ("##$NS= 8\n", "##$INFO= <one\ntwo\n TD= 5>\n##$NS= 8\n"),
    "twice alike": ("##$TD= 8192\n", "##$TD= 8192\n##$TD= 8192\n"),
    "no end": ("##END=\n", ""),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_layouts_of_the_parameter_file(tmp_path: Path, case: str) -> None:
    folder = experiment(tmp_path / "1")
    old, new = LAYOUTS[case]
    text = acqus().decode()
    assert old in text
    (folder / "acqus").write_bytes(text.replace(old, new).encode())
    assert off_by(read_bruker(folder), 0) < 1e-8


def test_what_lies_next_to_is_not_looked_at(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1")
    (folder / "acqu2s").write_bytes(b"##TITLE= left over\n##$TD= 4\n##END=\n")
    (folder / "pulseprogram").write_bytes(bytes(range(256)))
    (folder / "pdata").mkdir()
    assert off_by(read_bruker(folder), 0) < 1e-8


def test_the_nucleus_of_older_consoles(tmp_path: Path) -> None:
    carbon = {"NUCLEUS": "<13C>", "BF1": 125.76, "SFO1": 125.76}
    assert read_bruker(experiment(tmp_path / "1", without=("NUC1",), **carbon)).isotope == "13C"
    assert read_bruker(experiment(tmp_path / "2", NUC1="<off>", **carbon)).isotope == "13C"
    assert read_bruker(experiment(tmp_path / "3", NUC1="<1H>", NUCLEUS="<off>")).isotope == "1H"


def test_the_carrier_where_only_its_frequency_is_stated(tmp_path: Path) -> None:
    fid = read_bruker(experiment(tmp_path / "1", without=("O1",), SFO1=repr(BASE_MHZ + 2350e-6)))
    assert fid.carrier_ppm == pytest.approx(2350.0 / BASE_MHZ, abs=1e-6)


MISSING = {
    name: f"parameter {name} is missing" for name in ("AQ_mod", "BF1", "BYTORDA", "DTYPA", "DIGMOD", "SW_h", "TD")
}


@pytest.mark.parametrize("name", MISSING)
def test_a_fact_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    refused(experiment(tmp_path / "1", without=(name,)), MISSING[name])


CONTRADICTIONS = {
    "no nucleus": ({"NUC1": "<off>"}, "NUC1 and NUCLEUS are missing or off"),
    "carbon said to be protons": ({"BF1": 125.76, "SFO1": 125.76}, "13C in a 500 MHz magnet, but the nucleus .* is 1H"),
    "protons said to be carbon": ({"NUC1": "<13C>"}, "1H in a 500 MHz magnet, but the nucleus .* is 13C"),
    "carrier": ({"SFO1": BASE_MHZ + 1e-3}, "SFO1 - BF1 = 1000.0 Hz, but O1 = 0.0 Hz"),
    "zero frequency": ({"BF1": 0}, "BF1 = 0.0 must be a positive number"),
    "sweep of words": ({"SW_h": "<none>"}, "SW_h = '<none>' must be a finite number"),
    "decimal comma": ({"SW_h": "5000,5"}, "SW_h = '5000,5' must be a finite number"),
    "not finite": ({"O1": "nan"}, "O1 = 'nan' must be a finite number"),
    "beyond floats": ({"O1": "1e400"}, "O1 = '1e400' must be a finite number"),
    "TD of words": ({"TD": "many"}, "TD = 'many' must be a whole number"),
    "TD of 400 digits": ({"TD": "9" * 400}, "TD = '9999"),
    "TD odd": ({"TD": 8191}, "TD = 8191 must be even"),
    "TD too large": ({"TD": 8194}, "32768 bytes where TD = 8194 makes 32776 .* cut short"),
    "TD too small": ({"TD": 4096}, "32768 bytes where TD = 4096 makes 16384 .* it is not known which"),
    "byte order": ({"BYTORDA": 2}, "BYTORDA = 2 is not read"),
    "type": ({"DTYPA": 1}, "DTYPA = 1 is not read"),
    "type of twice the size": ({"DTYPA": 2}, "TD = 8192 makes 65536"),
    "sequential": ({"AQ_mod": 2}, "AQ_mod = 2, sequential acquisition"),
    "one channel": ({"AQ_mod": 0}, "AQ_mod = 0, one channel"),
    "two dimensions": ({"PARMODE": 1}, "PARMODE = 1 is a measurement of 2 dimensions"),
    "filter mode": ({"DIGMOD": 7}, "DIGMOD = 7 is not a known mode"),
    "firmware": ({"DSPFVS": 9, "GRPDLY": -1}, "DSPFVS = 9 is not in the table"),
    "decimation": ({"DSPFVS": 12, "DECIM": 5, "GRPDLY": -1}, "DECIM = 5 is not in the table"),
    "new receiver": ({"GRPDLY": -1}, "GRPDLY = -1, but with DSPFVS = 20"),
    "delay beyond the signal": ({"GRPDLY": 4095}, "delay of 4095 samples leaves nothing of 4096"),
    "twice": ({"TD": "8192\n##$TD= 4096"}, "TD is there twice, as '8192' and '4096'"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_what_cannot_be_decided_is_named(tmp_path: Path, case: str) -> None:
    changes, words = CONTRADICTIONS[case]
    refused(experiment(tmp_path / "1", **changes), words)


def refused(folder: Path, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_bruker(folder)
    message = str(caught.value)
    assert "\n" not in message
    assert repr(str(folder))[1:-1] in message
    assert len(message) < 600


def test_samples_that_are_no_measurement(tmp_path: Path) -> None:
    bad = sampled()
    bad[100] = complex(np.nan, 1)
    refused(experiment(tmp_path / "1", bad, kind="<f8"), "complex sample 100 .* holds nan, which is not finite")
    folder = experiment(tmp_path / "2")
    (folder / "fid").write_bytes(bytes(32768))
    refused(folder, "every one of the 4096 samples is zero")
    for k, size in enumerate((0, 1000, 32767, 32769)):
        folder = experiment(tmp_path / f"short{k}")
        (folder / "fid").write_bytes((stored(sampled()) + b"1")[:size])
        refused(folder, f"{size} bytes where TD = 8192 makes 32768")


def test_large_floats_do_not_overflow(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1", kind="<f8")
    (folder / "fid").write_bytes(stored(1e308 * sampled(), "<f8"))
    assert off_by(read_bruker(folder), 0) < 1e-12


@pytest.mark.parametrize("content", [bytes(range(256)), b"", b"no parameters\n", acqus().decode().encode("utf-16")])
def test_files_that_are_no_parameters(tmp_path: Path, content: bytes) -> None:
    folder = experiment(tmp_path / "1")
    (folder / "acqus").write_bytes(content)
    refused(folder, "null bytes|no line begins with '##'")


FOREIGN = {
    "Varian": (["procpar", "fid"], "Varian or Agilent data"),
    "Magritek": (["data.1d", "acqu.par"], "Magritek"),
    "processed": (["1r", "1i", "procs"], "processed Bruker data .* two levels up"),
    "two dimensions": (["ser", "acqus", "acqu2s"], "two or more dimensions"),
    "processed two dimensions": (["2rr"], "processed two-dimensional"),
    "experiments": (["10/fid", "10/acqus", "11/acqus"], "holds experiments .10, 11.; give one of them"),
    "planned only": (["fid", "acqu"], "no file 'acqus'"),
    "no fid": (["acqus"], "no file 'fid'"),
    "empty": ([], "give the folder of a 1D Bruker experiment"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_other_data_are_reported_by_name(tmp_path: Path, case: str) -> None:
    names, words = FOREIGN[case]
    folder = tmp_path / "data"
    folder.mkdir()
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"##$TD= 4\n")
    refused(folder, words)


def test_paths_that_are_no_folder(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1")
    refused(tmp_path / "nowhere", "there is no such folder")
    refused(folder / "fid", "is a file; give the folder that it is in")
    jeol = tmp_path / "a.jdf"
    jeol.write_bytes(b"JEOL.NMR")
    refused(jeol, "JEOL data")
    refused(tmp_path / ("a" * 300), "cannot be read")


def test_fitted_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """End to end: J of filtered, analogue and cp1252 data within 0.0005 Hz, both phases 0.30 rad."""
    from harness.cli import main

    (tmp_path / "start.toml").write_text(MOLECULE, encoding="utf-8")
    folders = [
        experiment(tmp_path / "filtered", filtered(67 + 59 / 60), GRPDLY=67 + 59 / 60),
        experiment(tmp_path / "analogue", DIGMOD=0, DSPFVS=12, DECIM=32, GRPDLY=-1),
        experiment(tmp_path / "text", OWNER="<J\u00fcrgen>"),
    ]
    for folder in folders:
        with pytest.raises(SystemExit):
            main(["fit", str(folder), "--molecule", str(tmp_path / "start.toml"), "--json"])
        found = json.loads(capsys.readouterr().out)
        coupling = next(p["value"] for p in found["parameters"] if p["name"].startswith("J"))
        assert coupling == pytest.approx(COUPLING_HZ, abs=5e-4)
        assert [m["phase_rad"] for m in found["multiplets"]] == pytest.approx([0.3, 0.3], abs=0.03)


def test_read_by_another_program(tmp_path: Path) -> None:
    """The files written here are Bruker's: nmrglue reads the same samples from them."""
    bruker = pytest.importorskip("nmrglue.fileio.bruker", reason="nmrglue (extra nmr) is not installed")
    facts, raw = bruker.read(str(experiment(tmp_path / "1")), read_pulseprogram=False)
    np.testing.assert_allclose(raw / np.abs(raw).max(), read_bruker(tmp_path / "1").signal, atol=1e-12)
    assert {name: facts["acqus"][name] for name in ("TD", "BF1", "NUC1")} == {
        "TD": 2 * POINTS, "BF1": ACQUS["BF1"], "NUC1": "1H",
    }  # fmt: skip
