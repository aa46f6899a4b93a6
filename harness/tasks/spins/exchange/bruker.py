"""Bruker raw data in: a measured one-dimensional free induction decay (``fid`` and ``acqus``).

The few parameters that define the meaning of the numbers are read here, and none is guessed: a fact that is missing or
contradicts another is refused by the name of its parameter. Other files in the folder of fid and acqus (acqu2s,
pdata, a pulse program) are not read.

Source of the axis: ppm = (O1 + f)/BF1, f the Fourier frequency in Hz, BF1 in MHz. Of the format: Bruker, "Acquisition
commands and parameters" (TopSpin manual); JCAMP-DX 5.01.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.bruker_parameters import Parameters, read_parameters
from harness.tasks.spins.exchange.bruker_samples import read_samples
from harness.tasks.spins.exchange.digital_filter import group_delay, without_group_delay
from harness.tasks.spins.exchange.measured_fid import MeasuredFid
from harness.tasks.spins.exchange.other_data import reason
from harness.tasks.spins.systems import TimeGrid
from harness.tasks.spins.systems.isotopes import ISOTOPES, gyromagnetic_ratio

MAGNETS_MHZ = (60, 80, 90, 100, 200, 250, 270, 300, 360, 400, 500, 600, 700, 750, 800, 850, 900, 950, 1000, 1100, 1200)
"""Proton frequencies of magnets that were built in number."""

MAGNET_TOLERANCE = 5e-3
"""A magnet of nominally 500 MHz has 499.8 to 500.2; its 13C frequency is 0.6 % or more from the 1H frequency of any."""

CARRIER_TOLERANCE_HZ = 1.0
"""SFO1 is written in MHz with seven decimals or more: 0.1 Hz."""


def read_bruker(folder: str | Path) -> MeasuredFid:
    """The FID of a Bruker experiment folder.

    Raises
    ------
    InputError
        If the folder is not one of a 1D Bruker experiment, or a fact is missing, contradicted, or not supported: one
        line that names the file and the parameter.
    """
    folder = Path(folder)
    try:
        if why := reason(folder):
            raise InputError(f"{str(folder)!r}: {why}")
    except OSError as error:
        raise InputError(f"{str(folder)!r}: cannot be read ({error.strerror})") from None
    parameters = read_parameters(folder / "acqus")
    _refuse_dimensions(parameters)
    base_mhz = parameters.positive("BF1")
    isotope = _isotope(parameters, base_mhz)
    carrier_hz = _carrier_hz(parameters, base_mhz)
    sweep_hz = parameters.positive("SW_h")
    delay = group_delay(parameters)
    signal = without_group_delay(read_samples(folder / "fid", parameters), delay, parameters.place)
    return MeasuredFid(
        name=folder.resolve().name,
        signal=signal / np.max(np.abs(signal)),
        grid=TimeGrid(len(signal), 1 / sweep_hz),
        larmor_hz=1e6 * base_mhz,
        carrier_ppm=carrier_hz / base_mhz,
        isotope=isotope,
        temperature_k=parameters.number("TE") if "TE" in parameters else None,
        group_delay=delay,
    )


def _refuse_dimensions(parameters: Parameters) -> None:
    if "PARMODE" in parameters and (mode := parameters.whole("PARMODE")) != 0:
        raise InputError(
            f"{parameters.place}: PARMODE = {mode} is a measurement of {mode + 1} dimensions; only 1D is read"
        )


def _isotope(parameters: Parameters, base_mhz: float) -> str:
    """NUC1, or NUCLEUS of older consoles, checked against the frequency.

    A frequency contradicts a nucleus where no magnet that was built has it, and one does for another nucleus.
    """
    isotope = parameters.text("NUC1") or parameters.text("NUCLEUS")
    if not isotope:
        raise InputError(
            f"{parameters.place}: NUC1 and NUCLEUS are missing or off: the measured nucleus is unknown"
        )
    if isotope not in ISOTOPES or _magnet_mhz(isotope, base_mhz):
        return isotope
    for other in ISOTOPES:
        if magnet := _magnet_mhz(other, base_mhz):
            raise InputError(
                f"{parameters.place}: BF1 = {base_mhz:g} MHz is the frequency of {other} in a {magnet} MHz magnet, "
                f"but the nucleus (NUC1 or NUCLEUS) is {isotope}: correct the one that is wrong"
            )
    return isotope


def _magnet_mhz(isotope: str, base_mhz: float) -> int | None:
    """The magnet in which ``isotope`` has this frequency, by its proton frequency."""
    proton = base_mhz * abs(gyromagnetic_ratio("1H") / gyromagnetic_ratio(isotope))
    near = [magnet for magnet in MAGNETS_MHZ if abs(proton / magnet - 1) <= MAGNET_TOLERANCE]
    return near[0] if near else None


def _carrier_hz(parameters: Parameters, base_mhz: float) -> float:
    """Offset of the carrier from 0 ppm: O1, which SFO1 = BF1 + O1 must agree with where it is given."""
    if "SFO1" not in parameters:
        return parameters.number("O1")
    from_sum = 1e6 * (parameters.positive("SFO1") - base_mhz)
    if "O1" not in parameters:
        return from_sum
    offset = parameters.number("O1")
    if abs(from_sum - offset) > CARRIER_TOLERANCE_HZ:
        raise InputError(f"{parameters.place}: SFO1 - BF1 = {from_sum:.1f} Hz, but O1 = {offset:.1f} Hz: one is wrong")
    return offset
