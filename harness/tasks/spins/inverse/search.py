"""The best optimum of a fit from many starts, each followed from a broad spectrum to the sharp one.

A start that is wrong by a line's distance ends in a wrong optimum: lines of model and measurement overlap by chance.
With the signal times exp(-πBt) lines are B wide, and the sum of squares is smooth over about B: fits with B falling
from 24 Hz to nothing follow the optimum to its correct place (R. Laatikainen et al., J. Magn. Reson. A 120, 1 (1996)).
Where this is not enough, many starts help: the search ends when one of them describes the measurement to its noise, or
when the best optimum has been reached from several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse.levels import Levels, Optimum, Room, levels_of
from harness.tasks.spins.inverse.multiplet_places import Match, common_moves, matches
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.inverse.windows import sampled

COARSE_HZ = 12.0
"""Broadening at which multiplets are looked for."""

AXES = 3
"""Moves of the whole axis that are followed up."""

STARTS, STARTS_HOPELESS = 30, 12
"""Starts at most, and at most where the best optimum leaves more than ``HOPELESS`` or a window is ``EMPTY``."""

HOPELESS, EMPTY = 0.1, 0.9
"""Part of the energy of the windows, beyond the noise: a third of the signal; and that of the noise in a window."""

ENOUGH, ENOUGH_POOR = 3, 6
"""How many starts must have reached the best optimum, and how many where it leaves more than ``POOR``."""

POOR = 0.01
"""Part of the energy of the windows, beyond the noise: 10 % of the signal."""

HOPS_FROM = 4
"""After so many starts every other one changes the best optimum where it fits worst, instead of beginning anew."""

SAME = 1.02
"""Sums of squares within this ratio are one optimum: sweeps end that close to it."""


@dataclass(frozen=True, eq=False)
class Found:
    """The best optimum: ``theta`` (P,), the linewidth of each offset, how many starts reached it, of how many."""

    theta: np.ndarray
    widths_hz: np.ndarray
    reached: int
    starts: int
    evaluations: int


@dataclass(frozen=True, eq=False)
class Axis:
    """A move of the whole axis: the levels there, and where each multiplet fits best, (P_offsets,) in Hz."""

    levels: Levels
    best_hz: np.ndarray

    def start(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """The molecule's values with each multiplet where it fits best; as they are; then values drawn about both."""
        theta, units = self.levels.begun.copy(), len(self.best_hz)
        if number == 0:
            theta[:units] = self.best_hz
        if number < 2:
            return theta
        return self.redrawn(theta, np.ones(units, bool), rng)

    def redrawn(
        self, theta: np.ndarray, which: np.ndarray, rng: np.random.Generator, couplings: bool = True
    ) -> np.ndarray:
        """θ (P,) with the offsets ``which``, and their couplings too if wanted, drawn anew."""
        parameters, begun, units = self.levels.parameters, self.levels.begun, len(self.best_hz)
        spins = {k for unit, drawn in zip(parameters.offsets, which, strict=True) if drawn for k in unit}
        touched = [couplings and any(i in spins or j in spins for i, j in group) for group in parameters.couplings]
        drawn = begun + 0.7 * self.levels.reach * rng.uniform(-1, 1, len(begun))
        drawn[:units] = np.where(rng.random(units) < 0.5, self.best_hz, drawn[:units])
        return np.where(np.concatenate([which, touched]).astype(bool), drawn, theta)


@dataclass(eq=False)
class Progress:
    """The optima so far, with the axis of each, and whether it began anew."""

    optima: list[tuple[Axis, Optimum, bool]] = field(default_factory=list)
    tried: int = 0
    evaluations: int = 0

    def add(self, axis: Axis, optimum: Optimum, anew: bool) -> None:
        """Count a start; store its optimum if the start was not abandoned."""
        self.tried += 1
        self.evaluations += optimum.evaluations
        if optimum.finished:
            self.optima.append((axis, optimum, anew))

    @property
    def best(self) -> tuple[Axis, Optimum]:
        """The one with the smallest remainder."""
        axis, optimum, _ = min(self.optima, key=lambda one: one[1].left[-1])
        return axis, optimum

    @property
    def reached(self) -> int:
        """How many starts that began anew ended in the best optimum."""
        least = self.best[1].left[-1]
        return sum(anew and optimum.left[-1] <= SAME * least for _, optimum, anew in self.optima)

    @property
    def left(self) -> float:
        """Part of the energy of the windows that the best optimum leaves beyond the noise."""
        axis, optimum = self.best
        return optimum.left[-1] - float(axis.levels.noise_left.mean())

    @property
    def hopeless(self) -> bool:
        """Whether the remainder is far larger than errors of line shape, or a window holds only noise."""
        return self.left > HOPELESS or self.best[0].levels.noise_left.max() > EMPTY

    @property
    def done(self) -> bool:
        """Whether more starts would probably give no improvement."""
        axis, optimum = self.best
        if self.hopeless:
            return self.tried >= STARTS_HOPELESS
        return axis.levels.explained(optimum) or self.reached >= (ENOUGH if self.left < POOR else ENOUGH_POOR)


def search(fid: MeasuredFid, parameters: Parameters, room: Room, margin_hz: float, rng: np.random.Generator) -> Found:
    """The best optimum within ``room`` of the molecule's values.

    Raises
    ------
    InputError
        For multiplets outside the measured spectrum.
    """
    axes = _axes(fid, parameters, room, margin_hz)
    progress = Progress()
    while not progress.optima or (progress.tried < STARTS and not progress.done):
        number = progress.tried
        axis = axes[0] if number < 2 else axes[number // 2 % len(axes)]
        hop = number >= HOPS_FROM and number % 2 == 1
        if hop:
            axis, best = progress.best
            which = axis.levels.worst_offsets(best, rng)
            start = axis.redrawn(best.theta[: len(parameters)], which, rng, couplings=bool(rng.random() < 0.5))
        else:
            start = axis.start(number, rng)
        progress.add(axis, axis.levels.descend(start, progress.best[1].left if progress.optima else ()), not hop)
    axis, optimum = progress.best
    better = optimum if progress.hopeless else axis.levels.improved(optimum)
    count, units = len(parameters), len(parameters.offsets)
    widths = [better.theta[count + axis.levels.window_of(offset)] for offset in better.theta[:units]]
    reached = progress.reached if better.left[-1] >= optimum.left[-1] / SAME else 0
    evaluations = progress.evaluations - optimum.evaluations + better.evaluations
    return Found(better.theta[:count], np.array(widths), reached, progress.tried, evaluations)


def _axes(fid: MeasuredFid, parameters: Parameters, room: Room, margin_hz: float) -> list[Axis]:
    begun = parameters.mean_of(parameters.template)
    units, ppm_hz = len(parameters.offsets), 1e-6 * fid.larmor_hz
    shift_hz = room.shift_ppm * ppm_hz
    found = matches(parameters, begun, sampled(fid, COARSE_HZ), room.axis_ppm * ppm_hz + shift_hz)
    axes = []
    for move in common_moves(found, room.axis_ppm * ppm_hz, shift_hz, AXES):
        levels = levels_of(fid, parameters, move, room, margin_hz, begun)
        axes.append(Axis(levels, begun[:units] + _best_moves(found, move, shift_hz)))
    return axes


def _best_moves(found: Sequence[Match], move_hz: float, shift_hz: float) -> np.ndarray:
    return np.array([match.moves_hz[match.best(move_hz, shift_hz)] for match in found])
