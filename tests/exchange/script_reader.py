"""What a written Spinach script computes, from its text alone: numbers and the last formula are read, no engine runs.

The evolution is that of :mod:`tests.spins.laboratory_frame`, which goes the way that Spinach goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from harness import TimeGrid
from tests.spins.laboratory_frame import Laboratory

NUMBER = r"([-+0-9.e]+)"


def fid_of(text: str, gammas: Mapping[str, float]) -> np.ndarray:
    """The output ``fid`` of the script, (T,) complex, with these gyromagnetic ratios in rad/(s T)."""
    isotopes = re.findall(r"'([^']*)'", _one(text, r"^sys\.isotopes=\{(.*)\};"))
    couplings = np.zeros((len(isotopes), len(isotopes)))
    for i, j, value in re.findall(rf"^inter\.coupling\.scalar\{{(\d+),(\d+)\}}={NUMBER};", text, re.MULTILINE):
        couplings[int(i) - 1, int(j) - 1] = couplings[int(j) - 1, int(i) - 1] = float(value)
    shifts = np.array([float(value) for value in _one(text, r"^inter\.zeeman\.scalar=\{(.*)\};").split(",")])
    field_t = float(_one(text, rf"^sys\.magnet={NUMBER};"))
    observed = _one(text, r"^larmor_mhz=abs\(spin\('(\w+)'\)\)\*sys\.magnet/\(2e6\*pi\);")
    assert _one(text, r"^coil=state\(spin_system,'L\+','(\w+)'\); rho=state\(spin_system,'Lx','\1'\);") == observed
    grid = TimeGrid(int(_one(text, r" npoints=(\d+);")), float(_one(text, rf"^dt={NUMBER};")))
    fid = Laboratory(isotopes, shifts, couplings, field_t, gammas).signal(observed, grid)
    formula = _one(text, r"fid=([^;]*)\.\*exp\(-2i\*pi\*carrier_hz\*t\);")
    fid = {"fid(:)/fid(1)": fid, "conj(fid(:)/fid(1))": fid.conj()}[formula]
    carrier_ppm = float(_one(text, rf"^carrier_ppm={NUMBER}; carrier_hz=carrier_ppm\*larmor_mhz;"))
    larmor_mhz = abs(gammas[observed]) * field_t / (2e6 * np.pi)
    return fid * np.exp(-2j * np.pi * carrier_ppm * larmor_mhz * grid.times_s)


def _one(text: str, pattern: str) -> str:
    """The first group of the only match."""
    (found,) = re.finditer(pattern, text, re.MULTILINE)
    return found[1]
