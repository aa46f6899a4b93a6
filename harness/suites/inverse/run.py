"""Parameters estimated from noisy signals with the subject as forward model, judged against the Cramér-Rao bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.suites.asking import Claim, measured
from harness.suites.inverse.joint import JointRow, joint_claims, joint_fits
from harness.suites.inverse.plan import Broken, Joint, Memo, Plan, Single
from harness.suites.inverse.single import RATIO, SingleRow, single_claims, single_fits


@dataclass(frozen=True, eq=False)
class Outcome:
    """Rows of both halves, the distance from the truth along the paths that are shown, (bound, error) of all judged
    parameters by model, and claims.
    """

    single: list[SingleRow]
    joint: list[JointRow]
    paths: dict[str, np.ndarray]
    errors: dict[str, np.ndarray]
    memo: Memo | None
    claims: list[Claim]


def run(subject: Any, plan: Plan) -> Outcome:
    """Both halves for the subject, and for the models compared with it on the first draws."""
    found = of_subject(subject, plan)
    single, joint, errors = list(found.single), list(found.joint), dict(found.errors)
    memo = None
    if single and plan.memo is not None:
        memo = plan.memo(plan.forward(subject))
        note = f"{memo.requested:.0f} calls requested, {memo.computed:.0f} computed"
        one = measured("time without memo / with", plan.single.name, subject, memo.speedup, note=note)
        found.claims.append(Claim(one))
    for name, model in plan.compared().items():
        if name == subject.name:
            continue
        single += single_fits(model, name, plan, plan.single.compared)[0]
        more, errors[name] = joint_fits(model, name, plan, plan.joint.compared)
        joint += more
    return Outcome(single, joint, found.paths, errors, memo, found.claims)


def of_subject(subject: Any, plan: Plan) -> Outcome:
    """Both halves for the subject alone."""
    model, name = plan.forward(subject), str(subject.name)
    single: list[SingleRow] = []
    joint: list[JointRow] = []
    errors: dict[str, np.ndarray] = {}
    paths: dict[str, np.ndarray] = {}
    claims: list[Claim] = []
    try:
        require_affordable(subject, plan.single, plan)
        single, paths = single_fits(model, name, plan, plan.single.draws)
        claims += single_claims(subject, single, plan)
    except (InputError, Broken) as error:
        claims.append(_unanswered(subject, plan.single.name, "pooled_ratio", error))
    try:
        require_affordable(subject, plan.joint, plan)
        joint, errors[name] = joint_fits(model, name, plan, plan.joint.draws)
        claims += joint_claims(subject, joint, plan)
    except (InputError, Broken) as error:
        claims.append(_unanswered(subject, plan.joint.name, "all_ratio", error))
    return Outcome(single, joint, paths, errors, None, claims)


def require_affordable(subject: Any, half: Single | Joint, plan: Plan) -> None:
    """Let a subject of another process compute one system, and estimate the time of all calls of the fits.

    Raises
    ------
    InputError
        If they would take longer than the budget: then the fits are not determined, and the report gives the reason.
    """
    if getattr(subject, "kind", "") not in ("object", "executable"):
        return
    seconds = min(subject.answer(half.probe, plan.grid).wall_s for _ in range(2))
    if half.calls * seconds > plan.budget_s:
        raise InputError(
            f"one call for {half.probe.name or 'a system'} takes {seconds:.2g} s, so that about {half.calls} calls "
            f"would exceed the {plan.budget_s:g} s that the fits may take in this tier"
        )


def _unanswered(subject: Any, case: str, target: str, error: Exception) -> Claim:
    text = str(error)
    refused = isinstance(error, InputError)
    one = measured(
        RATIO, case, subject, None, absent=f"not supported: {text}" if refused else "",
        problem="" if refused else text,
    )  # fmt: skip
    return Claim(one, target)
