"""How a subject degrades outside the ranges it was trained on, whether that is bounded, and whether it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.suites.statistics import auroc, rank_correlation
from harness.tasks.spins.suites.measure.errors import CaseError, mean_of, worst_of


@dataclass(frozen=True, eq=False)
class RegimeResult:
    """Everything known of one regime: cases, the pair product on the same cases, and what the subject said of itself.

    ``inside``: the regime in distribution, and every other that lies inside the domain that the subject states.

    ``uncertainty`` (n,) is the subject's own standard deviation of M, RMS over the grid; ``flagged`` (n,) how far each
    case exceeds the stated domain (0 inside). Either is None if the subject says nothing of the kind.
    """

    regime: str
    inside: bool
    errors: Sequence[CaseError]
    plain: Sequence[CaseError]
    uncertainty: np.ndarray | None = None
    flagged: np.ndarray | None = None


@dataclass(frozen=True)
class OodRow:
    """One regime in numbers.

    ``growth`` is the mean RMSE over that in distribution; ``bound`` the mean RMSE over that of the pair product (≤ 1:
    graceful); ``cases_within`` the share of cases below the pair product's error or below the largest error seen in
    distribution. ``auroc_*`` tells how well uncertainty and flag separate this regime from the one in distribution;
    None where the subject has none, or inside. ``outside``: beyond what the subject states as its domain (if it states
    none: beyond the ranges of the first regime).
    """

    regime: str
    outside: bool
    cases: int
    mean_rmse_m: float
    max_rmse_m: float
    mean_rmse_i1z: float
    pair_product_mean: float
    pair_product_max: float
    growth: float
    bound: float
    cases_within: float
    auroc_uncertainty: float | None
    auroc_flag: float | None
    worst_case: str


def ood_rows(results: Sequence[RegimeResult]) -> list[OodRow]:
    """One row per regime; the first must be the one in distribution."""
    base = results[0]
    if not base.inside:
        raise ValueError("the first regime must be the one in distribution")
    inside_mean, inside_worst = mean_of(base.errors), worst_of(base.errors).rmse_m
    rows = []
    for result in results:
        mean, plain = mean_of(result.errors), mean_of(result.plain)
        within = [
            row.rmse_m <= max(other.rmse_m, inside_worst)
            for row, other in zip(result.errors, result.plain, strict=True)
        ]
        rows.append(
            OodRow(
                result.regime,
                not result.inside,
                len(result.errors),
                mean,
                worst_of(result.errors).rmse_m,
                mean_of(result.errors, "rmse_i1z"),
                plain,
                worst_of(result.plain).rmse_m,
                mean / inside_mean if inside_mean else float("nan"),
                mean / plain if plain else float("nan"),
                float(np.mean(within)),
                _separation(result.uncertainty, base.uncertainty, result.inside),
                _separation(result.flagged, base.flagged, result.inside),
                worst_of(result.errors).case,
            )
        )
    return rows


def _separation(outside: np.ndarray | None, inside: np.ndarray | None, same: bool) -> float | None:
    if outside is None or inside is None or same:
        return None
    return auroc(outside, inside)


@dataclass(frozen=True)
class Awareness:
    """Does the subject know where it is wrong, over all regimes together?

    ``inside`` and ``outside`` are the cases in and out of distribution. ``auroc_out`` separates these two,
    ``auroc_error`` cases whose error exceeds every error in distribution from the others, ``rank_correlation`` is
    Spearman's between score and error.
    """

    score: str
    inside: int
    outside: int
    auroc_out: float
    auroc_error: float
    rank_correlation: float


def awareness(results: Sequence[RegimeResult], score: str) -> Awareness | None:
    """Pooled over the regimes; ``score`` is "uncertainty" or "flagged". None if the subject has no such score."""
    values = [getattr(result, score) for result in results]
    if any(value is None for value in values):
        return None
    scores = np.concatenate(values)
    errors = np.array([row.rmse_m for result in results for row in result.errors])
    outside = np.concatenate([np.full(len(result.errors), not result.inside) for result in results])
    beyond = errors > worst_of(results[0].errors).rmse_m
    return Awareness(
        score,
        int(np.sum(~outside)),
        int(np.sum(outside)),
        auroc(scores[outside], scores[~outside]),
        auroc(scores[beyond], scores[~beyond]),
        rank_correlation(scores, errors),
    )
