"""Spin-1/2 isotopes and their Larmor frequencies.

Gyromagnetic ratios in rad/(s T): 1H is the CODATA 2018 value of the free proton; the others follow from the
IUPAC frequency ratios Ξ (R. K. Harris et al., Pure Appl. Chem. 73, 1795 (2001), table 1) as γ = γ(1H)·Ξ/100 with the
sign of the nuclear moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import tau

import numpy as np

from harness.errors import InputError

_PROTON_RAD_PER_S_T = 2.675_221_874_4e8
_XI_PERCENT = {"1H": 100.0, "13C": 25.145020, "15N": -10.136767, "19F": 94.094011, "29Si": -19.867187, "31P": 40.480742}

ISOTOPES: tuple[str, ...] = tuple(_XI_PERCENT)


def gyromagnetic_ratio(isotope: str) -> float:
    """Gyromagnetic ratio γ of a spin-1/2 ``isotope`` in rad/(s T); negative where the moment is.

    Raises
    ------
    InputError
        For an isotope that is unknown or not spin 1/2.
    """
    try:
        return _PROTON_RAD_PER_S_T * _XI_PERCENT[isotope] / 100
    except KeyError:
        known = ", ".join(ISOTOPES)
        raise InputError(f"isotope {isotope!r} is not a known spin-1/2 isotope (known: {known})") from None


def larmor_hz(isotope: str, field_t: float) -> float:
    """|γ| B0 / 2π in Hz: the frequency that 1 ppm is a millionth of."""
    return abs(gyromagnetic_ratio(isotope)) * field_t / tau


def frame_signs(isotopes: Sequence[str]) -> np.ndarray:
    """(N, N) array of ±1: -1 for a pair whose gyromagnetic ratios differ in sign, +1 for every other.

    A coupling of the laboratory times this factor is the coupling in our frame, and the other way round
    (docs/conventions.md, "From the laboratory to our frame").
    """
    signs = np.sign([gyromagnetic_ratio(isotope) for isotope in isotopes])
    return np.outer(signs, signs)
