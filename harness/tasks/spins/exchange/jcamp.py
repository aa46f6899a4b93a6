"""JCAMP-DX 5.01, one-dimensional NMR spectra out.

The absorption is written as (X++(Y..Y)) with whole numbers in the AFFN form, scaled by YFACTOR to 30 bits, and X in Hz
(``.SHIFT REFERENCE`` and ``.OBSERVE FREQUENCY`` give the position of 0 ppm): the form that every reader understands.
X runs from high to low, as spectra are drawn. Each line begins with the X of its first sample in Hz, with decimals
(XFACTOR is 1): it agrees with FIRSTX + k·DELTAX to a ten-thousandth of a step. No number of the table has an exponent,
whose E is a digit in the packed forms. The format is ASCII, and "$$" begins a comment in it.

Source: A. N. Davies, P. Lampen, Appl. Spectrosc. 47, 1093 (1993).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from math import ceil, log10
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError
from harness.finite import require_finite

if TYPE_CHECKING:
    from harness.tasks.spins.spectra.spectrum import Spectrum

_LARGEST = 2**30
_WIDTH = 80
_VALUE_WIDTH = 11
"""Of a sign and the ten digits of 2³⁰."""


def jcamp_of(spectrum: Spectrum, title: str, isotope: str = "1H", origin: str = "spin-harness") -> str:
    """The text of a JCAMP-DX file; lines have at most 80 characters.

    Raises
    ------
    InputError
        For a spectrum without a ppm axis, or with values that are not finite.
    """
    if spectrum.larmor_hz is None:
        raise InputError("JCAMP-DX needs a ppm axis: give field_t and carrier_ppm")
    hz = (spectrum.ppm * 1e-6 * spectrum.larmor_hz)[::-1]
    height = spectrum.absorption[::-1]
    require_finite(height, "spectrum")
    peak = float(np.max(np.abs(height)))
    numbers, y_factor = whole_numbers(height, peak)
    step = float(hz[-1] - hz[0]) / (len(hz) - 1)
    size = len(hz)
    records = {
        "TITLE": plain_text(title)[:60] or "untitled",
        "JCAMP-DX": "5.01",
        "DATA TYPE": "NMR SPECTRUM",
        "DATA CLASS": "XYDATA",
        "ORIGIN": origin,
        "OWNER": "public domain",
        ".OBSERVE FREQUENCY": repr(spectrum.larmor_hz / 1e6),
        ".OBSERVE NUCLEUS": "^" + isotope,
        ".ACQUISITION MODE": "SIMULTANEOUS",
        ".SHIFT REFERENCE": f"INTERNAL, DSS, 1, {float(spectrum.ppm[-1])!r}",
        "XUNITS": "HZ",
        "YUNITS": "ARBITRARY UNITS",
        "XFACTOR": "1.0",
        "YFACTOR": repr(y_factor),
        "FIRSTX": repr(float(hz[0])),
        "LASTX": repr(float(hz[-1])),
        "DELTAX": repr(step),
        "MINY": repr(float(height.min())),
        "MAXY": repr(float(height.max())),
        "NPOINTS": str(size),
        "FIRSTY": repr(float(numbers[0]) * y_factor),
        "XYDATA": "(X++(Y..Y))",
    }
    return "\n".join([*records_of(records), *table_of(numbers, float(hz[0]), step), "##END="]) + "\n"


def records_of(records: Mapping[str, str]) -> list[str]:
    """One line per labelled data record."""
    return [f"##{key}= {value}" for key, value in records.items()]


def whole_numbers(values: np.ndarray, peak: float) -> tuple[np.ndarray, float]:
    """(T,) values as whole numbers of 30 bits, and their factor; ``peak`` is the largest magnitude."""
    factor = max((peak or 1.0) / _LARGEST, float(np.nextafter(0, 1)))
    return np.rint(values / factor).astype(np.int64), factor


def table_of(numbers: np.ndarray, first: float, step: float) -> list[str]:
    """The lines of an (X++(Y..Y)) table: the X of the first sample of each line, and signed whole numbers."""
    decimals = max(0, ceil(4 - log10(abs(step))))
    last = first + (len(numbers) - 1) * step
    longest = max(len(f"{x:.{decimals}f}") for x in (first, last))
    per_line = max(1, (_WIDTH - longest) // _VALUE_WIDTH)
    lines = []
    for start in range(0, len(numbers), per_line):
        row = "".join(f"{value:+d}" for value in numbers[start : start + per_line].tolist())
        lines.append(f"{first + start * step:.{decimals}f}{row}")
    return lines


def plain_text(text: str) -> str:
    """One line of printable ASCII without "$$": accents go, what has no ASCII letter becomes a question mark."""
    letters = unicodedata.normalize("NFKD", " ".join(text.split()))
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    plain = "".join(c if " " <= c <= "~" else "?" for c in letters)
    while "$$" in plain:
        plain = plain.replace("$$", "$ $")
    return plain
