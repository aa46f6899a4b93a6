"""The plans of the common suites for this task: what is drawn, what is measured, and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from harness.subjects import NamedSubject
from harness.suites.accuracy.plan import Case
from harness.suites.accuracy.plan import Plan as Accuracy
from harness.suites.accuracy.run import run as run_accuracy
from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Baseline, Control
from harness.suites.conservation.plan import Plan as Conservation
from harness.suites.conservation.run import run as run_conservation
from harness.suites.detection.faults import Fault as SeededFault
from harness.suites.detection.plan import Plan as Detection
from harness.suites.ood.plan import Plan as OutOfDistribution
from harness.task import Drawn, Tier, plan_at
from harness.tasks.tddft import fronts, inverse, uncertainty
from harness.tasks.tddft.faults import FAULTS, FaultySubject, fault_named
from harness.tasks.tddft.fields import Pulse, size_of
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.laws import LAWS, UNITARITY
from harness.tasks.tddft.metrics import METRICS
from harness.tasks.tddft.models.linear_response import SumOverStates
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.nwchem.cases import packaged_requests
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.references import Magnus4, Midpoint
from harness.tasks.tddft.trajectory import OBSERVABLES

RATIO = "mean error over that of linear response"
LINEAR = Baseline("casida", "linear response", SumOverStates().predict, RATIO)
STRONG, FAR_OUT = (0.05, 0.1), 5.0
SHORT = AtomicTimeGrid.until(24.0, 0.1)
COARSE = AtomicTimeGrid.until(24.0, 0.2)
DECISIVE = 75
"""Cases of which all must be right to show 95 % at a confidence of 95 %: 72, and a few more."""
FITS = 60
"""Fits whose root mean square over the bound is known to a fifth: ten leave an interval of a factor of 2."""


def named(name: str, model: Any, details: Mapping[str, Any] | None = None) -> NamedSubject:
    """A model as a subject of this task."""
    return NamedSubject(name, "surrogate", model, details or {}, "tddft")


def faulty(name: str) -> NamedSubject:
    """A propagator with a seeded fault as a subject."""
    return named(f"fault: {name}", TddftSurrogate(FaultySubject(fault_named(name))))


def believed() -> Truths:
    """Our own propagator of order 4 with the true Fock matrix: the truth for fresh systems."""
    return Truths(Magnus4(), OBSERVABLES)


# Accuracy against NWChem


def case_of(request: Request) -> Case:
    """A request as a case: Hartree-Fock to rounding, functionals by the kind of the field."""
    system = request.system
    kind = "pulse" if isinstance(system.field, Pulse) else "kick"
    word = kind if kind == "pulse" else "field at step 0 of"
    direction = ",".join(f"{x:.2g}" for x in system.field.direction)
    label = f"{system.name} {system.functional}, {word} {size_of(system.field):g} along {direction}, "
    label += f"{request.grid.horizon_au:g} au"
    judged = [("dipole_largest", "hf_dipole"), ("energy", "hf_energy")]
    if system.functional != "hf":
        judged = [("dipole", f"dft_{kind}"), ("dipole_resting", "dft_resting")]
    return Case(label, system, request.grid, tuple(judged), judges_ratio=kind == "pulse")


def nwchem_cases(functionals: Sequence[str]) -> list[Case]:
    """The cases whose answers come with the package, each system and grid once; a subject has no access to the
    quadrature points of NWChem, so that requests with such points are no cases."""
    found: dict[str, Case] = {}
    for request in packaged_requests():
        if request.system.functional in functionals and not request.with_points:
            case = case_of(request)
            found.setdefault(case.id, case)
    return list(found.values())


def accuracy(functionals: Sequence[str]) -> Accuracy:
    """Cases of these functionals against NWChem."""
    dipoles = tuple(METRICS[key] for key in ("dipole", "dipole_largest", "dipole_resting"))
    return Accuracy(
        cases=partial(nwchem_cases, functionals),
        metrics=(*dipoles, METRICS["energy"]),
        baselines=(LINEAR,),
        of_baselines=dipoles,  # linear response has no energy
        observables=("dipole", "energy"),
        rounding=1e-7,
        controls=_wrong_propagators,
    )


def _wrong_propagators(plan: Accuracy, truths: Truths | None) -> Sequence[Control]:
    """One per cent of exchange is missing, on two cases of NWChem; ``truths`` is None where a run is only planned."""
    subject = faulty("exchange times 0.99")

    def claims() -> list[Claim]:
        assert truths is not None
        few = Accuracy(lambda: plan.cases()[:2], plan.metrics, (), plan.observables)
        return run_accuracy(subject, few, truths).claims

    return [Control(subject.name, ("hf_dipole",), claims)]


# Laws


def conservation(cases: int, functionals: Sequence[str], seed: int) -> Conservation:
    """Pulses on H2O and LiH."""
    pulses = FieldRange("pulse", (0.01, 0.05), (0.2, 0.5))
    populations = tuple(
        MolecularPopulation(f"{molecule} {functional}, pulses", molecule, pulses, SHORT, functional, 0)
        for molecule in ("lih", "h2o")
        for functional in functionals
    )
    return Conservation(populations, cases, (SHORT,), LAWS, believed, controls=_breaks_work, seed=seed)


def _breaks_work(plan: Conservation, truths: Truths) -> Sequence[Control]:
    few = Conservation(plan.populations[:1], 1, plan.grids, LAWS, plan.truths, seed=plan.seed)
    subject = faulty("exchange times 0.99")
    return [Control(subject.name, ("work",), lambda: run_conservation(subject, few).claims)]


# Out of distribution


def _water(name: str, strength: tuple[float, float], stronger: float = 1.0) -> Any:
    pulses = FieldRange("pulse", strength, (0.2, 0.5))
    return MolecularPopulation(name, "h2o", pulses, COARSE, "lda", 1, stronger=stronger)


def out_of_distribution(cases: int, seed: int) -> OutOfDistribution:
    """Water in LDA under strong pulses, twice and five times as strong."""
    return OutOfDistribution(
        populations=(
            _water("H2O lda, E0 0.05-0.1", STRONG),
            _water("H2O lda, E0 0.1-0.2", STRONG, 2.0),
            _water("H2O lda, E0 0.25-0.5", STRONG, FAR_OUT),
        ),
        cases=cases,
        metrics=(METRICS["dipole"], METRICS["density"]),
        baseline=LINEAR,
        truths=believed,
        score="dipole",
        targets={"dipole": "in_dipole"},
        seed=seed,
    )


# Detection


def detection(seed: int) -> Detection:
    """Every seeded fault through a few cases of accuracy and of the laws; unitarity alone is the blind control."""
    cases = [case for case in nwchem_cases(("hf",)) if case.id.startswith(("LiH hf, pulse", "H2O hf, pulse 0.02"))]
    few = Accuracy(lambda: cases, (METRICS["dipole"], METRICS["dipole_largest"], METRICS["energy"]), (), OBSERVABLES)
    pulses = FieldRange("pulse", (0.02, 0.05), (0.2, 0.5))
    water = (MolecularPopulation("H2O hf, pulses", "h2o", pulses, SHORT, "hf"),)
    laws = Conservation(water, 1, (SHORT,), LAWS, believed, seed=seed)
    blind = Conservation(water, 1, (SHORT,), UNITARITY, believed, seed=seed)
    return Detection(
        suites={
            "accuracy": lambda subject, truths: run_accuracy(subject, few, truths).claims,
            "conservation": lambda subject, truths: run_conservation(subject, laws).claims,
            "unitarity": lambda subject, truths: run_conservation(subject, blind).claims,
        },
        faults=tuple(
            SeededFault(fault.name, fault.words, carrier=fault.name, harmless=fault.harmless) for fault in FAULTS
        ),
        carriers={fault.name: partial(_carrier, fault.name) for fault in FAULTS},
        truths=lambda: Truths(Midpoint(), OBSERVABLES),
        blind=("unitarity",),
        subject=named,
    )


def _carrier(name: str, truths: Truths) -> TddftSurrogate:
    return TddftSurrogate(FaultySubject(fault_named(name)))


def _populations() -> dict[str, MolecularPopulation]:
    """Every population of the plans by its name."""
    found: dict[str, MolecularPopulation] = {}
    for tiers in PLANS.values():
        for plan in map(plan_at, tiers.values()):
            for one in getattr(plan, "populations", ()):
                found[one.name] = one
    return found


PLANS: dict[str, dict[Tier, Any]] = {
    "accuracy": {
        "smoke": accuracy(("hf",)),
        "nightly": accuracy(("hf", "lda", "pbe", "pbe0")),
        "full": accuracy(("hf", "lda", "pbe", "pbe0")),
    },
    "conservation": {
        "smoke": Drawn(partial(conservation, 1, ("hf",))),
        "nightly": Drawn(partial(conservation, 2, ("hf", "lda"))),
        "full": Drawn(partial(conservation, 4, ("hf", "lda"))),
    },
    "detection": {"smoke": Drawn(detection), "nightly": Drawn(detection), "full": Drawn(detection)},
    "inverse": {
        "nightly": Drawn(partial(inverse.plan, FITS, DECISIVE)),
        "full": Drawn(partial(inverse.plan, 2 * FITS, 2 * DECISIVE)),
    },
    "uncertainty": {
        "nightly": Drawn(partial(uncertainty.plan, 200, 800, 50)),
        "full": Drawn(partial(uncertainty.plan, 1000, 1000, 200)),
    },
    "ood": {
        "nightly": Drawn(partial(out_of_distribution, DECISIVE)),
        "full": Drawn(partial(out_of_distribution, 2 * DECISIVE)),
    },
    "cost": {
        "nightly": Drawn(partial(fronts.functional, "pbe", 2)),
        "full": Drawn(partial(fronts.functional, "pbe", 4)),
    },
    "cost_h2": {"nightly": Drawn(partial(fronts.hydrogen, 4)), "full": Drawn(partial(fronts.hydrogen, 8))},
}
"""Suite → tier → plan; all but the cases that NWChem has answered are drawn from the seed of the run."""
POPULATIONS = _populations()
