"""Experiment 4: models trained on chains have to compute rings, stars and trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.subjects import NOTHING
from harness.suites.asking import (
    Claim,
    Truths,
    ask_within,
    measured,
    not_done,
)
from harness.suites.errors import CaseError, mean_claim
from harness.suites.metrics import rmse
from harness.tasks.spins.metrics import OF_POPULATIONS, RMSE_M, case_errors
from harness.tasks.spins.suites.believed import plain_method
from harness.tasks.spins.suites.declared import outputs_of
from harness.tasks.spins.suites.populations import Regime, topologies
from harness.tasks.spins.suites.topology.chain_trained import trained_on
from harness.tasks.spins.suites.topology.measure import (
    Excess,
    TopologyRow,
    difference,
    excess_rows,
    inner_increase,
    topology_rows,
)
from harness.tasks.spins.suites.topology.plan import Plan, relative_target


@dataclass(frozen=True, eq=False)
class Outcome:
    """Rows for the table, cases for the figure and claims for the verdicts."""

    rows: list[TopologyRow]
    errors: dict[int, dict[str, list[CaseError]]]
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Errors of ``subject`` on chain, ring, star and tree of every size, and their increase over the chain."""
    rows: list[TopologyRow] = []
    claims: list[Claim] = []
    retained: dict[int, dict[str, list[CaseError]]] = {}
    beyond = plan.beyond if subject.kind == "surrogate" else ()
    for spins in (*plan.spins, *beyond):
        errors: dict[str, list[CaseError]] = {}
        plain: dict[str, list[CaseError]] = {}
        believed = truths.at(spins)
        cases = plan.cases
        for regime in regimes_at(spins, plan):
            systems = regime.draw(cases, plan.seed)
            answers, undone = ask_within(subject, systems, regime.grid, plan.budget_s)
            if answers.refusal:
                claims += _refused(subject, regime, answers.refusal)
                continue
            claims += not_done(subject, regime.name, undone)
            cases = len(answers.trajectories)  # the same of every topology: their errors are compared in pairs
            systems = systems[:cases]
            truth = believed(systems, regime.grid)
            errors[regime.kind] = case_errors(systems, answers.trajectories, truth)
            plain[regime.kind] = case_errors(systems, plain_method(systems, regime.grid), truth)
            claims += _errors(subject, regime, errors[regime.kind], answers.problem, believed.name, plan.seed)
        if "chain" not in errors:
            continue
        retained[spins] = errors
        found = topology_rows(subject.name, trained_on(subject), errors, plain, np.random.default_rng(plan.seed))
        rows += found
        claims += ring_increase(subject, errors, believed.name, plan.seed)
        claims += [_increase(subject, row, believed.name, plan.seed) for row in found if row.topology != "chain"]
        if trained_on(subject) == "chain" and spins in plan.spins and "spin_signals" in outputs_of(subject):
            claims.append(_inner_increase(subject, spins, plan, truths))
    return Outcome(rows, retained, claims)


def regimes_at(spins: int, plan: Plan) -> list[Regime]:
    """The populations of one size: all four topologies, or only chains and rings if the size is in ``beyond``."""
    return [r for r in topologies(spins) if spins in plan.spins or r.kind in ("chain", "ring")]


def training_cost(
    subject: Any, mine: Outcome, others: Mapping[str, Outcome], truths: Truths, plan: Plan
) -> list[Claim]:
    """The effect of training on chains only: the error of ``subject`` over that of its model trained on other graphs.

    Both compute the same systems, so that both contain the increase that a ring causes for every method. The keys of
    ``others`` are the graphs that they were trained on.
    """
    claims = []
    for what, other in others.items():
        for spins in (n for n in mine.errors if n in other.errors):
            rng = np.random.default_rng(plan.seed)
            for row in excess_rows(mine.errors[spins], other.errors[spins], rng):
                claims.append(_training_cost(subject, what, row, truths.at(spins).name, plan.seed))
    return claims


