"""How much a subject's error grows from chains to other coupling graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.suites.measure.errors import CaseError, mean_of, worst_of
from harness.suites.measure.statistics import ratio_interval


@dataclass(frozen=True)
class TopologyRow:
    """Errors of one subject on one topology.

    ``increase`` is mean RMSE(topology)/mean RMSE(chain) - 1 with its 95 % bootstrap interval over paired cases (same
    offsets): what the change of graph costs. ``typical_increase`` is the same of the geometric means, which a single
    hard case does not rule. ``difficulty`` is the increase for the pair product, which was trained on nothing: what the
    graph costs whoever looks at it.
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


def topology_rows(
    subject: str,
    trained_on: str,
    errors: Mapping[str, Sequence[CaseError]],
    plain: Mapping[str, Sequence[CaseError]],
    rng: np.random.Generator,
) -> list[TopologyRow]:
    """One row per topology; ``errors`` (of the subject) and ``plain`` (of the pair product) are keyed by topology."""
    chain = [row.rmse_m for row in errors["chain"]]
    rows = []
    for kind, cases in errors.items():
        ratio, low, high = ratio_interval([row.rmse_m for row in cases], chain, rng)
        worst = worst_of(cases)
        rows.append(
            TopologyRow(
                subject,
                trained_on,
                kind,
                cases[0].spins,
                len(cases),
                mean_of(cases),
                worst.rmse_m,
                mean_of(cases, "rmse_i1z"),
                ratio - 1,
                low - 1,
                high - 1,
                _typical([row.rmse_m for row in cases]) / _typical(chain) - 1,
                mean_of(plain[kind]) / mean_of(plain["chain"]) - 1,
                worst.case,
            )
        )
    return rows


ENDS = 2
"""Spins at each end of a chain whose neighbourhood of two bonds is cut short; every spin of a ring has a whole one."""


def inner_increase(chain: np.ndarray, ring: np.ndarray, rng: np.random.Generator) -> tuple[float, float, float]:
    """Increase of the error per spin from a chain's inner spins to a ring's, with its 95 % bootstrap interval.

    A ring has no ends, and the spins at a chain's ends are easier for every local method: this compares like with like.
    ``chain`` and ``ring`` are (cases, N) errors of the single spins' signals, in the order of the spins, N ≥ 5.
    """
    ratio, low, high = ratio_interval(ring.mean(axis=1), chain[:, ENDS:-ENDS].mean(axis=1), rng)
    return ratio - 1, low - 1, high - 1


def _typical(values: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(np.maximum(values, 1e-300)))))
