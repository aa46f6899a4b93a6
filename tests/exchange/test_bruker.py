"""Bruker raw data: written in the instrument's format here, read back through nmrglue."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.exchange.bruker import read_bruker

POINTS, SWEEP_HZ, BASE_MHZ, O1_HZ = 512, 5000.0, 500.0, 2350.0


def experiment(folder: Path, signal: np.ndarray, **changes: object) -> Path:
    """fid as little-endian int32 pairs, acqus as JCAMP; no digital filter (DSPFVS 10, DECIM 1: none in the table)."""
    folder.mkdir()
    facts: dict[str, object] = {
        "TD": 2 * len(signal), "SW_h": SWEEP_HZ, "BF1": BASE_MHZ, "O1": O1_HZ, "NUC1": "<1H>", "TE": 298.15,
        "GRPDLY": 0, "BYTORDA": 0, "DTYPA": 0, "AQ_mod": 3, "DECIM": 1, "DSPFVS": 20, "NS": 1,
    }  # fmt: skip
    lines = [f"##${key}= {value}" for key, value in (facts | changes).items()]
    head = "##TITLE= Parameter file\n##JCAMPDX= 5.0\n##DATATYPE= Parameter Values\n"
    (folder / "acqus").write_text(head + "\n".join(lines) + "\n##END=\n", encoding="ascii")
    scaled = np.rint(1e6 * signal)
    np.stack([scaled.real, scaled.imag], axis=1).astype("<i4").tofile(folder / "fid")
    return folder


def line(offset_hz: float) -> np.ndarray:
    times = np.arange(POINTS) / SWEEP_HZ
    return np.exp((2j * pi * offset_hz - 10) * times)


@pytest.fixture(autouse=True)
def _nmrglue() -> None:
    pytest.importorskip("nmrglue", reason="nmrglue (extra nmr) is not installed")


def test_a_line_is_where_it_was_put(tmp_path: Path) -> None:
    fid = read_bruker(experiment(tmp_path / "1", line(700.0)))
    # nmrglue drops the last samples, which a digital filter would have spoiled, even where its delay is zero.
    assert (fid.grid.points, fid.grid.dt_s) == (POINTS - 2, 1 / SWEEP_HZ)
    assert (fid.larmor_hz, fid.carrier_ppm) == (BASE_MHZ * 1e6, O1_HZ / BASE_MHZ)
    assert (fid.isotope, fid.temperature_k, fid.name) == ("1H", 298.15, "1")
    np.testing.assert_allclose(fid.signal, line(700.0)[:-2], atol=2e-6)
    assert not fid.signal.flags.writeable


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"BF1": 0}, "BF1"), ({"SW_h": "<none>"}, "not a readable"), ({"TD": 4096}, "damaged")],
)
def test_damaged_parameters(tmp_path: Path, changes: dict, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_bruker(experiment(tmp_path / "1", line(1.0), **changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["fid", "acqus"])
def test_missing_files(tmp_path: Path, missing: str) -> None:
    folder = experiment(tmp_path / "1", line(1.0))
    (folder / missing).unlink()
    with pytest.raises(InputError, match=f"no file '{missing}'"):
        read_bruker(folder)


def test_truncated_and_empty_data(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1", line(1.0))
    whole = (folder / "fid").read_bytes()
    for content in (whole[:1001], whole[:1000], b""):
        (folder / "fid").write_bytes(content)
        with pytest.raises(InputError):
            read_bruker(folder)


def test_nonsense_parameters(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1", line(1.0))
    (folder / "acqus").write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match="not a readable Bruker"):
        read_bruker(folder)
