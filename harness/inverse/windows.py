"""Parts of a measured spectrum, and the shapes that are laid on them."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tau

import numpy as np

from harness.errors import InputError
from harness.exchange.bruker import MeasuredFid
from harness.inverse.lines import LineList
from harness.inverse.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Window:
    """One multiplet: its part of the measured spectrum.

    ``offset_hz`` (F,) ascending from the carrier, ``spectrum`` (F,) complex; ``name`` of the group of spins.
    """

    name: str
    offset_hz: np.ndarray
    spectrum: np.ndarray


def lorentzians(lines: LineList, rate: float, offset_hz: np.ndarray, points: int, dt_s: float) -> np.ndarray:
    """(F,) transform of Σ_l W_l exp((iω_l - R) t_n), first point at half weight: a geometric series, summed exactly."""
    line = (1j * lines.omega - rate) * dt_s
    sample = -1j * tau * offset_hz * dt_s
    # Outer products instead of (L, F) exponentials; 1 - z loses no digits that matter, because |1 - z| ≥ rate·dt.
    ratio = np.multiply.outer(np.exp(line), np.exp(sample))
    last = np.multiply.outer(np.exp(points * line), np.exp(points * sample))
    return dt_s * (lines.weight @ ((1 - last) / (1 - ratio) - 0.5))


def merged(lines: LineList, resolution_hz: float = 1e-3, threshold: float = 1e-6) -> LineList:
    """Lines closer than ``resolution_hz`` as one, and those below ``threshold`` of the total left out."""
    order = np.argsort(lines.omega)
    omega, weight = lines.omega[order], lines.weight[order]
    first = np.concatenate([[True], np.diff(omega) > tau * resolution_hz])
    starts = np.flatnonzero(first)
    total = np.add.reduceat(weight, starts)
    mean = np.add.reduceat(omega * weight, starts) / np.where(total > 0, total, 1)
    keep = total > threshold * total.sum()
    return LineList(mean[keep], total[keep], np.empty((0, keep.sum())), np.empty((0, keep.sum())))


def plain_spectrum(fid: MeasuredFid) -> tuple[np.ndarray, np.ndarray]:
    """Offsets (F,) ascending and spectrum, neither zero-filled nor windowed: one sample per independent number."""
    weighted = fid.signal.copy()
    weighted[0] *= 0.5
    offsets = np.fft.fftshift(np.fft.fftfreq(fid.grid.points, fid.grid.dt_s))
    return offsets, fid.grid.dt_s * np.fft.fftshift(np.fft.fft(weighted))


def common_shift(
    lines: LineList, offsets: np.ndarray, spectrum: np.ndarray, fid: MeasuredFid, search_ppm: float
) -> float:
    """The shift of the whole axis, in Hz, at which the magnitude spectra agree best."""
    step = offsets[1] - offsets[0]
    largest = search_ppm * 1e-6 * fid.larmor_hz
    magnitude = np.abs(spectrum)
    expected = np.abs(lorentzians(lines, 2 * pi, offsets, fid.grid.points, fid.grid.dt_s))
    near = expected > 0.02 * expected.max()
    best, found = -np.inf, 0.0
    for move in range(-int(largest / step), int(largest / step) + 1):
        there = np.roll(near, move)
        seen, wanted = magnitude[there], np.roll(expected, move)[there]
        # Projection of what is seen on what is expected: other signals in reach do not help.
        score = float(seen @ wanted) / float(np.linalg.norm(wanted))
        if score > best:
            best, found = score, move * step
    return found


def windows_of(
    parameters: Parameters, start: np.ndarray, offsets: np.ndarray, spectrum: np.ndarray, margin_hz: float
) -> list[Window]:
    """One window per offset: half the sum of the couplings and a margin to either side; overlapping ones are joined."""
    couplings = np.abs(parameters.template.couplings_hz)
    spans: list[list] = []
    for p in np.argsort(start[: len(parameters.offsets)]):
        unit = parameters.offsets[p]
        outside = [m for m in range(len(couplings)) if m not in unit]
        half = 0.5 * couplings[unit[0], outside].sum() + margin_hz
        low, high = start[p] - half, start[p] + half
        name = _shared_name([parameters.template.labels[k] for k in unit])
        if spans and low < spans[-1][1]:
            spans[-1] = [spans[-1][0], max(high, spans[-1][1]), f"{spans[-1][2]}, {name}"]
        else:
            spans.append([low, high, name])
    windows = []
    for low, high, name in spans:
        inside = (offsets >= low) & (offsets <= high)
        if low < offsets[0] or high > offsets[-1] or inside.sum() < 8:
            raise InputError(f"multiplet {name} at {low:.0f} … {high:.0f} Hz lies outside the measured spectrum")
        windows.append(Window(name, offsets[inside], spectrum[inside]))
    return windows


def _shared_name(labels: list[str]) -> str:
    """What labels begin with in common (H4 of H4a and H4b); the first label if that is nothing."""
    shared = labels[0]
    while not all(label.startswith(shared) for label in labels):
        shared = shared[:-1]
    return shared or labels[0]
