"""Further inputs of the kinds of fault that readers and writers had, thought of after they were mended.

Each is right, by the value that was put in, or is refused in one line that names the cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.exchange.bruker import read_bruker
from harness.tasks.spins.exchange.gissmo_xml import read_gissmo_xml
from harness.tasks.spins.exchange.jcamp import jcamp_of
from harness.tasks.spins.exchange.spinxml import read_spinxml, spinxml_of
from harness.tasks.spins.spectra import Spectrum, spectrum_of
from harness.tasks.spins.systems.system_file import load_toml
from tests.exchange.bruker_files import BASE_MHZ, MOLECULE, experiment, filtered, sampled
from tests.exchange.test_bruker import FILTERED, off_by
from tests.exchange.test_xml import GISSMO_1


def rewritten(folder: Path, change: Callable[[bytes], bytes], name: str = "acqus") -> Path:
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    return folder


def titled(folder: Path, title: bytes) -> Path:
    return rewritten(experiment(folder), lambda content: content.replace(b"written by a test", title))


MEASURED: dict[str, tuple[Callable[[Path], Path], float]] = {
    "a table's delay of 71 2/3, big endian": (
        lambda at: experiment(at, filtered(71 + 2 / 3), ">i4", ("GRPDLY",), DSPFVS=11, DECIM=384), FILTERED,
    ),
    "the oldest firmware": (lambda at: experiment(at, filtered(44.75), DSPFVS=10, DECIM=2, GRPDLY=-1), FILTERED),
    "baseopt with a whole delay": (lambda at: experiment(at, filtered(76.0), DIGMOD=3, GRPDLY=76), FILTERED),
    "homodecoupling with half a sample": (lambda at: experiment(at, filtered(59.5), DIGMOD=2, GRPDLY=59.5), FILTERED),
    "a delay with an exponent": (lambda at: experiment(at, filtered(67.75), GRPDLY="6.775E+01"), FILTERED),
    "a short filter": (lambda at: experiment(at, filtered(2 + 59 / 60), GRPDLY=2 + 59 / 60), FILTERED),
    "analogue with a delay left over": (lambda at: experiment(at, DIGMOD=0, GRPDLY=76, DSPFVS=20), 1e-8),
    "analogue without any parameter of a filter": (
        lambda at: experiment(at, without=("GRPDLY", "DSPFVS", "DECIM"), DIGMOD=0), 1e-8,
    ),
    "a title in Mac Roman": (lambda at: titled(at, "Zoë".encode("mac_roman")), 1e-8),
    "a title in Shift JIS": (lambda at: titled(at, "表示能".encode("shift_jis")), 1e-8),
    "a title with a form feed and a next-line byte": (lambda at: titled(at, b"a\x0cb\x85c\x1cd"), 1e-8),
    "a title that quotes a record": (lambda at: titled(at, b"like ##$TD= 4 there"), 1e-8),
    "no line end at the end": (lambda at: rewritten(experiment(at), bytes.rstrip), 1e-8),
    "tabs for spaces": (lambda at: rewritten(experiment(at), lambda c: c.replace(b"= ", b"=\t")), 1e-8),
    "floats in padded blocks": (
        lambda at: rewritten(experiment(at, sampled(700), ">f8"), lambda c: c + bytes(-len(c) % 1024), "fid"), 1e-8,
    ),
    "simultaneous acquisition": (lambda at: experiment(at, AQ_mod=1), 1e-8),
    "a ser left over": (lambda at: rewritten(others(experiment(at), "ser"), bytes), 1e-8),
    "fluorine": (lambda at: experiment(at, NUC1="<19F>", BF1=470.59, SFO1=470.59), 1e-8),
    "a nucleus with spaces": (lambda at: experiment(at, NUC1="< 1H >", NUCLEUS="<13C>"), 1e-8),
    "a minus before zero": (lambda at: experiment(at, O1="-0.0"), 1e-8),
}  # fmt: skip


def others(folder: Path, name: str) -> Path:
    (folder / name).write_bytes(b"left over")
    return folder


@pytest.mark.parametrize("case", MEASURED)
def test_measured_data_are_right(tmp_path: Path, case: str) -> None:
    make, limit = MEASURED[case]
    assert off_by(read_bruker(make(tmp_path / "exp"))) < limit


def molecule(content: bytes) -> Callable[[Path], object]:
    def read(at: Path) -> object:
        path = at.with_suffix(".toml")
        path.write_bytes(content)
        return load_toml(path)

    return read


def xml(content: str | bytes, reader: Callable[[Path], object]) -> Callable[[Path], object]:
    def read(at: Path) -> object:
        path = at.with_suffix(".xml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reader(path)

    return read


SPINXML = spinxml_of(load_molecule("alanine"))
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a delay of a billion": (lambda at: read_bruker(experiment(at, GRPDLY="1e9")), "leaves nothing of 4096"),
    "a delay before zero": (lambda at: read_bruker(experiment(at, GRPDLY=-3.5)), "GRPDLY = -3.5, but with DSPFVS = 20"),
    "a delay that is no number": (lambda at: read_bruker(experiment(at, GRPDLY="nan")), "GRPDLY = 'nan'"),
    "a mode below zero": (lambda at: read_bruker(experiment(at, DIGMOD=-1)), "DIGMOD = -1"),
    "a fraction of a decimation": (
        lambda at: read_bruker(experiment(at, DSPFVS=12, DECIM=16.5, GRPDLY=-1)), "DECIM = '16.5' must be a whole",
    ),
    "a text that goes over a record": (
        lambda at: read_bruker(experiment(at, AUNM="<one\n##$TD= 4\n>")), "TD is there twice, as '4",
    ),
    "carbon at 300 MHz said to be protons": (
        lambda at: read_bruker(experiment(at, BF1=75.47, SFO1=75.47)), "13C in a 300 MHz magnet",
    ),
    "both nuclei off": (lambda at: read_bruker(experiment(at, NUC1="<off>", NUCLEUS="<OFF>")), "missing or off"),
    "a carrier of another megahertz": (lambda at: read_bruker(experiment(at, SFO1=BASE_MHZ + 1)), "SFO1 - BF1"),
    "TD with a decimal point": (lambda at: read_bruker(experiment(at, TD="8192.0")), "TD = '8192.0' must be a whole"),
    "TD below zero": (lambda at: read_bruker(experiment(at, TD=-8192)), "TD = -8192 must be even and at least 2"),
    "a line end added by a text editor": (
        lambda at: read_bruker(rewritten(experiment(at), lambda c: c + b"\n", "fid")), "32769 bytes",
    ),
    "minus infinity at the very end": (
        lambda at: read_bruker(rewritten(
            experiment(at, kind="<f8"), lambda c: c[:-8] + np.float64(-np.inf).tobytes(), "fid",
        )), "complex sample 4095 .* holds -inf",
    ),
    "an array where a number is due": (
        lambda at: read_bruker(experiment(at, SW_h="(0..1)\n5000 5000")), "SW_h = '.*' must be a finite number",
    ),
    "GISSMO with other quotes": (
        xml(GISSMO_1.replace('"-12.25"', "'-12.25'"), read_gissmo_xml), "must be from_index, to_index and value",
    ),
    "GISSMO of version 1.1": (xml(GISSMO_1.replace("<version>1", "<version>1.1"), read_gissmo_xml), "version '1.1'"),
    "SpinXML in UTF-16": (xml(SPINXML.replace("utf-8", "utf-16").encode("utf-16"), read_spinxml), "is UTF-16 text"),
    "SpinXML in a namespace": (
        xml(SPINXML.replace("<spin_system>", '<spin_system xmlns="urn:x">'), read_spinxml), "root element '{urn:x}spin",
    ),
    "a molecule in UTF-32": (molecule(MOLECULE.encode("utf-32")), "is UTF-32 text"),
    "a molecule in UTF-16 without its mark": (molecule(MOLECULE.encode("utf-16-be")), "null bytes, as UTF-16"),
    "a molecule in Latin-1": (
        molecule(MOLECULE.replace('"two"', '"zwei für"').encode("latin-1")), "byte 0xfc in line 2",
    ),
    "a molecule whose mark is there twice": (molecule(2 * b"\xef\xbb\xbf" + MOLECULE.encode()), "is not valid TOML"),
    "rk4 with a dwell time of a second": (
        lambda at: simulate(SpinSystem([0.2, -0.3], [[0, 9.0], [9.0, 0]]), TimeGrid(99, 1.0), "rk4"), "are unstable",
    ),
    "Euler": (
        lambda at: simulate(SpinSystem([40.0], [[0.0]]), TimeGrid(3000, 1e-3), "rk4", integrator="euler"), "unstable",
    ),
    "a spectrum that holds an infinity": (
        lambda at: jcamp_of(Spectrum(np.arange(3.0), np.array([0, np.inf, 0]), 6e8), "x"), r"spectrum\[1\] = inf",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(tmp_path: Path, case: str) -> None:
    call, words = REFUSED[case]
    with pytest.raises(InputError, match=words) as caught:
        call(tmp_path / "exp")
    assert "\n" not in str(caught.value)


MARKED = b"\xef\xbb\xbf"


def test_marks_and_line_ends(tmp_path: Path) -> None:
    pair = molecule(MARKED + MOLECULE.replace("\n", "\r\n").encode())(tmp_path / "a")
    assert pair.couplings_hz[0, 1] == 7.0  # type: ignore[attr-defined]
    gissmo = xml(MARKED + GISSMO_1.replace("\n", "\r\n").encode(), read_gissmo_xml)(tmp_path / "b")
    assert gissmo.shifts_ppm.tolist() == [7.1, 4.2, -0.5]  # type: ignore[attr-defined]
    comment = xml(GISSMO_1.replace("<cs>7", "<!-- <cs>9</cs> --><cs>7"), read_gissmo_xml)(tmp_path / "c")
    assert comment.shifts_ppm.tolist() == [7.1, 4.2, -0.5]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("isotope", "carrier_ppm", "dt_s"), [("15N", 117.3, 1e-3), ("31P", -2.2, 7e-5), ("1H", 4.7, 3e-4)]
)
def test_every_abscissa_of_a_table(isotope: str, carrier_ppm: float, dt_s: float) -> None:
    grid = TimeGrid(777, dt_s)
    signal = np.exp((2j * np.pi * 31.0 - 9.0) * grid.times_s)
    text = jcamp_of(spectrum_of(signal, grid, None, 1, 9.4, carrier_ppm, isotope), "5$$$$ / cost", isotope)
    head, table = text.split("(X++(Y..Y))\n")
    records = dict(re.findall(r"^##([^=]+)= (.*)$", head, flags=re.M))
    assert "$$" not in records["TITLE"]
    step, count = float(records["DELTAX"]), 0
    for line in table.splitlines()[:-1]:
        x, *values = re.findall(r"[+-]?[\d.]+", line)
        assert float(x) == pytest.approx(float(records["FIRSTX"]) + count * step, abs=1e-3 * abs(step))
        count += len(values)
    assert count == int(records["NPOINTS"])
