"""A measured spectrum at several broadenings, and how a search proceeds from the broadest to the sharp one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse.line_model import LineModel
from harness.tasks.spins.inverse.noise import at_noise, noise_of
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.inverse.projection import Projection
from harness.tasks.spins.inverse.solver import least_squares
from harness.tasks.spins.inverse.windows import part_of, sampled, windows_of

BROADENINGS_HZ = (24.0, 10.0, 4.0, 1.5, 0.0)

COARSE, THRESHOLD = 0.01, 1e-5
"""Lines closer than this part of their width are one in a search, and those weaker than ``THRESHOLD`` are left out: of
leucine 1300 lines stay of 3300, and 0.15 % of the signal are lost."""

WIDTHS_HZ = (0.05, 10.0)
"""Between these a linewidth may be."""

BEHIND, MARGIN = 3.0, 0.02
"""A start is abandoned where its sum of squares is above ``BEHIND`` times that of the best one at the same broadening,
and ``MARGIN`` of the energy of a window more."""

CLEARLY = 0.98
"""A sum of squares below this part of another is a better one: sweeps of least squares end within 2 % of an optimum."""

CLEAR = 0.05
"""Part of the energy of the windows, up to which what is left shows that most is explained: below the noise a wrong
optimum leaves no more than a right one."""


@dataclass(frozen=True)
class Room:
    """How far from the molecule's values the search goes: the whole axis and each shift in ppm, couplings in Hz.

    Shifts move by up to 0.02 ppm with the sample, and couplings hardly; tables are wrong by some Hz here and there.
    """

    axis_ppm: float = 0.2
    shift_ppm: float = 0.035
    coupling_hz: float = 6.0

    def reach(self, parameters: Parameters, larmor_hz: float) -> np.ndarray:
        """(P,) how far each parameter may move in Hz, the axis left aside."""
        return np.where(parameters.is_coupling, self.coupling_hz, self.shift_ppm * 1e-6 * larmor_hz)


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where one start ended: θ with the linewidths (P + W,), and at each broadening the part of the energy left."""

    theta: np.ndarray
    left: tuple[float, ...]
    finished: bool
    evaluations: int


