"""How much a subject's error grows from chains to other coupling graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike

from harness.report.records import Interval
from harness.suites.errors import CaseError, mean_of, worst_of
from harness.suites.intervals import CONFIDENCE, bootstrap, relative_increase


@dataclass(frozen=True)
class TopologyRow:
    """Errors of one subject on one topology.

    ``increase`` is mean RMSE(topology)/mean RMSE(chain) - 1 with its 95 % bootstrap interval over paired cases (same
    offsets): the effect of the graph. ``typical_increase`` is the same for the geometric means, which a single hard
    case does not dominate. ``difficulty`` is the increase for the pair product, which has no training: the effect of
    the graph for every method.
    """

    subject: str
    trained_on: str
    topology: str
    spins: int
    cases: int
    mean_rmse_m: float
    max_rmse_m: float
    mean_rmse_i1z: float
    increase: float
    increase_low: float
    increase_high: float
    typical_increase: float
    difficulty: float
    worst_case: str

    @property
    def interval(self) -> Interval | None:
        """The interval of ``increase``; None if it does not exist."""
        if not (isfinite(self.increase_low) and isfinite(self.increase_high)):
            return None
        return Interval(self.increase_low, self.increase_high, CONFIDENCE, "bootstrap")


def topology_rows(
    subject: str,
    trained_on: str,
    errors: Mapping[str, Sequence[CaseError]],
    plain: Mapping[str, Sequence[CaseError]],
    rng: np.random.Generator,
) -> list[TopologyRow]:
    """One row per topology; ``errors`` (of the subject) and ``plain`` (of the pair product) are keyed by topology.

    A topology with fewer cases than the chain (the subject was too slow) is compared with the first cases of the chain.
    """
    rows = []
    for kind, cases in errors.items():
        chain = [row["rmse_m"] for row in errors["chain"][: len(cases)]]
        increase, interval = relative_increase([row["rmse_m"] for row in cases], chain, rng)
        worst = worst_of(cases, "rmse_m")
        rows.append(
            TopologyRow(
                subject,
                trained_on,
                kind,
                cases[0].size,
                len(cases),
                mean_of(cases, "rmse_m"),
                worst["rmse_m"],
                mean_of(cases, "rmse_i1z"),
                increase,
                inf if interval is None else interval.low,
                inf if interval is None else interval.high,
                _typical([row["rmse_m"] for row in cases]) / _typical(chain) - 1,
                mean_of(plain[kind], "rmse_m") / mean_of(plain["chain"][: len(cases)], "rmse_m") - 1,
                worst.case,
            )
        )
    return rows


ENDS = 2
"""Number of spins at each end of a chain whose neighbourhood of two bonds is incomplete; on a ring all are complete."""


def difference(one: ArrayLike, other: ArrayLike, rng: np.random.Generator) -> tuple[float, Interval | None]:
    """mean(one) - mean(other) of two paired samples (n,), and its bootstrap interval.

    The result is infinite and has no interval if an error is not finite.
    """
    top, bottom = np.asarray(one, float), np.asarray(other, float)
    if not (np.all(np.isfinite(top)) and np.all(np.isfinite(bottom))):
        return np.inf, None
    return float(np.mean(top - bottom)), bootstrap(np.mean, [top - bottom], rng)


def inner_increase(chain: np.ndarray, ring: np.ndarray, rng: np.random.Generator) -> tuple[float, Interval | None]:
    """Increase of the error per spin from a chain's inner spins to a ring's, with its 95 % bootstrap interval.

    A ring has no ends, and every local method has smaller errors at a chain's ends: this compares only inner spins.
    ``chain`` and ``ring`` are (cases, N) errors of the single spins' signals, in the order of the spins, N ≥ 5.
    """
    return relative_increase(ring.mean(axis=1), chain[:, ENDS:-ENDS].mean(axis=1), rng)


def string_law(spins: int, length: int) -> tuple[float, float]:
    """The range of the increase from chain to ring for a method that neglects strings of ``length`` connected spins.

    A chain of N spins has N - length + 1 such strings, and a ring of N > length spins has N. The contribution of a
    string is assumed to be the same at every position. The error of M is the sum of the contributions over N: it grows
    by the ratio of the numbers of strings if all contributions have the same sign, and by the square root of this ratio
    if they are independent. Returns (root - 1, ratio - 1). Both are infinite for a chain that has no such string.
    """
    strings = spins - length + 1
    if strings < 1:
        return float("inf"), float("inf")
    ratio = spins / strings
    return sqrt(ratio) - 1, ratio - 1


@dataclass(frozen=True)
class Excess:
    """Error of one model over that of another on the same systems: mean RMSE of M / the other's - 1, with interval."""

    topology: str
    spins: int
    cases: int
    mean_rmse_m: float
    other_rmse_m: float
    excess: float
    interval: Interval | None


def excess_rows(
    errors: Mapping[str, Sequence[CaseError]], others: Mapping[str, Sequence[CaseError]], rng: np.random.Generator
) -> list[Excess]:
    """One row for each topology that both models have computed."""
    rows = []
    for kind in (k for k in errors if k in others):
        mine, theirs = ([row["rmse_m"] for row in found[kind]] for found in (errors, others))
        excess, interval = relative_increase(mine, theirs, rng)
        means = mean_of(errors[kind], "rmse_m"), mean_of(others[kind], "rmse_m")
        rows.append(Excess(kind, errors[kind][0].size, len(mine), *means, excess, interval))
    return rows


def _typical(values: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(np.maximum(values, 1e-300)))))
