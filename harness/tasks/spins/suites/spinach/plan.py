"""The plans of the suite spinach, which the common suite of accuracy carries out: molecules and chains, case by case.

Molecules are judged by the relative error of M over 30 ms, which must never be larger than that of the product of pair
factors, and by line positions and splittings. Chains are judged by the RMSE of M. Formulas nearly reach the targets of
the molecules; the controls show that the same formulas fail on the chains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.suites.accuracy import Case, Plan, run
from harness.suites.accuracy.compare import Compared
from harness.suites.accuracy.production import Production
from harness.suites.baseline import Baseline, Control
from harness.task import Resolution, Tier
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
from harness.tasks.spins.suites.believed import formula
from harness.tasks.spins.suites.spinach.lines import line_metrics
from harness.tasks.spins.suites.spinach.production import SpinachAnswers
from harness.tasks.spins.suites.truth import LONG_ROLES, SMOKE_ROLES, Truth, planned_cases, unanswered
from harness.tasks.spins.suites.truth import Case as SpinachCase
from harness.tasks.spins.systems import Trajectory

PAIR_PRODUCT = Baseline(
    "pair_product", "pair-product", formula("pair-product"), "error of M over that of the pair product"
)
WEAK_COUPLING = Baseline(
    "weak_coupling", "weak-coupling", formula("weak-coupling"), "error of M over that of weak coupling"
)
BASELINES = (PAIR_PRODUCT.label, WEAK_COUPLING.label)
CHAINS = {"chain": "chain_rmse", "chain-strong": "chain_strong_rmse"}
"""Roles of the chains on which a formula must fail → the target that it must miss."""
ROUNDING = 1e-6
"""Relative errors below single-precision rounding over a few hundred steps cannot be distinguished."""
STILL = 2e-3
VACUOUS = (
    "M of this system is one undamped line, which any method that has the offset gets right: "
    "it shows nothing of couplings"
)
LINES = ("line_position_hz", "splitting_hz")


def cases_of(roles: Sequence[str]) -> list[Case]:
    """The planned cases with these roles, whether their truth is available or not."""
    return [case_of(unanswered(key, item)) for key, item in planned_cases().items() if item.role in roles]


def case_of(known: SpinachCase) -> Case:
    """A case of the bridge with the targets of its role.

    The long windows are not judged, because a surrogate may have been trained for 30 ms only. Cases whose input is the
    molecule itself have tests of their own.
    """
    seed = known.parameters.get("seed")
    seeds = {f"seed_{k}": int(part) for k, part in enumerate(seed)} if seed else {}
    case = Case(known.id, known.system, known.grid, (), False, False, seeds=seeds, facts=facts_of(known))
    if known.role not in SMOKE_ROLES:
        return case
    if not known.molecule:
        kind = "chain_strong" if known.role == "chain-strong" else "chain"
        return replace(case, judged=((RMSE_M.key, f"{kind}_rmse"), (RMSE_I1Z.key, f"{kind}_i1z_rmse")))
    judged = ((RELATIVE_M.key, "molecule_relative_error"),)
    judged += ((RMSE_I1Z.key, "molecule_i1z_rmse"),) if known.judges_i1z else ()
    lines = () if known.vacuous else tuple(zip(line_metrics(known.parameters["groups"]), LINES, strict=True))
    return replace(case, judged=judged, judges_ratio=not known.vacuous, has_ratio=True, more=lines)


def facts_of(known: SpinachCase) -> dict[str, Any]:
    """What the page shows of a case."""
    return {
        "role": known.role,
        "molecule": known.molecule,
        "source": known.source,
        "field_t": known.field_t or 0.0,
        "carrier_ppm": known.carrier_ppm,
        "spins": len(known.system),
        "points": known.grid.points,
        "dt_s": known.grid.dt_s,
        "vacuous": known.vacuous,
        "basis": "truncated" if known.truncated else "complete",
    }


def notes(case: Case, truth: Trajectory) -> Mapping[str, str]:
    """What a vacuous M, an I1z that depends on a placeholder, and one that hardly moves do not show."""
    found = {metric.key: VACUOUS for metric in (RELATIVE_M, RMSE_M)} if case.facts["vacuous"] else {}
    moves = 1.0 if truth.i1z is None else float(np.abs(np.asarray(truth.i1z) - 1).max())
    if str(case.facts["molecule"]).startswith("glycine"):
        found[RMSE_I1Z.key] = "never judged: it hangs on a geminal coupling that is a placeholder"
    elif moves < STILL:
        found[RMSE_I1Z.key] = f"I1z moves by {moves:.1g} only: a constant would pass, so this shows little"
    return found


def stored(found: Compared) -> Mapping[str, np.ndarray]:
    """The signals of both sides and the facts of the case; nothing where there is no truth."""
    truth = found.answered.truth
    if truth is None:
        return {}
    arrays = {"truth_m": truth.m, "truth_i1z": truth.i1z}
    answers = {"subject": found.answer, **{name: found.baselines[name] for name in BASELINES}}
    for name, answer in answers.items():
        if answer.trajectory is not None and answer.trajectory.mx is not None:
            arrays[f"{name}_m"] = answer.trajectory.m
    if found.answer.trajectory is not None:
        arrays["subject_i1z"] = found.answer.trajectory.i1z
    facts = {**found.case.facts, "engine": truth.provenance.engine}
    there = {name: array for name, array in arrays.items() if array is not None}
    return {**{name: np.asarray(value) for name, value in facts.items()}, **there}


def controls(plan: Plan, production: Production | None) -> Sequence[Control]:
    """Formulas without training must fail on the chains, in the same run in which the subject passes."""
    return [Control(name, tuple(CHAINS.values()), partial(_on_chains, name, plan, production)) for name in BASELINES]


def _on_chains(name: str, plan: Plan, production: Production | None) -> Sequence[Any]:
    from harness.subjects import load_subject

    assert production is not None
    chains = [case for case in cases_of(tuple(CHAINS)) if production.available(case)]
    if not chains:
        raise InputError(f"no chain is cached: the control {name} cannot be run (harness cache verify)")
    few = replace(plan, cases=lambda: chains, baselines=(), of_baselines=(), with_untrained=False, repeats=0)
    return run(load_subject(name), few, production).claims


def answers_of(truth: Resolution, plan: Plan) -> SpinachAnswers:
    """What answers the cases in a run."""
    assert isinstance(truth, Truth)
    return SpinachAnswers(truth)


def plan_of(roles: Sequence[str]) -> Plan:
    """The plan with the cases of these roles."""
    return Plan(
        cases=partial(cases_of, roles),
        metrics=(RELATIVE_M, RMSE_M, RMSE_I1Z),
        baselines=(PAIR_PRODUCT, WEAK_COUPLING),
        observables=("m", "i1z"),
        rounding=ROUNDING,
        controls=controls,
        ratio_target="against_pair_product",
        of_baselines=(RELATIVE_M, RMSE_M),
        with_untrained=True,
        repeats=3,
        production=answers_of,
        notes=notes,
        stored=stored,
    )


_LONG = plan_of((*SMOKE_ROLES, *LONG_ROLES))
PLANS: Mapping[Tier, Plan] = {"smoke": plan_of(SMOKE_ROLES), "nightly": _LONG, "full": _LONG}
