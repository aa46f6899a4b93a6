"""A small writer of Bruker experiments: decays, a digital filter that delays them, ``fid`` and ``acqus``."""

from __future__ import annotations

from collections.abc import Mapping
from math import tau
from pathlib import Path

import numpy as np

SWEEP_HZ, BASE_MHZ, POINTS = 5000.0, 500.13, 4096
SHIFTS_PPM, COUPLING_HZ, WIDTH_HZ, PHASE_RAD = (1.2, -1.1), 7.3, 1.2, 0.3
OVERSAMPLING = 60
"""Of the receiver before decimation: every delay that is a multiple of 1/60 of a sample can be made."""

ACQUS: Mapping[str, object] = {
    "AQ_mod": 3, "BF1": BASE_MHZ, "BYTORDA": 0, "DECIM": 1, "DIGMOD": 1, "DSPFVS": 20, "DTYPA": 0, "GRPDLY": 0, "NS": 8,
    "NUC1": "<1H>", "O1": 0.0, "RG": 64, "SFO1": BASE_MHZ, "SW": SWEEP_HZ / BASE_MHZ, "SW_h": SWEEP_HZ,
    "TD": 2 * POINTS, "TE": 298.0,
}  # fmt: skip
MOLECULE = """schema = "spin-molecule-1"
name = "two"
[[spin]]
label = "HA"
shift_ppm = 1.2
[[spin]]
label = "HB"
shift_ppm = -1.1
[couplings_hz]
"HA HB" = 7.0
"""
HEAD = b"##TITLE= Parameter file\n##JCAMPDX= 5.0\n##DATATYPE= Parameter Values\n##ORIGIN= written by a test\n"


def decay(times_s: np.ndarray) -> np.ndarray:
    """An AB pair of two protons by its closed form: J = 7.3 Hz, width 1.2 Hz, phase .3 rad; zero before t = 0."""
    low, high = sorted(ppm * BASE_MHZ for ppm in SHIFTS_PPM)
    width = np.hypot(high - low, COUPLING_HZ)
    mean, mixing = 0.5 * (low + high), COUPLING_HZ / width
    signal = np.zeros(len(times_s), complex)
    after = times_s >= 0
    for side in (-1, 1):
        for split in (-1, 1):
            offset = mean + 0.5 * (side * width + split * COUPLING_HZ)
            # Of the four lines the inner two are the higher ones: 1 + J/sqrt(D² + J²), 1 - that outside.
            weight = 0.25 * (1 - side * split * mixing)
            signal[after] += weight * np.exp((1j * tau * offset - np.pi * WIDTH_HZ) * times_s[after])
    return signal * np.exp(1j * PHASE_RAD)


def sampled(points: int = POINTS) -> np.ndarray:
    """The decay without any filter, (points,)."""
    return decay(np.arange(points) / SWEEP_HZ)


def filtered(delay: float, points: int = POINTS, sweep_hz: float = SWEEP_HZ) -> np.ndarray:
    """The decay through a linear-phase low pass that delays by ``delay`` samples, a multiple of 1/60, (points,).

    A windowed sinc of twice the delay in length, applied to the oversampled decay, of which every sixtieth is kept.
    """
    half = round(delay * OVERSAMPLING)
    assert abs(half - delay * OVERSAMPLING) < 1e-9
    taps = np.arange(-half, half + 1)
    # The cut-off lies at half the sweep, where the kept samples would alias.
    kernel = np.sinc(taps / OVERSAMPLING) * np.kaiser(2 * half + 1, 8.0) / OVERSAMPLING
    fine = decay(np.arange(points * OVERSAMPLING) / (sweep_hz * OVERSAMPLING))
    size = 1 << int(np.ceil(np.log2(len(fine) + len(kernel))))
    late = np.fft.ifft(np.fft.fft(fine, size) * np.fft.fft(kernel / kernel.sum(), size))
    return late[: len(fine) : OVERSAMPLING]


def stored(signal: np.ndarray, kind: str = "<i4") -> bytes:
    """The content of a ``fid``: pairs of real and imaginary part."""
    pairs = np.stack([np.real(signal), np.imag(signal)], axis=1)
    if kind.endswith("i4"):
        pairs = np.rint(2**28 * pairs / np.abs(pairs).max())
    return pairs.astype(kind).tobytes()


def acqus(changes: Mapping[str, object] | None = None, without: tuple[str, ...] = ()) -> bytes:
    """The content of a parameter file, in the order of the alphabet as the spectrometer writes it."""
    facts = {key: value for key, value in {**ACQUS, **(changes or {})}.items() if key not in without}
    lines = [f"##${key}= {facts[key]}" for key in sorted(facts, key=str.lower)]
    return HEAD + "\n".join(lines).encode("utf-8") + b"\n##END=\n"


def experiment(
    folder: Path, signal: np.ndarray | None = None, kind: str = "<i4", without: tuple[str, ...] = (), **changes: object
) -> Path:
    """A whole experiment; TD, BYTORDA and DTYPA follow from the data unless ``changes`` says otherwise."""
    signal = sampled() if signal is None else signal
    folder.mkdir(parents=True)
    facts = {"TD": 2 * len(signal), "BYTORDA": int(kind[0] == ">"), "DTYPA": 2 if kind.endswith("f8") else 0}
    (folder / "acqus").write_bytes(acqus(facts | changes, without))
    (folder / "fid").write_bytes(stored(signal, kind))
    return folder
