"""Widths of resolved lines at half height, and integrals of multiplets, in the absorption spectrum of an FID.

A line counts as resolved where the absorption falls, without rising again, from its maximum to half of it on both
sides. An FID that ends at T gives lobes of the width 0.603/T (of sin(x)/x) around every line: what is narrower is none.
The width of a line is R2/π, broadened by what lies under it; two spectra are therefore compared line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

LOWEST = 0.05
"""Least height of a line that counts, in units of the tallest one."""
LOBE = 0.603
"""Full width at half height of sin(2πfT)/(2πfT), in units of 1/T."""
MATCHED_HZ = 0.3
"""Two lines of two spectra are the same within this distance: a third of a typical width."""
GAP_HZ, MARGIN_HZ = 40.0, 25.0
"""Distance of shifts that belong to different multiplets; how far a multiplet reaches beyond its outermost shifts."""


@dataclass(frozen=True)
class Line:
    """Position and full width at half height in Hz, height in the units of the spectrum."""

    position_hz: float
    width_hz: float
    height: float


def resolved_lines(hz: np.ndarray, heights: np.ndarray, horizon_s: float) -> list[Line]:
    """The resolved lines of an absorption spectrum on ascending, evenly spaced ``hz``, of an FID of ``horizon_s``."""
    inner = heights[1:-1]
    peaks = 1 + np.flatnonzero((inner > heights[:-2]) & (inner >= heights[2:]) & (inner >= LOWEST * heights.max()))
    found = []
    for peak in peaks.tolist():
        left, right = _half(heights[peak::-1]), _half(heights[peak:])
        if left is not None and right is not None:
            found.append(Line(float(hz[peak]), (left + right) * float(hz[1] - hz[0]), float(heights[peak])))
    return [line for line in found if line.width_hz >= LOBE / horizon_s]


def _half(falling: np.ndarray) -> float | None:
    """Steps from the first height to half of it, interpolated; None if the heights rise before, or end."""
    below = np.flatnonzero(falling < falling[0] / 2)
    if not len(below):
        return None
    n = int(below[0])
    if (np.diff(falling[: n + 1]) > 0).any():
        return None
    return n - 1 + float((falling[n - 1] - falling[0] / 2) / (falling[n - 1] - falling[n]))


def width_changes(lines: Sequence[Line], others: Sequence[Line]) -> np.ndarray:
    """(lines,) relative change of each width in another spectrum; infinite where that has no resolved line there."""
    changes = np.full(len(lines), np.inf)
    for n, line in enumerate(lines):
        near = min(others, key=lambda other: abs(other.position_hz - line.position_hz), default=None)
        if near is not None and abs(near.position_hz - line.position_hz) <= MATCHED_HZ:
            changes[n] = near.width_hz / line.width_hz - 1
    return changes


def multiplets(shifts_hz: np.ndarray) -> list[tuple[float, float]]:
    """Ranges in Hz that hold whole multiplets: shifts nearer to one another than :data:`GAP_HZ` share one."""
    shifts = np.sort(shifts_hz)
    groups = np.split(shifts, np.flatnonzero(np.diff(shifts) > GAP_HZ) + 1)
    edges = [(float(group[0]), float(group[-1])) for group in groups]
    between = [(left[1] + right[0]) / 2 for left, right in pairwise(edges)]
    lower = [edges[0][0] - MARGIN_HZ, *between]
    upper = [*between, edges[-1][1] + MARGIN_HZ]
    return [
        (max(low, edge[0] - MARGIN_HZ), min(high, edge[1] + MARGIN_HZ))
        for low, high, edge in zip(lower, upper, edges, strict=True)
    ]


def integrals(hz: np.ndarray, heights: np.ndarray, ranges: Sequence[tuple[float, float]]) -> np.ndarray:
    """(ranges,) sums of the absorption over each range times the step."""
    step = float(hz[1] - hz[0])
    return np.array([heights[(hz >= low) & (hz < high)].sum() * step for low, high in ranges])