@dataclass(frozen=True, eq=False)
class Levels:
    """The measurement at each broadening, where the search begins (P,), and how far it may go (P,), in Hz."""

    parameters: Parameters
    projections: tuple[Projection, ...]
    begun: np.ndarray
    reach: np.ndarray
    noise: float

    @cached_property
    def noise_left(self) -> np.ndarray:
        """(W,) what noise leaves of the energy of each window."""
        windows = self.projections[-1].windows
        return np.array([2 * len(w.spectrum) * (self.noise / w.size) ** 2 for w in windows])

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bounds of θ with the linewidths, (P + W,)."""
        windows = len(self.projections[0].windows)
        low = np.concatenate([self.begun - self.reach, np.full(windows, WIDTHS_HZ[0])])
        return low, np.concatenate([self.begun + self.reach, np.full(windows, WIDTHS_HZ[1])])

    def descend(self, start: np.ndarray, best: tuple[float, ...] = ()) -> Optimum:
        """From a start (P,) through all levels; abandoned where its remainder is far above ``left``, the best one."""
        windows = len(self.projections[0].windows)
        theta, left, calls = np.concatenate([start, np.ones(windows)]), [], 0
        for level, projection in enumerate(self.projections):
            last = projection is self.projections[-1]
            tolerance, most = (1e-6, 40) if last else (1e-3, 15)
            theta, cost, _, spent = least_squares(projection, theta, *self.bounds, tolerance, most)
            calls += spent
            left.append(cost / windows)
            if best and not last and left[-1] > BEHIND * best[level] + MARGIN:
                return Optimum(theta, tuple(left), False, calls)
        return Optimum(theta, tuple(left), True, calls)

    def explained(self, optimum: Optimum) -> bool:
        """Whether only noise remains, and so little that a wrong optimum would have a larger remainder."""
        sharp = self.projections[-1]
        if optimum.left[-1] > CLEAR:
            return False
        models, widths = sharp(optimum.theta).models, optimum.theta[len(self.parameters) :]
        return all(
            at_noise(model - window.spectrum, window.offset_hz, width, self.noise)
            for model, window, width in zip(models, sharp.windows, widths, strict=True)
        )

    def improved(self, optimum: Optimum) -> Optimum:
        """The optimum, or a better one with some offset moved from line to line of its multiplet."""
        sharp, count = self.projections[-1], len(self.parameters)
        evaluations = 0
        while True:
            trials = [np.concatenate([t, optimum.theta[count:]]) for t in self._moved(optimum.theta[:count])]
            sums = [float(np.sum(sharp(trial).residual ** 2)) for trial in trials]
            evaluations += len(trials)
            if not trials or min(sums) > CLEARLY * optimum.left[-1] * len(sharp.windows):
                return replace(optimum, evaluations=optimum.evaluations + evaluations)
            theta, cost, _, calls = least_squares(sharp, trials[int(np.argmin(sums))], *self.bounds, 1e-6, 40)
            evaluations += calls
            optimum = replace(optimum, theta=theta, left=(*optimum.left[:-1], cost / len(sharp.windows)))

    def _moved(self, theta: np.ndarray) -> Iterator[np.ndarray]:
        """θ (P,) with one offset moved by a distance of lines in its multiplet, or half of one."""
        values = np.abs(theta)
        for p, unit in enumerate(self.parameters.offsets):
            own = [
                values[q]
                for q, group in enumerate(self.parameters.couplings, len(self.parameters.offsets))
                if any(i in unit or j in unit for i, j in group)
            ]
            distances = [*own, *(abs(a - b) for a, b in combinations(own, 2))]
            for distance in sorted({round(factor * d, 3) for d in distances for factor in (0.5, 1.0)} - {0.0}):
                for move in (-distance, distance):
                    moved = theta.copy()
                    moved[p] += move
                    if abs(moved[p] - self.begun[p]) < self.reach[p]:
                        yield moved

    def window_of(self, offset_hz: float) -> int:
        """The window that an offset lies in, or nearest to."""
        windows = self.projections[-1].windows
        return int(np.argmin([abs(offset_hz - np.clip(offset_hz, w.offset_hz[0], w.offset_hz[-1])) for w in windows]))

    def worst_offsets(self, optimum: Optimum, rng: np.random.Generator) -> np.ndarray:
        """(P_offsets,) bool: the offsets of one window, drawn by how much of it is left."""
        sharp = self.projections[-1]
        models = sharp(optimum.theta).models
        left = np.array([np.linalg.norm(m - w.spectrum) for m, w in zip(models, sharp.windows, strict=True)])
        left /= [window.size for window in sharp.windows]
        chosen = rng.choice(len(left), p=left / left.sum())
        offsets = optimum.theta[: len(self.parameters.offsets)]
        return np.array([self.window_of(offset) == chosen for offset in offsets])


def levels_of(
    fid: MeasuredFid, parameters: Parameters, axis_hz: float, room: Room, margin_hz: float, begun: np.ndarray
) -> Levels:
    """The levels about the values ``begun`` (P,) with the axis moved by ``axis_hz``.

    Raises
    ------
    InputError
        For multiplets outside the measured spectrum.
    """
    moved = begun + axis_hz * ~parameters.is_coupling
    shift_hz = room.shift_ppm * 1e-6 * fid.larmor_hz
    # A common move is known to about a third of how far single shifts may be from it.
    reach = room.reach(parameters, fid.larmor_hz) * np.where(parameters.is_coupling, 1.0, 1.3)
    sharp, model = sampled(fid), LineModel(parameters)
    placed = windows_of(parameters, moved, sharp, margin_hz + shift_hz, room_hz=1.0)
    projections = []
    for broadening in BROADENINGS_HZ:
        measured = sampled(fid, broadening) if broadening else sharp
        windows = tuple(part_of(measured, w.name, w.offset_hz[0], w.offset_hz[-1]) for w in placed)
        resolution = COARSE * (1.0 + broadening)
        projections.append(Projection(model, windows, measured.grid, (), broadening, resolution, THRESHOLD))
    return Levels(parameters, tuple(projections), moved, reach, noise_of(sharp.spectrum))
