"""Split-conformal prediction bands: coverage that holds for any model, on systems drawn like the calibration set.

With scores s_1 … s_n of n calibration trajectories and the quantile q = the ⌈(n+1)·level⌉-th smallest of them, a fresh
exchangeable score is at most q with probability ≥ level, and over calibration sets that probability follows
Beta(k, n+1-k), k = ⌈(n+1)·level⌉. Errors are divided by a scale w(t; d) first, which grows with the difficulty d of the
system and is fitted on calibration rows that give no scores. Two kinds of band, for each observable by itself:

- pointwise: at each time t the score is |Δ(t)|/w(t); every sample is covered with probability ``level``, the whole
  trajectory with less;
- sup: the score is max_t |Δ(t)|/w(t), and the band q·w(t) covers the whole trajectory with probability ``level``.

A :class:`KindCalibration` has separate quantiles for every kind of system (Mondrian), so that all this holds within
each kind and not only on average over them. Systems outside the calibration's distribution have no guarantee; the
domain check flags them.

Source: V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005), ch. 2 and 4.5 (Mondrian);
normalised scores: J. Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018); bands of functions: J. Diquigiovanni et al.,
J. Multivar. Anal. 189 (2022).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.surrogates.base import Band
from harness.surrogates.recalibration import predictors
from harness.surrogates.scale import Scale, fit_scale
from harness.trajectory import Provenance, TimeGrid, Trajectory

LEVELS = (0.5, 0.68, 0.8, 0.9, 0.95, 0.99)
FEWEST = 300
"""Smallest number of scores of a kind with separate quantiles: its coverage at 90 % then has a scatter of 1.7 %."""
FLOOR = 1e-9
"""Smallest radius of a band: the answers of one system in different batches and on different processors agree to this.
If a model is exact, its errors are rounding errors; a quantile from another machine is no bound for these."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Quantiles of a calibration set.

    Parameters
    ----------
    grid
        Sample times, T of them.
    levels
        L levels of coverage.
    count
        Number n of scores behind every quantile.
    scales
        Per signal w(t; d).
    pointwise
        Per signal (L, T) quantiles of |Δ(t)|/w(t).
    sup
        Per signal (L,) quantiles of max_t |Δ(t)|/w(t).
    """

    grid: TimeGrid
    levels: tuple[float, ...]
    count: int
    scales: Mapping[str, Scale]
    pointwise: Mapping[str, np.ndarray]
    sup: Mapping[str, np.ndarray]

    def bands(
        self, grid: TimeGrid, levels: Sequence[float] | None = None, difficulty: np.ndarray | None = None
    ) -> tuple[Band, ...]:
        """Bands of one system, or the same for all systems if no difficulty is known; see :meth:`every`."""
        rows = np.zeros((1, 0)) if difficulty is None else np.asarray(difficulty, float)[None]
        return self.every(grid, rows, levels)[0]

    def every(
        self, grid: TimeGrid, difficulty: np.ndarray, levels: Sequence[float] | None = None
    ) -> list[tuple[Band, ...]]:
        """Bands of both kinds at each level for every row of ``difficulty`` (n, K), on any grid.

        Between calibrated samples the larger neighbour is used; beyond the calibrated horizon the radius is infinite,
        because there are no calibration data.

        Raises
        ------
        InputError
            For a level that was not calibrated.
        """
        rows = self._rows(levels)
        widths = {name: self.scales[name](difficulty) for name in self.scales}
        found: list[list[Band]] = [[] for _ in difficulty]
        for row in rows:
            for kind in ("pointwise", "sup"):
                factors = {name: getattr(self, kind)[name][row] for name in self.scales}
                radii = {name: on_grid(factors[name] * widths[name], self.grid, grid) for name in self.scales}
                radii = {name: np.maximum(radius, FLOOR) for name, radius in radii.items()}
                for k, bands in enumerate(found):
                    bands.append(Band(self.levels[row], kind, {name: radius[k] for name, radius in radii.items()}))
        return [tuple(bands) for bands in found]

    def _rows(self, levels: Sequence[float] | None) -> list[int]:
        for level in levels or ():
            if level not in self.levels:
                known = ", ".join(f"{x:g}" for x in self.levels)
                raise InputError(f"conformal level {level!r} was not calibrated (calibrated: {known})")
        return [self.levels.index(level) for level in (self.levels if levels is None else levels)]


@dataclass(frozen=True, eq=False)
class Traits:
    """Properties of n systems on which the uncertainty may depend: their kinds, and (n, K) positive difficulties."""

    kinds: tuple[str, ...]
    difficulty: np.ndarray

    def take(self, rows: Sequence[int] | np.ndarray) -> Traits:
        """Those of some systems."""
        return Traits(tuple(self.kinds[k] for k in rows), self.difficulty[np.asarray(rows, dtype=int)])


@dataclass(frozen=True, eq=False)
class KindCalibration:
    """A calibration for each kind of system, by name; "" is that of all kinds together, for kinds without their own.

    ``spreads`` are, by the same names and then by signal, the maps from the raw standard deviation of a case and the
    difficulties of its system to the calibrated one, see :mod:`harness.surrogates.recalibration`; empty for a model
    without dropout.
    """

    kinds: Mapping[str, Calibration]
    spreads: Mapping[str, Mapping[str, Scale]]

    def __repr__(self) -> str:
        return f"KindCalibration({len(self.kinds)} kinds, {self.count} scores, {1e3 * self.grid.horizon_s:g} ms)"

    @property
    def grid(self) -> TimeGrid:
        """Sample times of all kinds."""
        return self.kinds[""].grid

    @property
    def count(self) -> int:
        """Scores of all kinds together."""
        return self.kinds[""].count

    def name_of(self, kind: str) -> str:
        """The kind whose calibration is used: the kind itself, or the narrowest wider one that was calibrated."""
        return next(name for name in parents(kind) if name in self.kinds)

    def bands(self, traits: Traits, grid: TimeGrid) -> tuple[tuple[Band, ...], ...]:
        """Bands of systems with these traits."""
        found: list[tuple[Band, ...]] = [()] * len(traits.kinds)
        for name, rows in self._sorted(traits.kinds):
            for row, bands in zip(rows, self.kinds[name].every(grid, traits.difficulty[rows]), strict=True):
                found[row] = bands
        return tuple(found)

    def standard_deviations(
        self, traits: Traits, raw: np.ndarray, grid: TimeGrid, provenance: Provenance
    ) -> list[Trajectory]:
        """Calibrated standard deviations of every observable, of a complex one those of either component.

        ``raw`` (n,) is the RMS spread of each case over passes, samples and components, on the grid of the
        calibration. Beyond the calibrated horizon the last value is used; the domain check flags such grids.
        """
        found: list[Trajectory] = [None] * len(traits.kinds)  # type: ignore[list-item]
        given = predictors(raw, traits.difficulty)
        for name, rows in self._sorted(traits.kinds):
            # A calibration with only the raw spread as predictor uses only this.
            widths = {
                signal: on_grid(scale(given[rows, : len(scale.lowest)]), self.grid, grid, beyond=None)
                for signal, scale in self.spreads[name].items()
            }
            for k, row in enumerate(rows):
                found[row] = Trajectory(grid, provenance, {signal: width[k] for signal, width in widths.items()})
        return found

    def _sorted(self, kinds: Sequence[str]) -> list[tuple[str, list[int]]]:
        """Rows by the calibrated kind that is used for them."""
        known = {kind: self.name_of(kind) for kind in set(kinds)}
        rows: dict[str, list[int]] = {}
        for k, kind in enumerate(kinds):
            rows.setdefault(known[kind], []).append(k)
        return list(rows.items())


def parents(kind: str) -> list[str]:
    """A kind and all wider ones, the widest ("") last: the words of a kind are ordered from special to general."""
    words = kind.split()
    return [" ".join(words[k:]) for k in range(len(words) + 1)]


def conformal_quantile(scores: np.ndarray, level: float) -> np.ndarray:
    """⌈(n+1)·level⌉-th smallest score along the first axis; infinite if n is too small for the level."""
    n = len(scores)
    rank = math.ceil((n + 1) * level - 1e-9)
    if rank > n:
        return np.full(scores.shape[1:], np.inf)
    return np.partition(scores, rank - 1, axis=0)[rank - 1]


def calibrate(
    errors: Mapping[str, np.ndarray],
    grid: TimeGrid,
    levels: Sequence[float] = LEVELS,
    shape_share: float = 0.1,
    difficulty: np.ndarray | None = None,
) -> Calibration:
    """Quantiles from absolute errors.

    Parameters
    ----------
    errors
        By observable (n, T) absolute errors of exchangeable systems that the model was not trained on.
    grid
        Their sample times.
    levels
        Levels of coverage in (0, 1).
    shape_share
        Share of the rows (evenly spaced ones) that gives the scale w(t; d) and no scores.
    difficulty
        (n, K) positive numbers per system that increase with the error; by default none, and w depends only on t.

    Raises
    ------
    InputError
        If there are too few rows for the highest level.
    """
    total = len(next(iter(errors.values())))
    first = max(1, round(shape_share * total))
    count = total - first
    if math.ceil((count + 1) * max(levels)) > count:
        raise InputError(f"conformal: {count} scores are too few for level {max(levels):g}: calibrate on more systems")
    of_scale = shape_rows(total, first)
    known = np.zeros((total, 0)) if difficulty is None else np.asarray(difficulty, dtype=np.float64)
    scales, pointwise, sup = {}, {}, {}
    for name, given in errors.items():
        absolute = np.asarray(given, dtype=np.float64)
        if absolute.shape != (total, grid.points) or not np.all(np.isfinite(absolute)):
            raise InputError(f"conformal: errors of {name} must be finite and of shape ({total}, {grid.points})")
        scales[name] = fit_scale(absolute[of_scale], known[of_scale])
        scores = absolute[~of_scale] / scales[name](known[~of_scale])
        pointwise[name] = np.stack([conformal_quantile(scores, level) for level in levels])
        whole = scores.max(axis=1)
        sup[name] = np.array([float(conformal_quantile(whole, level)) for level in levels])
    return Calibration(grid, tuple(map(float, levels)), count, scales, pointwise, sup)


def shape_rows(total: int, first: int) -> np.ndarray:
    """(total,) bool, ``first`` of them true: evenly spaced, for any order of the rows."""
    chosen = np.zeros(total, dtype=bool)
    chosen[np.arange(first) * total // first] = True
    return chosen


def kinds_to_calibrate(kinds: Sequence[str], fewest: int) -> dict[str, np.ndarray]:
    """Rows (index arrays) of every kind with at least ``fewest`` members, of the words they end in, and of all ("")."""
    names = np.array(kinds)
    wider = {parents(kind)[-2] for kind in set(kinds) if kind}
    found = {str(kind): np.flatnonzero(names == kind) for kind in sorted(set(kinds)) if kind}
    found = {kind: rows for kind, rows in found.items() if len(rows) >= fewest}
    for word in sorted(wider):
        rows = np.array([k for k, kind in enumerate(kinds) if parents(kind)[-2:][0] == word])
        if len(rows) >= fewest:
            found[word] = rows
    return {**found, "": np.arange(len(kinds))}


def on_grid(radius: np.ndarray, known: TimeGrid, wanted: TimeGrid, beyond: float | None = math.inf) -> np.ndarray:
    """(…, T) on the known grid to (…, T') on another: the larger neighbour; after the end ``beyond`` (None: the
    last).
    """
    if wanted == known:
        return radius
    place = wanted.times_s / known.dt_s
    nearest = np.rint(place)
    place = np.where(np.abs(place - nearest) < 1e-6, nearest, place)
    last = known.points - 1
    lower = np.minimum(np.floor(place).astype(int), last)
    upper = np.minimum(np.ceil(place).astype(int), last)
    found = np.maximum(radius[..., lower], radius[..., upper])
    return found if beyond is None else np.where(place > last, beyond, found)
