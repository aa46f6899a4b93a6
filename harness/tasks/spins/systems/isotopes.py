"""Spin-1/2 isotopes and their Larmor frequencies.

Gyromagnetic ratios in rad/(s T): 1H is the CODATA 2018 value of the free proton; the others follow from the
IUPAC frequency ratios Ξ (R. K. Harris et al., Pure Appl. Chem. 73, 1795 (2001), table 1) as γ = γ(1H)·Ξ/100 with the
sign of the nuclear moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, tau

import numpy as np

from harness.errors import InputError

_PROTON_RAD_PER_S_T = 2.675_221_874_4e8
_XI_PERCENT = {"1H": 100.0, "13C": 25.145020, "15N": -10.136767, "19F": 94.094011, "29Si": -19.867187, "31P": 40.480742}

ISOTOPES: tuple[str, ...] = tuple(_XI_PERCENT)

_HIGHER_SPINS = {
    "2H": "1", "6Li": "1", "7Li": "3/2", "9Be": "3/2", "10B": "3", "11B": "3/2", "14N": "1", "17O": "5/2",
    "23Na": "3/2", "25Mg": "5/2", "27Al": "5/2", "33S": "3/2", "35Cl": "3/2", "37Cl": "3/2", "39K": "3/2",
    "43Ca": "7/2", "51V": "7/2", "55Mn": "5/2", "59Co": "7/2", "63Cu": "3/2", "65Cu": "3/2", "71Ga": "3/2",
    "75As": "3/2", "79Br": "3/2", "81Br": "3/2", "127I": "5/2",
}  # fmt: skip
"""Spins above 1/2, for the message that refuses them (R. K. Harris et al., table 2)."""


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
        if isotope in _HIGHER_SPINS:
            raise InputError(
                f"isotope {isotope!r} has spin {_HIGHER_SPINS[isotope]}, only spins 1/2 are simulated ({known}): "
                "leave it out, as if it were decoupled, or take Spinach itself for its splittings"
            ) from None
        raise InputError(f"isotope {isotope!r} is not a known spin-1/2 isotope (known: {known})") from None


def larmor_hz(isotope: str, field_t: float) -> float:
    """|γ| B0 / 2π in Hz: the frequency that 1 ppm is a millionth of."""
    return abs(gyromagnetic_ratio(isotope)) * field_t / tau


def field_of_mhz(mhz: float) -> float:
    """B0 in tesla of a magnet that is called by its proton frequency in MHz.

    Raises
    ------
    InputError
        For a frequency that is not positive and finite.
    """
    if not 0 < mhz < inf:
        raise InputError(f"mhz = {mhz!r}: must be a positive, finite proton frequency in MHz, as 600")
    return mhz * 1e6 / larmor_hz("1H", 1.0)


def frame_signs(isotopes: Sequence[str]) -> np.ndarray:
    """(N, N) array of ±1: -1 for a pair whose gyromagnetic ratios differ in sign, +1 for every other.

    A coupling of the laboratory times this factor is the coupling in our frame, and the other way round
    (docs/conventions.md, "From the laboratory to our frame").
    """
    signs = np.sign([gyromagnetic_ratio(isotope) for isotope in isotopes])
    return np.outer(signs, signs)
