"""Bruker raw data in: a measured one-dimensional free induction decay (``fid`` and ``acqus``), through nmrglue.

nmrglue is an optional extra (``nmr``). Source of the axis: ppm = (O1 + f) / BF1, f the Fourier frequency in Hz, BF1 in
MHz. Spectrometers are referenced by hand: a shift common to all lines remains free.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.requirements import install_command
from harness.spins import TimeGrid


@dataclass(frozen=True, eq=False)
class MeasuredFid:
    """A measured signal, largest magnitude scaled to 1, with positive frequencies at higher ppm.

    ``larmor_hz`` is the frequency of 0 ppm (BF1), ``carrier_ppm`` the chemical shift of frequency zero before any
    referencing; ``signal`` is (T,) complex128 with the digital filter removed.
    """

    name: str
    signal: np.ndarray
    grid: TimeGrid
    larmor_hz: float
    carrier_ppm: float
    isotope: str = "1H"
    temperature_k: float | None = None

    def __post_init__(self) -> None:
        array = np.array(self.signal, dtype=np.complex128)
        array.flags.writeable = False
        object.__setattr__(self, "signal", array)


def read_bruker(folder: str | Path) -> MeasuredFid:
    """The FID of a Bruker experiment folder.

    Raises
    ------
    InputError
        If nmrglue is not installed, the folder is not one, a file is missing or damaged, or the data are not 1D.
    """
    folder = Path(folder)
    for name in ("fid", "acqus"):
        if not (folder / name).is_file():
            raise InputError(
                f"{str(folder)!r}: there is no file {name!r} in it; give the folder of a 1D Bruker experiment"
            )
    try:
        from nmrglue import bruker
    except ImportError:
        raise InputError(f"reading Bruker data needs nmrglue: {install_command('nmr')}") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a pulse program that nmrglue cannot parse: it is not needed
            facts, raw = bruker.read(str(folder), read_pulseprogram=False)
            points = len(raw)
            signal = np.asarray(bruker.remove_digital_filter(facts, raw), dtype=np.complex128)
        acqus = facts["acqus"]
        base_hz, carrier_hz = 1e6 * _positive(acqus, "BF1"), float(acqus["O1"])
        grid = TimeGrid(len(signal), 1 / _positive(acqus, "SW_h"))
    except InputError:
        raise
    except Exception as error:  # nmrglue raises whatever its parser meets in a damaged file
        raise InputError(f"{str(folder)!r}: not a readable Bruker 1D experiment ({type(error).__name__})") from None
    largest = float(np.max(np.abs(signal))) if signal.ndim == 1 and len(signal) else 0.0
    if signal.ndim != 1 or not 0 < largest < np.inf or abs(2 * points - int(acqus["TD"])) > 512:
        raise InputError(
            f"{str(folder)!r}: fid has {points} points where acqus says TD = {acqus.get('TD')}; it is damaged"
        )
    isotope = str(acqus.get("NUC1", "1H")).strip("<>")
    temperature = acqus.get("TE")
    return MeasuredFid(
        name=folder.name,
        signal=signal / largest,
        grid=grid,
        larmor_hz=base_hz,
        carrier_ppm=carrier_hz / (1e-6 * base_hz),
        isotope=isotope,
        temperature_k=float(temperature) if temperature is not None else None,
    )


def _positive(acqus: dict[str, Any], key: str) -> float:
    value = float(acqus.get(key, 0))
    if not 0 < value < float("inf"):
        raise InputError(f"acqus: {key} = {acqus.get(key)!r} must be a positive number")
    return value
