"""JCAMP-DX 5.01, one-dimensional NMR spectra out.

The absorption is written as (X++(Y..Y)) with whole numbers in the AFFN form, scaled by YFACTOR to 30 bits, and X in Hz
(``.SHIFT REFERENCE`` and ``.OBSERVE FREQUENCY`` tell a reader where 0 ppm is): the form that every reader understands.
X runs from high to low, as spectra are drawn; the first point of each line is its index in units of XFACTOR.

Source: A. N. Davies, P. Lampen, Appl. Spectrosc. 47, 1093 (1993).
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.spectra.spectrum import Spectrum

_LARGEST = 2**30
_PER_LINE = 6


def jcamp_of(spectrum: Spectrum, title: str, isotope: str = "1H", origin: str = "spin-harness") -> str:
    """The text of a JCAMP-DX file; lines are shorter than 80 characters.

    Raises
    ------
    InputError
        For a spectrum without a ppm axis.
    """
    if spectrum.larmor_hz is None:
        raise InputError("JCAMP-DX needs a ppm axis: give field_t and carrier_ppm")
    hz = (spectrum.ppm * 1e-6 * spectrum.larmor_hz)[::-1]
    height = spectrum.absorption[::-1]
    peak = float(np.max(np.abs(height)))
    y_factor = (peak or 1.0) / _LARGEST
    numbers = np.rint(height / y_factor).astype(np.int64)
    step = float(hz[1] - hz[0])
    # X counts samples from the end, so that it is a whole number on every line.
    size = len(hz)
    records = {
        "TITLE": " ".join(title.split())[:60] or "untitled",
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
        "XFACTOR": repr(-step),
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
    lines = [f"##{key}= {value}" for key, value in records.items()]
    offset = round(float(hz[0]) / -step)
    for start in range(0, size, _PER_LINE):
        row = "".join(f"{value:+d}" for value in numbers[start : start + _PER_LINE].tolist())
        lines.append(f"{offset - start}{row}")
    return "\n".join([*lines, "##END="]) + "\n"
