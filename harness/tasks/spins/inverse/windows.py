"""Parts of a measured spectrum, and the line shapes fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import tau

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse.line_derivatives import LinesAndDerivatives
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.systems import TimeGrid

FEWEST = 256
"""Samples of a FID that can be fitted: its outer parts give the noise, and need more samples than the signal."""


FAR_HZ = 60.0
"""Distance from a window beyond which a line is a tail: some tens of linewidths."""


@dataclass(frozen=True, eq=False)
class Window:
    """One multiplet: its part of the measured spectrum.

    ``offset_hz`` (F,) ascending from the carrier, ``spectrum`` (F,) complex; ``name`` of the group of spins.
    """

    name: str
    offset_hz: np.ndarray
    spectrum: np.ndarray

    @cached_property
    def baseline(self) -> np.ndarray:
        """(F, 2) a constant and a slope, orthogonal."""
        centred = (self.offset_hz - self.offset_hz.mean()) / np.ptp(self.offset_hz)
        return np.column_stack([np.ones_like(centred), centred]).astype(complex)

    @cached_property
    def size(self) -> float:
        """Norm of the spectrum without what a baseline explains."""
        q = np.linalg.qr(self.baseline)[0]
        return float(np.linalg.norm(self.spectrum - q @ (q.conj().T @ self.spectrum)))


@dataclass(frozen=True, eq=False)
class Sampled:
    """A FID times exp(-π·broadening·t), cut where that has decayed, and its spectrum.

    ``offset_hz`` (F,) ascending and ``spectrum`` (F,), neither zero-filled nor windowed otherwise: one sample per
    independent number.
    """

    grid: TimeGrid
    broadening_hz: float
    offset_hz: np.ndarray
    spectrum: np.ndarray


def sampled(fid: MeasuredFid, broadening_hz: float = 0.0) -> Sampled:
    """The spectrum of a FID, first point at half weight; cut at exp(-3π) where it is broadened."""
    points = fid.grid.points
    if broadening_hz > 0:
        points = min(points, max(FEWEST, round(3 / broadening_hz / fid.grid.dt_s)))
    grid = fid.grid.prefix(points)
    weighted = fid.signal[:points] * np.exp(-0.5 * tau * broadening_hz * grid.times_s)
    weighted[0] *= 0.5
    offsets = np.fft.fftshift(np.fft.fftfreq(points, grid.dt_s))
    return Sampled(grid, broadening_hz, offsets, grid.dt_s * np.fft.fftshift(np.fft.fft(weighted)))


def lorentzians(omega: np.ndarray, rate: float, offset_hz: np.ndarray, grid: TimeGrid) -> tuple[np.ndarray, np.ndarray]:
    """Transforms of exp((iω_l - R) t_n), first point at half weight, and of t_n exp((iω_l - R) t_n), (L, F) each.

    Geometric series, summed exactly: with s = (1 - z^T)/(1 - z), Σ z^n = s and Σ n z^n = (z s - T z^T)/(1 - z).
    """
    line = (1j * omega - rate) * grid.dt_s
    sample = -1j * tau * offset_hz * grid.dt_s
    # Outer products instead of (L, F) exponentials; 1 - z loses no digits that matter, because |1 - z| ≥ rate·dt.
    ratio = np.multiply.outer(np.exp(line), np.exp(sample))
    last = np.multiply.outer(np.exp(grid.points * line), np.exp(grid.points * sample))
    inverse = 1 / (1 - ratio)
    total = (1 - last) * inverse
    first_moment = (ratio * total - grid.points * last) * inverse
    return grid.dt_s * (total - 0.5), grid.dt_s**2 * first_moment


def shape_of(
    lines: LinesAndDerivatives, rate: float, offset_hz: np.ndarray, grid: TimeGrid
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shape (F,) of damped lines, its derivatives (P, F) by Hz, and (F,) by the rate.

    Of lines further than ``FAR_HZ`` from the window only the smooth tails are there: those within 1 Hz count as one, at
    their centre, which is right to (1 Hz/FAR_HZ)²/12 of the tail; and a baseline follows what changes in them.
    """
    low, high = tau * (offset_hz[0] - FAR_HZ), tau * (offset_hz[-1] + FAR_HZ)
    near = (lines.omega > low) & (lines.omega < high)
    plain, moment = lorentzians(lines.omega[near], rate, offset_hz, grid)
    weight = lines.weight[near]
    slopes = lines.d_weight[:, near] @ plain + 1j * (lines.d_phase[:, near] @ moment)
    shape, by_rate = weight @ plain, -(weight @ moment)
    cell, weight = np.floor(lines.omega[~near] / tau), lines.weight[~near]
    if weight.sum() > 0:
        _, number = np.unique(cell, return_inverse=True)
        total = np.bincount(number, weight)
        centre = np.bincount(number, weight * lines.omega[~near])[total > 0] / total[total > 0]
        shape = shape + total[total > 0] @ lorentzians(centre, rate, offset_hz, grid)[0]
    return shape, slopes, by_rate


def windows_of(
    parameters: Parameters, theta: np.ndarray, measured: Sampled, margin_hz: float, room_hz: float = 0.0
) -> tuple[Window, ...]:
    """One window per offset: half the sum of the couplings and a margin to either side; overlapping ones are joined.

    ``room_hz`` is added to every coupling for a θ (P,) that may still change.

    Raises
    ------
    InputError
        For a multiplet outside the measured spectrum.
    """
    couplings = np.abs(parameters.system(theta).couplings_hz)
    couplings[couplings > 0] += room_hz
    spans: list[tuple[float, float, str]] = []
    for p in np.argsort(theta[: len(parameters.offsets)]):
        unit = parameters.offsets[p]
        outside = [m for m in range(len(couplings)) if m not in unit]
        half = 0.5 * couplings[unit[0], outside].sum() + margin_hz
        low, high = theta[p] - half, theta[p] + half
        name = shared_name([parameters.template.labels[k] for k in unit])
        if spans and low < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(high, spans[-1][1]), f"{spans[-1][2]}, {name}")
        else:
            spans.append((low, high, name))
    return tuple(part_of(measured, name, low, high) for low, high, name in spans)


def part_of(measured: Sampled, name: str, low_hz: float, high_hz: float) -> Window:
    """The samples between two offsets, and at least eight where the spectrum is coarse.

    Raises
    ------
    InputError
        If they lie outside the measured spectrum.
    """
    offsets = measured.offset_hz
    if low_hz < offsets[0] or high_hz > offsets[-1]:
        raise InputError(f"multiplet {name} at {low_hz:.0f} … {high_hz:.0f} Hz lies outside the measured spectrum")
    first, last = np.searchsorted(offsets, [low_hz, high_hz])
    short = max(8 - (last - first), 0)
    first, last = max(first - (short + 1) // 2, 0), last + (short + 1) // 2
    return Window(name, offsets[first:last], measured.spectrum[first:last])


def shared_name(labels: list[str]) -> str:
    """What labels begin with in common (H4 of H4a and H4b); the first label if that is nothing."""
    shared = labels[0]
    while not all(label.startswith(shared) for label in labels):
        shared = shared[:-1]
    return shared or labels[0]
