"""Standard deviations and bands of the subject in and out of distribution, and bands that are calibrated here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from harness.suites import intervals
from harness.suites.asking import Claim, Truths, ask, ask_uncertainty, measured
from harness.suites.capabilities import states_uncertainty
from harness.suites.uncertainty.bands import fresh, shipped
from harness.suites.uncertainty.measure import BandCoverage, UqResult, uq_result
from harness.suites.uncertainty.plan import SPREAD, Plan
from harness.suites.uncertainty.signals import ROUNDING, Drawn, Errors, components, errors_of, signals
from harness.task import Grid

PROBE = 4
FEWEST = 60


@dataclass(frozen=True, eq=False)
class Outcome:
    """Standard deviations per regime, conformal bands, claims for the verdicts."""

    results: list[UqResult]
    bands: list[BandCoverage]
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Standard deviations in and out of distribution; bands calibrated here; the bands that the subject gives.

    The bands calibrated here use systems drawn exactly like the test systems, with disjoint seeds, so that their
    coverage has a Beta-binomial distribution for every subject; they show that the calibration code is correct. The
    bands that the subject gives are judged by their stated level.
    """
    inside = plan.inside
    requested, undone = affordable(subject, plan)
    if requested is None:
        return Outcome(
            [], [], [Claim(measured("coverage", inside.name, subject, None, absent=undone), "conformal_law")]
        )
    found = _run(subject, requested, truths)
    if undone:
        found.claims.append(Claim(measured("cases not done", inside.name, subject, None, absent=undone)))
    return found


def affordable(subject: Any, plan: Plan) -> tuple[Plan | None, str]:
    """The plan, or as much of it as the budget allows and why; None if that is less than ``FEWEST`` calibration cases.

    A few cases are computed first, twice, and the shorter of both times is the estimate for all others: the number of
    cases behind a verdict must not depend on other work of the machine.
    """
    probe, grid = plan.inside.draw(PROBE, plan.seed + 3), plan.inside.grid
    subject.answers(probe[:1], grid)  # what a first call loads is not what a case costs
    times = []
    for _ in range(2):
        begun = perf_counter()
        subject.answers(probe, grid)
        times.append((perf_counter() - begun) / PROBE)
    seconds = min(times)
    # Means, standard deviations and bands are computed in turn.
    share = plan.budget_s / (3 * seconds * plan.cases)
    if share >= 1:
        return plan, ""
    fewer = replace(
        plan, calibration=int(share * plan.calibration), test=int(share * plan.test), beyond=int(share * plan.beyond)
    )
    pace = f"a case takes {seconds:.2g} s, and this tier allows {plan.budget_s:g} s"
    if fewer.calibration < FEWEST:
        return None, f"none of {plan.cases} cases done: {pace}, in which fewer than {FEWEST} can be calibrated on"
    return fewer, f"{plan.cases - fewer.cases} of {plan.cases} cases not done: {pace}"


def _run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    inside, outside = plan.inside, plan.outside
    drawn = {
        "calibration": (inside, inside.draw(plan.calibration, plan.seed)),
        "test": (inside, inside.draw(plan.test, plan.seed + 1)),
        "outside": (outside, outside.draw(plan.beyond, plan.seed + 2)),
    }
    grid = inside.grid
    errors: dict[str, Errors] = {}
    for name, (regime, systems) in drawn.items():
        answers = ask(subject, systems, grid)
        if answers.refusal or answers.problem:
            why = f"not supported: {answers.refusal}" if answers.refusal else ""
            missing = measured("coverage", regime.name, subject, None, absent=why, problem=answers.problem)
            return Outcome([], [], [Claim(missing, None)])
        errors[name] = errors_of(answers.trajectories, truths(systems, grid), plan.observables, plan.view)
    if not signals(errors):
        why = f"{subject.name} is exact to rounding here: there is no error to state an uncertainty of"
        return Outcome([], [], [Claim(measured("coverage", inside.name, subject, None, absent=why))])
    results, claims = _spread(subject, drawn, errors, grid, plan)
    made, claims_of_made = fresh(subject, errors, grid, plan)
    given, claims_of_given = shipped(subject, drawn, errors, grid, plan)
    return Outcome(results, [*made, *given], [*claims, *claims_of_made, *claims_of_given])


def _spread(
    subject: Any, drawn: Drawn, errors: Mapping[str, Errors], grid: Grid, plan: Plan
) -> tuple[list[UqResult], list[Claim]]:
    results: list[UqResult] = []
    name_of, seed = plan.judged, plan.seed
    if not states_uncertainty(subject):
        return [], []  # excluded beforehand
    if name_of not in errors["test"]:
        absent = f"{subject.name} does not give {name_of}"
        return [], [Claim(measured(SPREAD, drawn["test"][0].name, subject, None, absent=absent))]
    scale = float(np.sqrt(np.mean(components(errors["calibration"][name_of]) ** 2)))
    for name in ("test", "outside"):
        regime, systems = drawn[name]
        prediction, why = ask_uncertainty(subject, systems, grid, "mc")
        if prediction is None:
            return [], [Claim(measured(SPREAD, regime.name, subject, None, absent=why))]
        std = components(np.stack([one.arrays[name_of] for one in prediction.std]))
        results.append(uq_result(regime.name, plan.spread_label, components(errors[name][name_of]), std, scale))
    first = results[0]
    gains = first.sparsification
    claims = []
    for result in results:
        target = "std_gap" if result is first else None
        for level, covered in zip(result.calibration.levels, result.calibration.coverage, strict=True):
            name = f"coverage of {level:.0%} intervals"
            claims.append(Claim(measured(name, result.regime, subject, covered, seed=seed)))
        gap = result.gap_interval(np.random.default_rng(seed))
        numbers = (
            ("largest |coverage - level|", result.calibration.worst_gap, target, gap),
            ("sharpness (RMS std)", result.calibration.sharpness, None, None),
            ("calibration error, constant width", result.constant.calibration_error, None, None),
            ("calibration error", result.calibration.calibration_error, None, None),
        )
        claims += [
            Claim(measured(m, result.regime, subject, v, seed=seed, interval=i, cases=result.cases), t)
            for m, v, t, i in numbers
        ]
    # A std of rounding noise still has an order, but the order has no meaning.
    silent = first.calibration.sharpness < ROUNDING
    ranks = 0.0 if silent or math.isnan(first.ranks) else first.ranks
    note = "the stated std is 0 to rounding, or constant" if ranks == 0.0 else ""
    name = "rank correlation of std and error"
    known = intervals.rank_correlation(ranks, first.cases)
    claims.append(
        Claim(measured(name, first.regime, subject, ranks, seed=seed, note=note, interval=known, cases=first.cases),
              "std_ranks")
    )  # fmt: skip
    ratio = gains.ause / gains.ause_random if gains.ause_random else math.nan
    known = first.order_interval(np.random.default_rng(seed))
    name = "sparsification error over random order"
    claims.append(
        Claim(measured(name, first.regime, subject, ratio, seed=seed, interval=known, cases=first.cases),
              "sparsification")
    )  # fmt: skip
    return results, claims
