"""Experiment 5: outside the trained ranges. Is the error bounded, and does the subject say so?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.report import Interval
from harness.suites import intervals
from harness.suites.asking import (
    Claim,
    Tier,
    Truths,
    ask_uncertainty,
    ask_within,
    measured,
    not_done,
    plain_method,
)
from harness.suites.capabilities import states_uncertainty
from harness.tasks.spins.suites.measure.draws import Regime, shifted_regimes
from harness.tasks.spins.suites.measure.errors import case_errors, interval_of, mean_of, worst_of
from harness.tasks.spins.suites.measure.ood import Awareness, OodRow, RegimeResult, awareness, ood_rows
from harness.tasks.spins.suites.measure.topology import relative_increase
from harness.tasks.spins.systems import LONG_GRID, TimeGrid


@dataclass(frozen=True)
class Plan:
    """Size in distribution, the larger size, the longer grid, cases per regime, the seed, and seconds per regime."""

    spins: int
    larger: int
    cases: int
    longer: TimeGrid = LONG_GRID
    seed: int = 50
    budget_s: float = 30.0


PLANS: Mapping[Tier, Plan] = {
    # Of one regime outside in 300 cases an AUROC of 0.98 is known to lie above 0.95 (Clopper-Pearson, 95 %).
    "smoke": Plan(6, 9, 300),
    "nightly": Plan(6, 10, 400, budget_s=90.0),
    "full": Plan(8, 12, 400, budget_s=600.0),
}


@dataclass(frozen=True, eq=False)
class Outcome:
    """Rows for the table, per-case results for the figure, claims for the verdicts."""

    rows: list[OodRow]
    results: list[RegimeResult]
    awareness: list[Awareness]
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Every regime of :func:`harness.tasks.spins.suites.measure.draws.shifted_regimes`; refused regimes are left out
    and said.
    """
    results: list[RegimeResult] = []
    claims: list[Claim] = []
    problems: dict[str, str] = {}
    for regime in shifted_regimes(plan.spins, plan.larger, plan.longer):
        systems = regime.draw(plan.cases, plan.seed)
        answers, undone = ask_within(subject, systems, regime.grid, plan.budget_s)
        if answers.refusal:
            why = f"not supported: {answers.refusal}"
            claims.append(Claim(measured("mean RMSE of M", regime.name, subject, None, absent=why)))
            if not results:
                return Outcome([], [], [], claims)
            continue
        claims += not_done(subject, regime.name, undone)
        systems = systems[: len(answers.trajectories)]
        truth = truths(systems, regime.grid)
        uncertainty, flagged = _scores(subject, regime, systems)
        results.append(
            RegimeResult(
                regime.name,
                not results or _inside(subject, regime),
                case_errors(systems, answers.trajectories, truth),
                case_errors(systems, plain_method(systems, regime.grid), truth),
                uncertainty,
                flagged,
            )
        )
        problems[regime.name] = answers.problem
    rows = ood_rows(results)
    pooled = [found for score in ("uncertainty", "flagged") if (found := awareness(results, score))]
    for row, result in zip(rows, results, strict=True):
        claims += _claims(subject, row, result, truths.name, problems[row.regime], plan.seed)
    outside = [one.regime for one in results if not one.inside]
    return Outcome(rows, results, pooled, [*claims, *_aware(subject, pooled, outside, plan.seed)])


def _inside(subject: Any, regime: Regime) -> bool:
    """True if a regime beside the first lies inside the domain that the subject's model states for itself."""
    model: Any = getattr(subject, "model", None)
    domain = getattr(model, "domain", None)
    if domain is None and hasattr(model, "member"):
        domain = model.member(regime.spins).domain
    return domain is not None and regime.within(domain)


