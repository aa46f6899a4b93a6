"""Where does the subject still hold? One thing is changed at a time: geometry, direction, strength, basis, functional,
molecule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.subjects.capabilities import model_of
from harness.suites.asking import Truths, ask
from harness.suites.errors import CaseError, case_errors
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.metrics import METRICS
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.models.subject import EVERYWHERE, Domain
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.references import Magnus4
from harness.tasks.tddft.trajectory import OBSERVABLES

GRID = AtomicTimeGrid.until(24.0, 0.2)
WEAK, MIDDLE, STRONG = (0.005, 0.01), (0.02, 0.02), (0.05, 0.1)
FREQUENCIES_AU = (0.2, 0.5)
DIPOLE = METRICS["dipole"]
BASELINES = {"linear response": "casida", "frozen F": "frozen"}
LEAST_ERROR = 1e-7
"""Smaller errors count as this in a ratio."""


def _pulses(
    name: str, molecule: str = "h2o", strength: tuple[float, float] = MIDDLE, direction: Any = None, **changes: Any
) -> MolecularPopulation:
    field = FieldRange("pulse", strength, FREQUENCIES_AU, direction)
    settings = {"functional": "lda", "quadrature": 1, **changes}
    return MolecularPopulation(name, molecule, field, GRID, **settings)


POPULATIONS = (
    _pulses("pulse along z", direction=(0.0, 0.0, 1.0)),
    _pulses("any direction"),
    _pulses("weak pulse", strength=WEAK),
    _pulses("strong pulse", strength=STRONG),
    _pulses("other geometry", flexible=True),
    _pulses("STO-3G", basis="sto-3g"),
    _pulses("cc-pVDZ", basis="cc-pvdz"),
    _pulses("hf", functional="hf"),
    _pulses("pbe", functional="pbe"),
    _pulses("pbe0", functional="pbe0"),
    _pulses("LiH", "lih"),
    _pulses("NH3", "nh3"),
    _pulses("CH4", "ch4"),
)
"""Pulses of E0 = 0.02 on H2O in LDA and 6-31G in any direction, unless the name states another."""


def need(population: MolecularPopulation) -> str:
    """The need of a planned number: that the subject states to be made for this population."""
    return f"made for {population.name}"


REASONS: Mapping[str, str] = {
    need(one): f"the subject states that it is not made for: {one.name}" for one in POPULATIONS
}


def domain_of(subject: Any) -> Domain:
    """The domain that a subject states; without a statement everything."""
    return getattr(model_of(subject), "domain", EVERYWHERE)


def inside(subject: Any) -> frozenset[str]:
    """The needs that a subject meets."""
    domain = domain_of(subject)
    return frozenset(need(one) for one in POPULATIONS if one.within(domain))


@dataclass(frozen=True, eq=False)
class Row:
    """Errors of the subject and of the baselines on one population; ``problem`` or ``refusal`` where it gave none."""

    population: MolecularPopulation
    errors: list[CaseError]
    baselines: dict[str, list[CaseError]]
    problem: str
    refusal: str

    @property
    def ratio(self) -> tuple[float, str]:
        """Largest error over that of linear response, and the case."""
        pairs = zip(self.errors, self.baselines["linear response"], strict=True)
        return max(
            (max(mine["dipole"], LEAST_ERROR) / max(other["dipole"], LEAST_ERROR), mine.case) for mine, other in pairs
        )


def truths() -> Truths:
    """``cfm4`` with the true Fock matrix."""
    return Truths(Magnus4(), OBSERVABLES)


def measured_row(subject: Any, population: MolecularPopulation, cases: int, seed: int, believed: Truths) -> Row:
    """The subject on fresh systems of a population, compared with the baselines."""
    systems = population.draw(cases, seed)
    truth = believed(systems, population.grid)
    answers = ask(subject, systems, population.grid)
    errors = case_errors((DIPOLE,), systems, answers.trajectories, truth)
    others = {
        label: case_errors(
            (DIPOLE,), systems, TddftSurrogate(load_subject(name)).predict(systems, population.grid).mean, truth
        )
        for label, name in BASELINES.items()
    }
    return Row(population, errors, others, answers.problem, answers.refusal)
