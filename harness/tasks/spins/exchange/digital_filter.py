"""The delay of Bruker's digital filter: how long it is, and taking it off.

The receiver samples fast, filters with a linear-phase low pass and decimates. Its output s_k is the decay s(t),
filtered and late by the group delay of d samples, whole or not: s_k ≈ s((k - d) dt). In the Fourier domain

    S(f_j) = exp(2πi d j/n) · fft(s)_j,   j = -n/2 … n/2-1,

is the decay from t = 0 on, with the ceil(d) samples before it wrapped to its end, where they are dropped. For a whole d
this is a cut, exact. For another it is exact for a decay that has vanished; one that has not ends in a step, whose
ringing is some percent of the step in the last samples and falls off as 1/k at k samples from the end.

Source of the table: W. M. Westler, F. Abildgaard, "DMX digital filters and non-Bruker offline processing" (1996), as
nmrglue and other programs have it. Newer receivers state the delay (GRPDLY).
"""

from __future__ import annotations

from math import ceil

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.bruker_parameters import Parameters

ANALOGUE = 0
DIGITAL_MODES = {1: "digital", 2: "homodecoupling-digital", 3: "baseopt"}
FIRST_WITH_GRPDLY = 14
"""DSPFVS from which on receivers state their delay."""

_DECIMATIONS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
_DELAYS = {
    10: (
        44.75, 33.5, 66.625, 59 + 1 / 12, 68.5625, 60.375, 69.53125, 61 + 1 / 48, 70.015625, 61.34375, 70.2578125,
        61.505208333333333, 70.37890625, 61.5859375, 70.439453125, 61.626302083333333, 70.4697265625, 61.646484375,
        70.48486328125, 61.656575520833333, 70.492431640625,
    ),
    11: (
        46.0, 36.5, 48.0, 50 + 1 / 6, 53.25, 69.5, 72.25, 70 + 1 / 6, 72.75, 70.5, 73.0, 70 + 2 / 3, 72.5, 71 + 1 / 3,
        72.25, 71 + 2 / 3, 72.125, 71 + 5 / 6, 72.0625, 71 + 11 / 12, 72.03125,
    ),
    12: (
        46.0, 36.5, 48.0, 50 + 1 / 6, 53.25, 69.5, 71.625, 70 + 1 / 6, 72.125, 70.5, 72.375, 70 + 2 / 3, 72.5,
        71 + 1 / 3, 72.25, 71 + 2 / 3, 72.125, 71 + 5 / 6, 72.0625, 71 + 11 / 12, 72.03125,
    ),
    13: (
        2.75, 2 + 5 / 6, 2.875, 2 + 11 / 12, 2.9375, 2 + 23 / 24, 2.96875, 2 + 47 / 48, 2.984375, 2 + 95 / 96,
        2.9921875, 2 + 191 / 192,
    ),
}  # fmt: skip


def group_delay(parameters: Parameters) -> float:
    """Delay in samples of the decay, fraction included.

    Where no filter ran (DIGMOD = 0) there is none, whatever an earlier experiment left in the other parameters.
    Otherwise GRPDLY gives it, where it does; else DSPFVS (the firmware) and DECIM do by the table.

    Raises
    ------
    InputError
        Naming the parameter that is missing or outside what is known, where the delay cannot be decided.
    """
    mode = parameters.whole("DIGMOD")
    if mode == ANALOGUE:
        return 0.0
    if mode not in DIGITAL_MODES:
        known = ", ".join(f"{key} {name}" for key, name in {ANALOGUE: "analogue", **DIGITAL_MODES}.items())
        raise InputError(f"{parameters.place}: DIGMOD = {mode} is not a known mode of the digital filter ({known})")
    stated = parameters.number("GRPDLY") if "GRPDLY" in parameters else -1.0
    if stated > 0:
        return stated
    firmware = parameters.whole("DSPFVS")
    if firmware >= FIRST_WITH_GRPDLY and stated == 0:
        return 0.0
    if firmware >= FIRST_WITH_GRPDLY:
        state = f"GRPDLY = {stated:g}" if "GRPDLY" in parameters else "GRPDLY is missing"
        raise InputError(f"{parameters.place}: {state}, but with DSPFVS = {firmware} only GRPDLY gives the delay")
    if firmware not in _DELAYS:
        raise InputError(
            f"{parameters.place}: DSPFVS = {firmware} is not in the table of digital filters "
            f"({', '.join(map(str, _DELAYS))}), and GRPDLY does not give the delay"
        )
    decimation = parameters.whole("DECIM")
    if decimation == 1:
        return 0.0
    delays = dict(zip(_DECIMATIONS, _DELAYS[firmware], strict=False))
    if decimation not in delays:
        raise InputError(
            f"{parameters.place}: DECIM = {decimation} is not in the table of digital filters with DSPFVS = {firmware} "
            f"({', '.join(map(str, delays))}), and GRPDLY does not give the delay"
        )
    return delays[decimation]


def without_group_delay(signal: np.ndarray, delay: float, place: str = "signal") -> np.ndarray:
    """The decay from t = 0 on: (T - ceil(delay),) complex, see the top of this file.

    Raises
    ------
    InputError
        If fewer than two samples remain; ``place`` names the file.
    """
    lost = ceil(delay)
    if len(signal) - lost < 2:
        raise InputError(f"{place}: a digital filter's delay of {delay:g} samples leaves nothing of {len(signal)}")
    turns = delay * np.fft.fftfreq(len(signal))
    return np.fft.ifft(np.fft.fft(signal) * np.exp(2j * np.pi * turns))[: len(signal) - lost]