def _scores(subject: Any, regime: Regime, systems: list) -> tuple[np.ndarray | None, np.ndarray | None]:
    """RMS standard deviation of M per case, and 1 for each case that the subject flags as outside its domain."""
    prediction, _ = ask_uncertainty(subject, systems, regime.grid, "none")
    flagged = None
    if prediction is not None and prediction.in_domain is not None:
        flagged = np.array([float(not check) for check in prediction.in_domain])
    prediction, _ = ask_uncertainty(subject, systems, regime.grid, "mc")
    if prediction is None:
        return None, flagged
    spread = [np.sqrt(np.mean(np.asarray(s.mx) ** 2 + np.asarray(s.my) ** 2) / 2) for s in prediction.std]
    return np.array(spread), flagged


def _claims(subject: Any, row: OodRow, result: RegimeResult, reference: str, problem: str, seed: int) -> list[Claim]:
    worst = worst_of(result.errors)
    place = f"{worst.case}: {worst.rmse_m:.2e}"
    mean = measured(
        "mean RMSE of M", row.regime, subject, row.mean_rmse_m, reference=reference, worst=place,
        problem=problem, seed=seed, note=f"{row.growth:.3g} times that in distribution",
        interval=interval_of(result.errors, seed), cases=row.cases,
    )  # fmt: skip
    i1z_value = mean_of(result.errors, "rmse_i1z")
    i1z = measured(
        "mean RMSE of I_1z", row.regime, subject, i1z_value, reference=reference, problem=problem, seed=seed,
        absent="the subject gives no I_1z" if i1z_value != i1z_value else "",
        interval=interval_of(result.errors, seed, "rmse_i1z"), cases=row.cases,
    )  # fmt: skip
    first = row.regime == "in distribution"
    claims = [Claim(mean, "in_rmse" if first else None), Claim(i1z, "in_i1z_rmse" if first else None)]
    if not first:
        bound = measured(
            "mean RMSE over that of the pair product", row.regime, subject, row.bound, reference=reference,
            worst=place, problem=problem, seed=seed, note=f"{row.cases_within:.0%} of the cases within the bound",
            interval=bound_interval(result, np.random.default_rng(seed)), cases=row.cases,
        )  # fmt: skip
        claims.append(Claim(bound, "bounded"))
    return claims


def bound_interval(result: RegimeResult, rng: np.random.Generator) -> Interval | None:
    """The bootstrap interval of the mean RMSE over that of the pair product, over paired cases."""
    mine, formula = ([case.rmse_m for case in rows] for rows in (result.errors, result.plain))
    found = relative_increase(mine, formula, rng)[1]
    return None if found is None else found.moved(1.0)


def _aware(subject: Any, pooled: list[Awareness], outside: list[str], seed: int) -> list[Claim]:
    """``outside``: the regimes that lie outside what the subject states as its domain, whatever was meant to."""
    metric, case = "AUROC of in against out of distribution", f"outside: {', '.join(outside) or 'none'}"
    if pooled and math.isnan(pooled[0].auroc_out):
        none = "every regime lies inside the domain that the subject states"
        return [Claim(measured(metric, case, subject, None, absent=none), "flagged")]
    if not pooled and not states_uncertainty(subject):
        return []  # excluded beforehand
    if not pooled:
        none = f"{subject.name} gave neither an uncertainty nor a domain flag of every case"
        return [Claim(measured(metric, case, subject, None, absent=none), "flagged")]
    best = max(pooled, key=lambda one: one.auroc_out)
    interval = intervals.area_under_roc(best.auroc_out, best.outside, best.inside)
    flagged = measured(
        metric, case, subject, best.auroc_out, seed=seed, note=f"best score: {best.score}", interval=interval,
        cases=best.outside + best.inside,
    )  # fmt: skip
    claims = [Claim(flagged, "flagged")]
    for one in pooled:
        for name, value in (
            ("AUROC of large errors", one.auroc_error),
            ("rank correlation with the error", one.rank_correlation),
        ):
            absent = "" if value == value else "no error exceeds those in distribution, or the score is constant"
            found = measured(f"{name}, {one.score}", case, subject, value, seed=seed, absent=absent)
            claims.append(Claim(found))
    return claims
