"""The subject and the baselines compared with the production code, case by case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from harness.suites.accuracy.compare import Compared, compare
from harness.suites.accuracy.plan import Plan
from harness.suites.accuracy.production import Computed, Production
from harness.suites.asking import Claim, Truths

SHORTEST_S = 1e-9
"""Times below this count as this in a ratio of times."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What was compared, and the claims for the verdicts."""

    compared: list[Compared]
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths | Production) -> Outcome:
    """Every case of the plan; ``truths`` is the production code."""
    production = Computed(truths) if isinstance(truths, Truths) else truths
    found = [compare(subject, plan, case, production) for case in plan.cases()]
    return Outcome(found, [claim for one in found for claim in claims_of(one)])


def claims_of(one: Compared) -> list[Claim]:
    """The errors of the subject with their targets, those of the baselines, and the times."""
    plan, case = one.plan, one.case
    targets = dict(case.judged)
    claims = [Claim(one.error(metric), targets.get(metric.key)) for metric in plan.metrics]
    if plan.baselines and case.has_ratio:
        claims.append(Claim(against_baseline(one), plan.ratio_target if case.judges_ratio else None))
    claims += [Claim(one.error(metric), target) for metric, target in case.more]
    for label in one.baselines:
        claims += [Claim(one.error(metric, label)) for metric in plan.of_baselines or plan.metrics]
    return claims + _times(one)


def against_baseline(one: Compared) -> Any:
    """The error of the subject divided by that of the first baseline; the rounding error is the lower limit of both."""
    plan, first = one.plan, one.plan.baselines[0]
    mine, other = one.error(plan.metrics[0]), one.error(plan.metrics[0], first.label)
    value, note = None, mine.note
    if mine.value is not None and other.value is not None:
        below = max(other.value, plan.rounding)
        value = max(mine.value, plan.rounding) / below if below else None
        if other.value < plan.rounding:
            counted = f"the error of {first.label}, {other.value:.2g}, counts as {plan.rounding:g}"
            note = "; ".join(filter(None, (counted, note)))
    return replace(mine, metric=first.ratio, value=value, unit="1", note=note, problem=mine.problem or other.problem)


def _times(one: Compared) -> list[Claim]:
    """Seconds of the subject, those of the production code where they are known, and their ratio."""
    claims = [Claim(one.number("time of the subject", one.seconds, "s"))]
    theirs = one.answered.seconds
    if theirs is None or one.answer.problem:
        return claims
    note = "the reference's time is the one recorded when it was computed, start of the engine included"
    ratio = theirs / max(one.seconds, SHORTEST_S)
    return [
        *claims,
        Claim(one.number("time of the reference", theirs, "s")),
        Claim(one.number("time ratio", ratio, note=note)),
    ]
