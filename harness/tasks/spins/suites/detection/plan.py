"""Detection power: the catalogue of faults against every suite of spins, each with a few cases of small systems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from harness.subjects.capabilities import model_of
from harness.suites import accuracy, conservation, cost, inverse, ood, uncertainty
from harness.suites.asking import Claim, Truths
from harness.suites.detection import Faulty, Plan
from harness.task import Tier
from harness.tasks.spins.suites.believed import exact_truths, rich_truths
from harness.tasks.spins.suites.conservation import plan as of_conservation
from harness.tasks.spins.suites.faults.correct import ExactSurrogate, HonestSurrogate
from harness.tasks.spins.suites.faults.every import ALL
from harness.tasks.spins.suites.inverse import plan as of_inverse
from harness.tasks.spins.suites.ood import plan as of_ood
from harness.tasks.spins.suites.scaling import plan as of_scaling
from harness.tasks.spins.suites.spinach import plan as of_spinach
from harness.tasks.spins.suites.spinach.plan import cases_of
from harness.tasks.spins.suites.spinach.production import SpinachAnswers
from harness.tasks.spins.suites.topology import plan as of_topology
from harness.tasks.spins.suites.topology.run import run as run_topology
from harness.tasks.spins.suites.truth import resolve_truth
from harness.tasks.spins.suites.uncertainty import plan as of_uncertainty
from harness.tasks.spins.systems import TimeGrid

SMOKE_STRIDE = 6
"""The quick tier takes every sixth fault. These are enough to check that the suites detect faults."""
# The cost of a subject and its training set do not determine whether it is correct.
NOT_CORRECTNESS = frozenset({"hoped_speed_up_n8", "hoped_speed_up_n10", "dominated", "ring_increase", "seconds"})
CARRIERS: Mapping[str, Callable[[Truths], Any]] = {"exact": ExactSurrogate, "honest": HonestSurrogate}
REPLACED = {"weak-coupling": "every coupling taken as weak", "pair-product": "the product of exact pair factors"}


@dataclass(frozen=True)
class Amounts:
    """How much each suite measures per fault, and how many molecules represent the suite against Spinach.

    Subjects that state no uncertainty are measured with the light plan of the uncertainty suite, which can judge only
    the bands that the suite itself computes. The fits of the inverse suite have balanced noise, so that two fits of J
    alone and one fit of all parameters are enough to detect a biased model.
    """

    scaling: cost.Plan
    conservation: conservation.Plan
    topology: of_topology.Plan
    ood: ood.Plan
    uncertainty: uncertainty.Plan
    light_uncertainty: uncertainty.Plan
    inverse: inverse.Plan
    molecules: int


SMALL = Amounts(
    of_scaling.QUICK, of_conservation.QUICK, of_topology.Plan((4,), 5, seed=83), of_ood.QUICK, of_uncertainty.QUICK,
    of_uncertainty.LIGHT, of_inverse.QUICK, 2,
)  # fmt: skip
LARGER = Amounts(
    replace(of_scaling.QUICK, sizes=(3, 5, 6), cases=20),
    of_conservation.plan_of(3, 5, 12, seed=82),
    of_topology.Plan((5,), 20, seed=83),
    of_ood.plan_of(4, 9, 10, TimeGrid(600, 1e-4), seed=84),
    of_uncertainty.plan_of(3, 1000, 1000, 200, seed=85),
    of_uncertainty.plan_of(3, 200, 200, 50, seed=86),
    of_inverse.balanced((7.5, 12.5, 18.0), (20.0, 50.0)),
    6,
)


def suites_of(amounts: Amounts) -> dict[str, Callable[[Any, Truths], list[Claim]]]:
    """Each suite as a function (subject, truths) → claims."""
    molecules = _Molecules(amounts.molecules)
    return {
        "scaling": lambda subject, truths: cost.run(subject, amounts.scaling, truths).claims,
        "conservation": lambda subject, truths: conservation.run(subject, amounts.conservation).claims,
        "topology": lambda subject, truths: run_topology(subject, amounts.topology, truths).claims,
        "ood": lambda subject, truths: ood.run(subject, amounts.ood, truths).claims,
        "uncertainty": lambda subject, truths: uncertainty.run(subject, _plan(subject, amounts), truths).claims,
        "spinach": lambda subject, truths: molecules.claims(subject),
        "inverse": lambda subject, truths: inverse.of_subject(_forgetful(subject, truths), amounts.inverse).claims,
    }


def _plan(subject: Any, amounts: Amounts) -> uncertainty.Plan:
    model = model_of(subject)
    honest = isinstance(model.model if isinstance(model, Faulty) else model, HonestSurrogate)
    return amounts.uncertainty if honest else amounts.light_uncertainty


def _forgetful(subject: Any, truths: Truths) -> Any:
    """The same subject without a memory of answers, because the many systems of a fit would fill the memory."""
    from harness.subjects import NamedSubject

    model = model_of(subject)
    fresh = exact_truths(truths.reference, remembers=False)
    if isinstance(model, Faulty) and isinstance(model.model, ExactSurrogate):
        forgetful: Any = Faulty(type(model.model)(fresh), model.fault, model.seed)
    elif isinstance(model, ExactSurrogate):
        forgetful = type(model)(fresh)
    else:
        return subject
    return NamedSubject(subject.name, subject.kind, forgetful, subject.provenance)


class _Molecules:
    """The judged numbers of the suite against Spinach on some molecules, with exact instead of Spinach."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._chosen = cache(self._cases)

    def _cases(self) -> tuple[accuracy.Plan, SpinachAnswers]:
        truth = resolve_truth("exact", live=False, allow_fallback=False)
        cases = [case for case in cases_of(("molecule",)) if not case.facts["vacuous"] and len(case.system) <= 8]
        few = [replace(case, more=()) for case in cases[: self.count]]
        plan = of_spinach.plan_of(("molecule",))
        return replace(plan, cases=lambda: few, with_untrained=False, repeats=0), SpinachAnswers(truth)

    def claims(self, subject: Any) -> list[Claim]:
        """Relative errors of M, over those of the pair product, and of I1z where it is judged."""
        plan, production = self._chosen()
        return accuracy.run(subject, plan, production).claims


