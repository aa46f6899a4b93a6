"""The plans of the common suites for this task: what is drawn, what is measured, and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from harness.benchmark.timing import Protocol
from harness.subjects import NamedSubject
from harness.suites.accuracy.plan import Case
from harness.suites.accuracy.plan import Plan as Accuracy
from harness.suites.accuracy.run import run as run_accuracy
from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Baseline, Control
from harness.suites.conservation.plan import Plan as Conservation
from harness.suites.conservation.run import run as run_conservation
from harness.suites.cost.plan import Plan as Cost
from harness.suites.cost.plan import Rival
from harness.suites.detection.faults import Fault as SeededFault
from harness.suites.detection.plan import Plan as Detection
from harness.suites.ood.plan import Plan as OutOfDistribution
from harness.task import Tier
from harness.tasks.tddft import inverse, uncertainty
from harness.tasks.tddft.faults import FAULTS, FaultySubject, fault_named
from harness.tasks.tddft.fields import Pulse, size_of
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.laws import LAWS, UNITARITY
from harness.tasks.tddft.metrics import METRICS
from harness.tasks.tddft.models.larger_steps import LargerSteps
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
    keys = ("dipole", "dipole_largest", "dipole_resting", "energy")
    return Accuracy(
        cases=partial(nwchem_cases, functionals),
        metrics=tuple(METRICS[key] for key in keys),
        baselines=(LINEAR,),
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


def conservation(cases: int, functionals: Sequence[str]) -> Conservation:
    """Pulses on H2O and LiH."""
    pulses = FieldRange("pulse", (0.01, 0.05), (0.2, 0.5))
    populations = tuple(
        MolecularPopulation(f"{molecule} {functional}, pulses", molecule, pulses, SHORT, functional, 0)
        for molecule in ("lih", "h2o")
        for functional in functionals
    )
    return Conservation(populations, cases, (SHORT,), LAWS, believed, controls=_breaks_work)


def _breaks_work(plan: Conservation, truths: Truths) -> Sequence[Control]:
    few = Conservation(plan.populations[:1], 1, plan.grids, LAWS, plan.truths)
    subject = faulty("exchange times 0.99")
    return [Control(subject.name, ("work",), lambda: run_conservation(subject, few).claims)]


# Out of distribution


def _water(name: str, strength: tuple[float, float], stronger: float = 1.0) -> Any:
    pulses = FieldRange("pulse", strength, (0.2, 0.5))
    return MolecularPopulation(name, "h2o", pulses, COARSE, "lda", 1, stronger=stronger)


def out_of_distribution(cases: int) -> OutOfDistribution:
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
    )


# Cost


def cost(functional: str, cases: int, judges: bool, strength: tuple[float, float] = (0.02, 0.02)) -> Cost:
    """One pulse strength for LiH and H2O, compared with larger steps and a coarser grid."""
    pulses = FieldRange("pulse", strength, (0.2, 0.5))
    molecules = {2: "lih", 3: "h2o", 6: "c2h4"}

    def population(size: int) -> MolecularPopulation:
        molecule = molecules[size]
        name = f"{molecule} {functional}, E0 {strength[0]:g}"
        return MolecularPopulation(name, molecule, pulses, SHORT, functional, 1)

    steps = [("cfm4", 0.2), ("cfm4", 0.4), ("cfm4", 0.8), ("em-one-corrector", 0.2), ("em", 0.2)]
    rivals = [Rival(f"{method} {step:g}", partial(LargerSteps, method, step), 6) for method, step in steps]
    rivals.append(Rival("cfm4 0.4, quadrature 0", partial(LargerSteps, "cfm4", 0.4, 0), 6))
    rivals.append(Rival("linear response", SumOverStatesMethod, 6))
    return Cost(
        population=population,
        sizes=(2, 3) if not judges else (2, 3, 6),
        cases=cases,
        batch=cases,
        metrics=(METRICS["dipole"],),
        truths=believed,
        targets={"dipole": "dipole"},
        largest="largest_dipole",
        rivals=tuple(rivals),
        protocol=Protocol(warmups=1, runs=1 if not judges else 3, most_runs=3, budget_s=20.0),
        judges_costs=judges,
        truth_label="cfm4, steps of 0.1 au",
        size_key="atoms",
        size_label="number of atoms",
    )


class SumOverStatesMethod(SumOverStates):
    """Linear response as the suite of cost calls it."""

    def simulate(self, system: Any, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Any:
        """One answer."""
        return self.answer(system, grid)


# Detection


def detection() -> Detection:
    """Every seeded fault through a few cases of accuracy and of the laws; unitarity alone is the blind control."""
    cases = [case for case in nwchem_cases(("hf",)) if case.id.startswith(("LiH hf, pulse", "H2O hf, pulse 0.02"))]
    few = Accuracy(lambda: cases, (METRICS["dipole"], METRICS["dipole_largest"], METRICS["energy"]), (), OBSERVABLES)
    pulses = FieldRange("pulse", (0.02, 0.05), (0.2, 0.5))
    water = (MolecularPopulation("H2O hf, pulses", "h2o", pulses, SHORT, "hf"),)
    laws = Conservation(water, 1, (SHORT,), LAWS, believed)
    blind = Conservation(water, 1, (SHORT,), UNITARITY, believed)
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
        for plan in tiers.values():
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
        "smoke": conservation(1, ("hf",)),
        "nightly": conservation(2, ("hf", "lda")),
        "full": conservation(4, ("hf", "lda")),
    },
    "detection": {"smoke": detection(), "nightly": detection(), "full": detection()},
    "inverse": {"nightly": inverse.plan(10, DECISIVE), "full": inverse.plan(30, 2 * DECISIVE)},
    "uncertainty": {"nightly": uncertainty.plan(200, 800, 50), "full": uncertainty.plan(1000, 1000, 200)},
    "ood": {"nightly": out_of_distribution(DECISIVE), "full": out_of_distribution(2 * DECISIVE)},
    "cost": {"nightly": cost("pbe", 2, judges=True), "full": cost("pbe", 4, judges=True)},
}
"""Suite → tier → plan."""
POPULATIONS = _populations()
