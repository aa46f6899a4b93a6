"""Plans of the suite of cost: which methods are compared in time and error, on a functional and on H2 in Hartree-Fock.

Baselines and larger steps are on both fronts. The trained networks are on the second one, because they are trained on
H2 in Hartree-Fock.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from harness.benchmark.timing import Protocol
from harness.subjects.capabilities import Batched
from harness.suites.asking import Truths
from harness.suites.cost.measure import CostPoint
from harness.suites.cost.plan import Plan, Rival
from harness.suites.cost.run import point_of
from harness.suites.errors import case_errors
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.metrics import METRICS
from harness.tasks.tddft.models.larger_steps import LargerSteps
from harness.tasks.tddft.models.learned.data import UNSEEN
from harness.tasks.tddft.models.registry import NETWORKS, load_subject
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.references import Magnus4
from harness.tasks.tddft.structure import STRUCTURES_KEPT
from harness.tasks.tddft.trajectory import OBSERVABLES

GRID = AtomicTimeGrid.until(24.0, 0.1)
MOLECULES = {2: "lih", 3: "h2o", 6: "c2h4"}
STRENGTH_AU = 0.02
LARGER = (("cfm4", 0.2), ("cfm4", 0.4), ("cfm4", 0.8), ("em-one-corrector", 0.2), ("em", 0.2))
LARGER_H2 = (*LARGER, ("em", 0.4))
BASELINES = {"casida": "linear response", "frozen": "frozen Fock matrix", "prony": "prony"}
"""Name of a method → its label on a front. ``prony`` knows the first half of the trajectory."""
ATOMS_OF_H2 = 2


def larger_steps(method: str, step_au: float, largest: int, quadrature: int | None = None) -> Rival:
    """The true Fock matrix in steps of this length, up to this number of atoms, on a coarser grid where one is given.

    ``quadrature`` is the level of that grid.
    """
    level = "" if quadrature is None else f", quadrature {quadrature}"
    return Rival(f"{method} {step_au:g}{level}", partial(LargerSteps, method, step_au, quadrature), largest)


def packaged(name: str, label: str, largest: int) -> Rival:
    """A method of the package under this label, up to this number of atoms."""
    return Rival(label, lambda: TddftSurrogate(load_subject(name)), largest)


def functional(name: str, cases: int, seed: int) -> Plan:
    """Pulses of one strength on LiH, H2O and C2H4, compared with larger steps, a coarser grid and baselines."""
    pulses, largest = FieldRange("pulse", (STRENGTH_AU, STRENGTH_AU), (0.2, 0.5)), max(MOLECULES)

    def population(size: int) -> MolecularPopulation:
        molecule = MOLECULES[size]
        return MolecularPopulation(f"{molecule} {name}, E0 {STRENGTH_AU:g}", molecule, pulses, GRID, name, 1)

    return Plan(
        population=population,
        sizes=tuple(MOLECULES),
        cases=cases,
        batch=cases,
        metrics=(METRICS["dipole"],),
        truths=lambda: Truths(Magnus4(), OBSERVABLES),
        targets={"dipole": "dipole"},
        largest="largest_dipole",
        rivals=(
            *(larger_steps(method, step, largest) for method, step in LARGER),
            larger_steps("cfm4", 0.4, largest, 0),
            *(packaged(one, label, largest) for one, label in BASELINES.items()),
        ),
        protocol=Protocol(warmups=1, runs=3, most_runs=3, budget_s=20.0),
        seed=seed,
        truth_label="cfm4 0.1",
        size_key="atoms",
        size_label="number of atoms",
    )


def hydrogen(cases: int, seed: int) -> Plan:
    """H2 in Hartree-Fock at bond lengths and under pulses like those on which the networks were trained.

    The times are recorded and not judged: the exact Fock matrix of H2 costs less than any model of it.
    """
    models = {"kernel": "kernel", "geometry": "geometry", **BASELINES}
    return Plan(
        population=lambda size: UNSEEN,
        sizes=(ATOMS_OF_H2,),
        cases=cases,
        batch=STRUCTURES_KEPT,  # so that no time of a batch contains integrals and ground states
        metrics=(METRICS["dipole"],),
        truths=lambda: Truths(LargerSteps("cfm4", 0.1), ("dipole",)),
        targets={"dipole": "dipole"},
        largest="largest_dipole",
        rivals=(
            *(larger_steps(method, step, ATOMS_OF_H2) for method, step in LARGER_H2),
            *(packaged(one, label, ATOMS_OF_H2) for one, label in models.items()),
        ),
        others=(trained_networks,),
        watched=NETWORKS,
        protocol=Protocol(warmups=1, runs=3, most_runs=3, budget_s=20.0),
        seed=seed,
        judges_costs=False,
        truth_label="cfm4 0.1",
        size_key="atoms",
        size_label="number of atoms",
        title="Cost and error of H2 in Hartree-Fock, with the trained networks",
        files=("cost_h2", "cost_h2", "front_h2", "observables_h2"),
    )


def trained_networks(plan: Plan, truths: Truths, subject: Any) -> list[CostPoint]:
    """The points of the networks of the package that are not the subject, one system and a batch each."""
    population, points = plan.population(ATOMS_OF_H2), []
    systems, grid = population.draw(plan.cases, plan.seed), population.grid
    believed = truths.at(ATOMS_OF_H2)(systems, grid)
    for name in NETWORKS:
        if name == subject.name:
            continue
        model = load_subject(name)
        assert isinstance(model, Batched)
        errors = case_errors(plan.metrics, systems, model.predict(systems, grid), believed)
        for some in (systems[:1], population.draw(plan.batch, plan.seed)):
            points.append(
                point_of(name, ATOMS_OF_H2, len(some), partial(model.predict, some, grid), errors, plan, truths)
            )
    return points
