"""Steps in a series of nightly values: lasting changes of level, distinguished from single outliers.

A series is cut where two medians describe it best, that is, where Σ |x - med| over both sides is smallest, and the cut
is a step if the medians differ by more than 7 of their standard errors and by more than 1 %:

    T = |med_after - med_before| / (σ √(1.57 (1/n_before + 1/n_after))),   σ = 1.4826 · median |x - med| · n/(n - 2)

(1.57 = π/2 is the ratio of the variances of median and mean; n/(n - 2) corrects the bias of few points). For an even
number of values the middle one nearer to the other side is taken. Both sides are then searched in turn. Positive series
are judged by their logarithms, so that a step is a ratio.

The threshold is chosen by simulation: series of 11 … 100 normal, Laplace or Student-t (3 degrees) values without a step
are cut in fewer than 1 of 200 cases. A step has to last 3 nights, with 8 before it, to be found: one outlier, or two
apart, are never a step. After 3 nights a step of about 5.5 σ is found, after 10 one of about 3.5 σ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

LEAST_BEFORE = 8
LEAST_AFTER = 3
THRESHOLD = 7.0
SMALLEST_CHANGE = 0.01
TIE = 1e-12
"""Sums of logarithms that differ by less, per value and its size, are equal: rounding is a hundred times smaller."""


@dataclass(frozen=True)
class Step:
    """A lasting change: ``index`` is the first value on the new level; ``before`` and ``after`` are medians."""

    index: int
    before: float
    after: float

    @property
    def ratio(self) -> float:
        """after/before; infinite from zero."""
        return self.after / self.before if self.before else float("inf")


def find_steps(values: Sequence[float]) -> tuple[Step, ...]:
    """Every step of a series of finite values, in order of index; an empty tuple if there are too few values."""
    raw = np.asarray(values, dtype=np.float64)
    if raw.ndim != 1 or not np.all(np.isfinite(raw)):
        raise ValueError("a series of finite numbers is needed")
    if len(raw) == 0:
        return ()
    positive = bool(np.all(raw > 0))
    x = np.log(raw) if positive else raw
    smallest = np.log1p(SMALLEST_CHANGE) if positive else SMALLEST_CHANGE * float(np.max(np.abs(raw)))
    cuts = sorted(_cuts(x, 0, smallest))
    edges = [0, *cuts, len(raw)]
    levels = [float(np.median(raw[a:b])) for a, b in pairwise(edges)]
    return tuple(Step(cut, levels[k], levels[k + 1]) for k, cut in enumerate(cuts))


def _cuts(x: np.ndarray, start: int, smallest: float) -> list[int]:
    places = range(LEAST_BEFORE, len(x) - LEAST_AFTER + 1)
    if not places:
        return []
    misfits = np.array([_misfit(x[:s]) + _misfit(x[s:]) for s in places])
    # Of places that describe it equally well, the first; rounding in another unit must not change this.
    cut = places[int(np.argmax(misfits <= misfits.min() + TIE * len(x) * np.abs(x).max()))]
    if _statistic(x[:cut], x[cut:], smallest) <= THRESHOLD:
        return []
    return [*_cuts(x[:cut], start, smallest), start + cut, *_cuts(x[cut:], start + cut, smallest)]


def _misfit(x: np.ndarray) -> float:
    return float(np.sum(np.abs(x - np.median(x))))


def _statistic(before: np.ndarray, after: np.ndarray, smallest: float) -> float:
    near_before = _middle(before, float(np.median(after)))
    near_after = _middle(after, near_before)
    change = abs(near_after - near_before)
    moved = np.abs(after - near_after) < np.abs(after - near_before)
    if change <= smallest or np.count_nonzero(moved) < LEAST_AFTER:
        return 0.0
    scatter = np.abs(np.concatenate([before - np.median(before), after - np.median(after)]))
    n = len(scatter)
    sigma = 1.4826 * float(np.median(scatter)) * n / (n - 2)
    return change / (max(sigma, 1e-9 * change) * float(np.sqrt(0.5 * np.pi * (1 / len(before) + 1 / len(after)))))


def _middle(x: np.ndarray, other: float) -> float:
    """The median; of the two middle values of an even number the one nearer to ``other``."""
    ordered = np.sort(x)
    low, high = ordered[(len(x) - 1) // 2], ordered[len(x) // 2]
    return float(low if abs(low - other) < abs(high - other) else high)
