"""The subject on populations in and out of distribution: its errors, the baseline's, and its own statements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.subjects.capabilities import Bounded, Members, model_of
from harness.suites import intervals
from harness.suites.asking import Claim, Truths, ask_uncertainty, ask_within, measured, not_done
from harness.suites.capabilities import states_uncertainty
from harness.suites.errors import case_errors, mean_claim, worst_of
from harness.suites.metrics import rmse
from harness.suites.ood.measure import Awareness, Result, Row, awareness, bound_interval, rows_of
from harness.suites.ood.plan import Plan
from harness.task import Population

AUROC = "AUROC of in against out of distribution"


@dataclass(frozen=True, eq=False)
class Outcome:
    """Rows for the table, per-case results for the figure, claims for the verdicts."""

    rows: list[Row]
    results: list[Result]
    awareness: list[Awareness]
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Every population of the plan; one that the subject refuses is left out, and the claims state it."""
    results: list[Result] = []
    claims: list[Claim] = []
    problems: dict[str, str] = {}
    for population in plan.populations:
        systems, grid = population.draw(plan.cases, plan.seed), population.grid
        answers, undone = ask_within(subject, systems, grid, plan.budget_s)
        if answers.refusal:
            why = f"not supported: {answers.refusal}"
            claims.append(Claim(measured(f"mean {plan.main.label}", population.name, subject, None, absent=why)))
            if not results:
                return Outcome([], [], [], claims)
            continue
        claims += not_done(subject, population.name, undone)
        systems = systems[: len(answers.trajectories)]
        truth = truths(systems, grid)
        plain = case_errors(plan.metrics, systems, plan.baseline.predict(systems, grid), truth)
        errors = case_errors(plan.metrics, systems, answers.trajectories, truth)
        inside = not results or _inside(subject, population)
        results.append(Result(population.name, inside, errors, plain, *_scores(subject, population, systems, plan)))
        problems[population.name] = answers.problem
    rows = rows_of(results, plan.metrics)
    scores = (awareness(results, score, plan.main) for score in ("uncertainty", "flagged"))
    pooled = [found for found in scores if found]
    for row, result in zip(rows, results, strict=True):
        first = result is results[0]
        claims += _claims(subject, plan, row, result, first, truths.name, problems[row.population])
    outside = [one.population for one in results if not one.inside]
    return Outcome(rows, results, pooled, [*claims, *_aware(subject, pooled, outside, plan.seed)])


def _inside(subject: Any, population: Population) -> bool:
    """True if a population other than the first lies inside the domain that the subject's model states."""
    model = model_of(subject)
    if isinstance(model, Members):
        model = model.member(population.size)
    return isinstance(model, Bounded) and population.within(model.domain)


def _scores(
    subject: Any, population: Population, systems: list[Any], plan: Plan
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """RMS standard deviation of each case, and 1 for each case that the subject flags as outside its domain."""
    prediction, _ = ask_uncertainty(subject, systems, population.grid, "none")
    flagged = None
    if prediction is not None and prediction.in_domain is not None:
        flagged = np.array([float(not check) for check in prediction.in_domain])
    prediction, _ = ask_uncertainty(subject, systems, population.grid, "mc")
    if prediction is None:
        return None, flagged
    return np.array([rmse(std.arrays[plan.score]) for std in prediction.std]), flagged


def _claims(
    subject: Any, plan: Plan, row: Row, result: Result, first: bool, reference: str, problem: str
) -> list[Claim]:
    """The mean of every metric; beyond the first population also the main one over that of the baseline."""
    about: dict[str, Any] = {"reference": reference, "seed": plan.seed, "problem": problem}
    claims = []
    for metric in plan.metrics:
        note = f"{row.growth:.3g} times that in distribution" if metric is plan.main else ""
        target = plan.targets.get(metric.key) if first else None
        claims.append(mean_claim(metric, result.errors, row.population, subject, target, note=note, **about))
    if not first:
        worst = worst_of(result.errors, plan.main.key)
        bound = measured(
            plan.baseline.ratio, row.population, subject, row.bound, worst=f"{worst.case}: {worst[plan.main.key]:.2e}",
            note=f"{row.cases_within:.0%} of the cases within the bound", cases=row.cases,
            interval=bound_interval(result, plan.main, np.random.default_rng(plan.seed)), **about,
        )  # fmt: skip
        claims.append(Claim(bound, "bounded"))
    return claims


def _aware(subject: Any, pooled: Sequence[Awareness], outside: Sequence[str], seed: int) -> list[Claim]:
    """``outside``: the populations that lie outside what the subject states as its domain, whatever was meant to."""
    case = f"outside: {', '.join(outside) or 'none'}"
    if pooled and math.isnan(pooled[0].auroc_out):
        none = "every population lies inside the domain that the subject states"
        return [Claim(measured(AUROC, case, subject, None, absent=none), "flagged")]
    if not pooled and not states_uncertainty(subject):
        return []  # excluded beforehand
    if not pooled:
        none = f"{subject.name} gave neither an uncertainty nor a domain flag of every case"
        return [Claim(measured(AUROC, case, subject, None, absent=none), "flagged")]
    best = max(pooled, key=lambda one: one.auroc_out)
    flagged = measured(
        AUROC, case, subject, best.auroc_out, seed=seed, note=f"best score: {best.score}",
        interval=intervals.area_under_roc(best.auroc_out, best.outside, best.inside), cases=best.outside + best.inside,
    )  # fmt: skip
    claims = [Claim(flagged, "flagged")]
    for one in pooled:
        for name, value in (
            ("AUROC of large errors", one.auroc_error),
            ("rank correlation with the error", one.rank_correlation),
        ):
            absent = "no error exceeds those in distribution, or the score is constant" if math.isnan(value) else ""
            found = measured(f"{name}, {one.score}", case, subject, value, seed=seed, absent=absent)
            claims.append(Claim(found))
    return claims
