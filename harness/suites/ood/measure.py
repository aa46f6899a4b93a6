"""How the error of a subject grows outside the trained ranges, whether it is bounded, and whether this is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.report import Interval
from harness.suites.errors import CaseError, mean_of, worst_of
from harness.suites.intervals import relative_increase
from harness.suites.statistics import auroc, rank_correlation
from harness.task import Metric


@dataclass(frozen=True, eq=False)
class Result:
    """All data of one population: cases, the baseline on the same cases, and what the subject states about itself.

    ``inside``: the population in distribution, and every other that lies inside the domain that the subject states.

    ``uncertainty`` (n,) is the subject's stated standard deviation, RMS over the grid; ``flagged`` (n,) is 1 for each
    case outside the stated domain. Either is None if the subject states nothing of this kind.
    """

    population: str
    inside: bool
    errors: Sequence[CaseError]
    plain: Sequence[CaseError]
    uncertainty: np.ndarray | None = None
    flagged: np.ndarray | None = None


@dataclass(frozen=True)
class Row:
    """One population in numbers; errors by the key of their metric.

    ``growth`` is the mean error divided by that in distribution; ``bound`` the mean error divided by that of the
    baseline (≤ 1: bounded); ``cases_within`` the share of cases below the baseline's error or the largest error in
    distribution. ``auroc_*`` is how well uncertainty and flag separate this population from the one in distribution;
    None where the subject has none, or inside. ``outside``: outside the domain that the subject states (if it states
    none: beyond the ranges of the first population).
    """

    population: str
    outside: bool
    cases: int
    means: dict[str, float]
    largest: float
    baseline_mean: float
    baseline_largest: float
    growth: float
    bound: float
    cases_within: float
    auroc_uncertainty: float | None
    auroc_flag: float | None
    worst_case: str


def rows_of(results: Sequence[Result], metrics: Sequence[Metric]) -> list[Row]:
    """One row per population; the first must be the one in distribution."""
    base, main = results[0], metrics[0].key
    if not base.inside:
        raise ValueError("the first population must be the one in distribution")
    inside_mean, inside_worst = mean_of(base.errors, main), worst_of(base.errors, main)[main]
    rows = []
    for result in results:
        mean, plain = mean_of(result.errors, main), mean_of(result.plain, main)
        pairs = zip(result.errors, result.plain, strict=True)
        within = [row[main] <= max(other[main], inside_worst) for row, other in pairs]
        worst = worst_of(result.errors, main)
        rows.append(
            Row(
                population=result.population,
                outside=not result.inside,
                cases=len(result.errors),
                means={metric.key: mean_of(result.errors, metric.key) for metric in metrics},
                largest=worst[main],
                baseline_mean=plain,
                baseline_largest=worst_of(result.plain, main)[main],
                growth=mean / inside_mean if inside_mean else float("nan"),
                bound=mean / plain if plain else float("nan"),
                cases_within=float(np.mean(within)),
                auroc_uncertainty=_separation(result.uncertainty, base.uncertainty, result.inside),
                auroc_flag=_separation(result.flagged, base.flagged, result.inside),
                worst_case=worst.case,
            )
        )
    return rows


def _separation(outside: np.ndarray | None, inside: np.ndarray | None, same: bool) -> float | None:
    if outside is None or inside is None or same:
        return None
    return auroc(outside, inside)


def table_row(row: Row, metrics: Sequence[Metric], baseline: str) -> dict[str, Any]:
    """A row with the names of its metrics and of its baseline as columns."""
    main, others = metrics[0].key, [metric.key for metric in metrics[1:]]
    return {
        "regime": row.population,
        "outside": row.outside,
        "cases": row.cases,
        f"mean_{main}": row.means[main],
        f"max_{main}": row.largest,
        **{f"mean_{key}": row.means[key] for key in others},
        f"{baseline}_mean": row.baseline_mean,
        f"{baseline}_max": row.baseline_largest,
        "growth": row.growth,
        "bound": row.bound,
        "cases_within": row.cases_within,
        "auroc_uncertainty": row.auroc_uncertainty,
        "auroc_flag": row.auroc_flag,
        "worst_case": row.worst_case,
    }


def bound_interval(result: Result, metric: Metric, rng: np.random.Generator) -> Interval | None:
    """The bootstrap interval of the mean error divided by that of the baseline, over paired cases."""
    mine, formula = ([case[metric.key] for case in rows] for rows in (result.errors, result.plain))
    found = relative_increase(mine, formula, rng)[1]
    return None if found is None else found.moved(1.0)


@dataclass(frozen=True)
class Awareness:
    """Does a score of the subject show where its error is large? Over all populations together.

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


def awareness(results: Sequence[Result], score: str, metric: Metric) -> Awareness | None:
    """Pooled over the populations; ``score`` is "uncertainty" or "flagged". None if the subject has no such score."""
    values = [getattr(result, score) for result in results]
    if any(value is None for value in values):
        return None
    scores = np.concatenate(values)
    errors = np.array([row[metric.key] for result in results for row in result.errors])
    outside = np.concatenate([np.full(len(result.errors), not result.inside) for result in results])
    beyond = errors > worst_of(results[0].errors, metric.key)[metric.key]
    return Awareness(
        score,
        int(np.sum(~outside)),
        int(np.sum(outside)),
        auroc(scores[outside], scores[~outside]),
        auroc(scores[beyond], scores[~beyond]),
        rank_correlation(scores, errors),
    )
