"""JCAMP-DX 5.01, free induction decays out: NTUPLES with a page of real and one of imaginary numbers.

Both pages are (X++(R..R)) and (X++(I..I)) tables in seconds, of whole numbers with one factor (as
:mod:`harness.tasks.spins.exchange.jcamp` has them). exp(+2πi f t) is a line at carrier + f, higher ppm for positive f:
the sense of the raw data of Bruker. The standard has no record for the carrier of a decay; ``$O1`` (Hz from 0 ppm),
``$BF1``, ``$SFO1`` (MHz), ``$SW_h`` (Hz) and ``$NUC1`` are those of TopSpin.

Source: A. N. Davies, P. Lampen, Appl. Spectrosc. 47, 1093 (1993), the data class NTUPLES for NMR FID.
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.finite import require_finite
from harness.tasks.spins.exchange.jcamp import plain_text, records_of, table_of, whole_numbers
from harness.tasks.spins.systems import Trajectory


def jcamp_fid_of(trajectory: Trajectory, title: str, origin: str = "spin-harness") -> str:
    """The text of a JCAMP-DX file of M.

    Raises
    ------
    InputError
        For a trajectory without a chemical shift axis, of one sample only, or with values that are not finite.
    """
    axis, grid = trajectory.axis, trajectory.grid
    if axis is None:
        raise InputError("JCAMP-DX needs a ppm axis: give field_t (or mhz) and carrier_ppm")
    if grid.points < 2:
        raise InputError(f"JCAMP-DX of {grid.points} point: a decay needs at least 2; take some thousands")
    m = trajectory.m
    require_finite(m, "m")
    mhz = axis.larmor_hz / 1e6
    carrier_hz = axis.carrier_ppm * mhz
    records = {
        "TITLE": plain_text(title)[:60] or "untitled",
        "JCAMP-DX": "5.01",
        "DATA TYPE": "NMR FID",
        "DATA CLASS": "NTUPLES",
        "ORIGIN": origin,
        "OWNER": "public domain",
        ".OBSERVE FREQUENCY": repr(mhz),
        ".OBSERVE NUCLEUS": "^" + axis.isotope,
        ".ACQUISITION MODE": "SIMULTANEOUS",
        ".DELAY": "(0, 0)",
        "$BF1": repr(mhz),
        "$SFO1": repr(mhz + carrier_hz / 1e6),
        "$O1": repr(carrier_hz),
        "$SW_h": repr(1 / grid.dt_s),
        "$NUC1": f"<{axis.isotope}>",
    }
    pages = {"R": np.real(m), "I": np.imag(m)}
    peak = float(np.max(np.abs([*pages.values()])))
    packed = {symbol: whole_numbers(values, peak) for symbol, values in pages.items()}
    lines = records_of(records) + records_of(_ntuples(pages, packed, grid.points, grid.dt_s))
    for number, (symbol, (numbers, _)) in enumerate(packed.items(), 1):
        lines += [f"##PAGE= N={number}", f"##DATA TABLE= (X++({symbol}..{symbol})), XYDATA"]
        lines += table_of(numbers, 0.0, grid.dt_s)
    return "\n".join([*lines, "##END NTUPLES= NMR FID", "##END="]) + "\n"


def _ntuples(
    pages: dict[str, np.ndarray], packed: dict[str, tuple[np.ndarray, float]], points: int, dt_s: float
) -> dict[str, str]:
    """The records that describe the variables: X, R, I and the page number N."""
    real, imag = pages.values()
    factors = [repr(factor) for _, factor in packed.values()]
    firsts, lasts = ([repr(int(numbers[k]) * factor) for numbers, factor in packed.values()] for k in (0, -1))
    last_s = repr((points - 1) * dt_s)
    rows = {
        "NTUPLES": ["NMR FID"],
        "VAR_NAME": ["TIME", "FID/REAL", "FID/IMAG", "PAGE NUMBER"],
        "SYMBOL": ["X", "R", "I", "N"],
        "VAR_TYPE": ["INDEPENDENT", "DEPENDENT", "DEPENDENT", "PAGE"],
        "VAR_FORM": ["AFFN", "ASDF", "ASDF", "AFFN"],
        "VAR_DIM": [str(points), str(points), str(points), "2"],
        "UNITS": ["SECONDS", "ARBITRARY UNITS", "ARBITRARY UNITS", ""],
        "FIRST": ["0.0", *firsts, "1"],
        "LAST": [last_s, *lasts, "2"],
        "MIN": ["0.0", repr(float(real.min())), repr(float(imag.min())), "1"],
        "MAX": [last_s, repr(float(real.max())), repr(float(imag.max())), "2"],
        "FACTOR": ["1.0", *factors, "1"],
    }
    return {key: ", ".join(words) for key, words in rows.items()}