def _training_cost(subject: Any, what: str, row: Excess, reference: str, seed: int) -> Claim:
    note = f"trained on {what}: {row.other_rmse_m:.2e}"
    measurement = measured(
        f"error over that of weights trained on {what}, {row.topology}", f"{row.topology}-{row.spins}", subject,
        row.excess, reference=reference, note=note, seed=seed, interval=row.interval, cases=row.cases,
    )  # fmt: skip
    return Claim(measurement, "ring_training_cost" if row.topology == "ring" else None)


def _errors(
    subject: Any, regime: Regime, errors: Sequence[CaseError], problem: str, reference: str, seed: int
) -> list[Claim]:
    target = {"chain": "chain_rmse", "ring": "ring_rmse", "star": "star_rmse", "tree": "tree_rmse"}[regime.kind]
    about: dict[str, Any] = {"reference": reference, "seed": seed, "problem": problem}
    targets = (target, target.replace("rmse", "i1z_rmse"))
    return [
        mean_claim(metric, errors, regime.name, subject, name, **about)
        for metric, name in zip(OF_POPULATIONS, targets, strict=True)
    ]


def _refused(subject: Any, regime: Regime, why: str) -> list[Claim]:
    return [Claim(measured(f"mean {RMSE_M.label}", regime.name, subject, None, absent=f"not supported: {why}"))]


def _increase(subject: Any, row: TopologyRow, reference: str, seed: int) -> Claim:
    trained = f"trained on {row.trained_on}" if row.trained_on else "what it was trained on is not stated"
    if row.trained_on == NOTHING:
        trained = "nothing in it was trained"
    note = f"geometric means {row.typical_increase:+.0%}; pair product {row.difficulty:+.0%}; {trained}"
    absent = "" if np.isfinite(row.increase) else "no error on chains (or an infinite one) to compare with"
    measurement = measured(
        f"error increase over chains, {row.topology}", f"{row.topology}-{row.spins}", subject, row.increase,
        reference=reference, worst=row.worst_case, note=note, absent=absent, seed=seed, interval=row.interval,
        cases=row.cases,
    )  # fmt: skip
    judged = row.topology == "ring" and row.trained_on == "chain"
    return Claim(measurement, relative_target(row.spins) if judged else None)


def ring_increase(subject: Any, errors: Mapping[str, Sequence[CaseError]], reference: str, seed: int) -> list[Claim]:
    """By how much the mean RMSE of M is larger on rings than on chains with the same offsets, in units of M(0)."""
    if "ring" not in errors:
        return []
    rings = [case["rmse_m"] for case in errors["ring"]]
    chains = [case["rmse_m"] for case in errors["chain"][: len(rings)]]
    value, interval = difference(rings, chains, np.random.default_rng(seed))
    absent = "" if np.isfinite(value) else "no finite error to compare with"
    found = measured(
        "mean RMSE of M on rings minus that on chains", f"ring-{errors['ring'][0].size}", subject, value,
        reference=reference, absent=absent, seed=seed, interval=interval, cases=len(rings),
    )  # fmt: skip
    return [Claim(found, "ring_increase" if trained_on(subject) == "chain" else None)]


def _inner_increase(subject: Any, spins: int, plan: Plan, truths: Truths) -> Claim:
    """Errors on the ring against those on the inner spins of the chain: recorded in addition to the judged increase."""
    metric, case = "error increase over a chain's inner spins, ring", f"ring-{spins}"
    model: Any = subject.model
    errors: dict[str, np.ndarray] = {}
    for regime in topologies(spins):
        if regime.kind in ("chain", "ring"):
            systems = regime.draw(plan.cases, plan.seed)
            predicted = model.predict(systems, regime.grid, observables=("spin_signals",)).mean
            true = [truths.reference.simulate(s, regime.grid, ("spin_signals",)) for s in systems]
            both = zip(predicted, true, strict=True)
            errors[regime.kind] = np.array([[rmse(d) for d in a.spin_signals - b.spin_signals] for a, b in both])
    increase, interval = inner_increase(errors["chain"], errors["ring"], np.random.default_rng(plan.seed))
    note = "per spin; a ring has no ends, which are easier"
    return Claim(
        measured(metric, case, subject, increase, reference=truths.name, note=note, seed=plan.seed, interval=interval,
                 cases=plan.cases)
    )  # fmt: skip
