"""Line positions and splittings of an absorption spectrum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.spectra.spectrum import Spectrum


@dataclass(frozen=True)
class Line:
    """One maximum: position in Hz from the carrier, height in the unit of the spectrum."""

    offset_hz: float
    height: float


def pick_lines(spectrum: Spectrum, threshold: float = 0.05) -> list[Line]:
    """Maxima of the absorption above ``threshold`` times the highest, by ascending position.

    Between samples the position is that of the parabola through 1/S at the maximum and its neighbours: exact for an
    isolated Lorentzian, of second order in the spacing for other shapes. The maxima of overlapping lines are shifted
    towards each other: a splitting is reliable when it is well above the linewidth.

    Raises
    ------
    InputError
        Unless 0 < threshold < 1.
    """
    if not 0 < threshold < 1:
        raise InputError(f"threshold = {threshold!r}: must lie between 0 and 1, a fraction of the highest line")
    height = spectrum.absorption
    inner = height[1:-1]
    highest = float(height.max())
    found = np.flatnonzero((inner > height[:-2]) & (inner >= height[2:]) & (inner > threshold * highest)) + 1
    step = float(spectrum.offset_hz[1] - spectrum.offset_hz[0])
    lines = []
    for k in found:
        left, middle, right = (1 / max(float(height[m]), 1e-300) for m in (k - 1, k, k + 1))
        bend = left - 2 * middle + right
        if height[k - 1] <= 0 or height[k + 1] <= 0 or bend <= 0:
            shift, top = 0.0, middle
        else:
            shift = float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))
            top = middle - 0.25 * (left - right) * shift
        lines.append(Line(float(spectrum.offset_hz[k]) + shift * step, 1 / top))
    return lines


def multiplets(lines: list[Line], gap_hz: float = 20.0) -> list[list[Line]]:
    """Lines in groups: a gap of more than ``gap_hz`` starts a new multiplet."""
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.offset_hz):
        if not groups or line.offset_hz - groups[-1][-1].offset_hz > gap_hz:
            groups.append([])
        groups[-1].append(line)
    return groups


def splittings_hz(lines: list[Line]) -> np.ndarray:
    """Distances in Hz between successive lines of one multiplet, ascending in position, shape (len(lines) - 1,)."""
    return np.diff(sorted(line.offset_hz for line in lines))