def replaced(truths: Truths) -> Mapping[str, tuple[str, Any]]:
    """Subjects that use a formula instead of an exact method."""
    return {name: (what, _reference(name, name)) for name, what in REPLACED.items()}


def correct_subjects(truths: Truths) -> dict[str, Any]:
    """Ten correct subjects: references with different methods, and both surrogates."""
    from harness.subjects import NamedSubject

    made = {name: _reference(name, name) for name in ("exact", "dense", "krylov", "chebyshev")}
    made["rk4, 20 substeps"] = _reference("rk4, 20 substeps", "rk4", substeps=20)
    for size in (5, 7, 9):
        made[f"cluster {size}"] = _reference(f"cluster {size}", "cluster", size=size)
    for kind in (ExactSurrogate, HonestSurrogate):
        made[kind.name] = NamedSubject(kind.name, "surrogate", kind(truths), {})
    return made


def _reference(name: str, method: str, **options: Any) -> Any:
    from harness.subjects import NamedSubject
    from harness.tasks.spins.references import reference

    return NamedSubject(name, "reference", reference(method, **options), {})


def spared(subject: Any) -> Collection[str]:
    """The suites that a subject does not run: methods with full matrices skip 9 spins and fits."""
    from harness.tasks.spins.references.dense import Dense
    from harness.tasks.spins.references.rk4 import RungeKutta4

    return ("ood", "inverse") if isinstance(model_of(subject), Dense | RungeKutta4) else ()


QUICK = Plan(
    suites_of(SMALL), ALL[::SMOKE_STRIDE], CARRIERS, rich_truths, ("topology",), spared=spared,
    not_correctness=NOT_CORRECTNESS, files=("fault_matrix", "figure8_faults"),
)  # fmt: skip
WHOLE = replace(
    QUICK, suites=suites_of(LARGER), faults=ALL, replaced=replaced, correct=correct_subjects, with_subject=True,
    bisections=8, bisections_s=900.0, control=QUICK,
)  # fmt: skip
PLANS: Mapping[Tier, Plan] = {"smoke": QUICK, "nightly": WHOLE, "full": WHOLE}
"""Nightly and full: the complete catalogue and every correct subject. Smoke: every sixth fault, including the null
faults."""
