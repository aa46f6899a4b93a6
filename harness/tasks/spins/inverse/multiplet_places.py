"""Where in a spectrum the multiplets of a molecule may be: patterns of first order against magnitudes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, tau

import numpy as np

from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.inverse.windows import Sampled


@dataclass(frozen=True, eq=False)
class Match:
    """How well the pattern of one offset agrees with what is measured at each step from its start.

    ``moves_hz`` (M,) ascending, ``correlation`` (M,) in -1 … 1, ``height`` (M,) its size per spin, at least zero.
    """

    moves_hz: np.ndarray
    correlation: np.ndarray
    height: np.ndarray

    def best(self, centre_hz: float, room_hz: float) -> int:
        """Index of the best correlation within ``room_hz`` of ``centre_hz``."""
        near = np.abs(self.moves_hz - centre_hz) <= room_hz
        return int(np.argmax(np.where(near, self.correlation, -np.inf)))


def matches(parameters: Parameters, theta: np.ndarray, measured: Sampled, reach_hz: float) -> list[Match]:
    """One match per free offset, each moved by up to ``reach_hz`` in steps of half a point of the spectrum."""
    step = 0.5 * (measured.offset_hz[1] - measured.offset_hz[0])
    count = int(np.ceil(reach_hz / step))
    moves = step * np.arange(-count, count + 1)
    magnitude = np.abs(measured.spectrum)
    found = []
    for p, unit in enumerate(parameters.offsets):
        couplings = parameters.system(theta).couplings_hz[unit[0]]
        outside = [m for m in range(len(couplings)) if m not in unit]
        half = 0.5 * np.abs(couplings[outside]).sum() + 1.5 * measured.broadening_hz
        around = step * np.arange(-int(half / step) - 1, int(half / step) + 2)
        pattern = _pattern(couplings[outside], around, measured)
        wanted = pattern - pattern.mean()
        places = theta[p] + moves[:, None] + around[None, :]
        seen = np.interp(places, measured.offset_hz, magnitude, left=0.0, right=0.0)
        seen = seen - seen.mean(axis=1, keepdims=True)
        overlap = seen @ wanted
        size = np.linalg.norm(seen, axis=1) * np.linalg.norm(wanted)
        correlation = overlap / np.where(size > 0, size, 1.0)
        height = np.maximum(overlap, 0.0) / (wanted @ wanted) / len(unit)
        found.append(Match(moves, correlation, height))
    return found


def _pattern(couplings_hz: np.ndarray, around: np.ndarray, measured: Sampled) -> np.ndarray:
    """Magnitude of Π cos(πJt) exp(-π·broadening·t) at frequencies ``around`` zero."""
    times = measured.grid.times_s
    signal = np.prod(np.cos(pi * couplings_hz[:, None] * times), axis=0)
    signal = signal * np.exp(-pi * (measured.broadening_hz + 1.0) * times)
    return np.abs(np.exp(-1j * tau * np.outer(around, times)) @ signal) * measured.grid.dt_s


def common_moves(found: Sequence[Match], axis_hz: float, room_hz: float, wanted: int) -> list[float]:
    """Moves of the axis by up to ``axis_hz``, best first, with a similar pattern for every multiplet within ``room_hz``
    of it.

    Rated by the mean correlation minus the scatter of the logarithm of the heights: spins of one molecule count alike,
    so that a high line of another substance is not chosen.
    """
    moves = found[0].moves_hz[np.abs(found[0].moves_hz) <= axis_hz]
    score = np.full(len(moves), -np.inf)
    for k, move in enumerate(moves):
        best = [match.best(float(move), room_hz) for match in found]
        correlation = np.mean([m.correlation[b] for m, b in zip(found, best, strict=True)])
        heights = np.array([m.height[b] for m, b in zip(found, best, strict=True)])
        nothing = 1e-3 * max(heights.max(), 1e-300)
        distance = np.mean([abs(m.moves_hz[b] - move) for m, b in zip(found, best, strict=True)])
        score[k] = correlation - 0.3 * np.std(np.log(heights + nothing)) - 0.2 * distance / room_hz
    chosen: list[float] = []
    for k in np.argsort(-score):
        if all(abs(moves[k] - other) > room_hz for other in chosen):
            chosen.append(float(moves[k]))
        if len(chosen) == wanted:
            break
    return chosen
