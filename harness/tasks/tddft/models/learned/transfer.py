"""Transfer: a network that was trained on several molecules, on one that it has never seen, and at what cost.

Error and processor time of the learned propagators, of baselines without training and of larger steps of ``cfm4`` and
``em``. ``prony`` is not among them: of these trajectories it knows the first half, which the pulse fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from harness.tasks.tddft.metrics import dipole_error
from harness.tasks.tddft.models.larger_steps import LargerSteps
from harness.tasks.tddft.models.learned.data import FIELDS, GRID
from harness.tasks.tddft.models.learned.subject import LearnedPropagator
from harness.tasks.tddft.models.registry import NETWORKS, load_subject
from harness.tasks.tddft.models.subject import Subject
from harness.tasks.tddft.populations import MolecularPopulation

OF_ONE_MOLECULE = {"h2": NETWORKS}
BASELINES = ("frozen", "casida", "kernel")
"""No motion of the Fock matrix, linear response, and the exact linear response matrix, which needs no training."""
TRUE_STEP_AU = 0.1
LARGER = (("cfm4", 0.2), ("cfm4", 0.4), ("cfm4", 0.8), ("em", 0.2), ("em", 0.4))
"""Methods with the true Fock matrix in larger steps: the front that a model must pass."""
SEEN, NEW = ("h2", "lih", "h2o"), ("nh3",)


@dataclass(frozen=True)
class Row:
    """One method on one molecule: mean and largest relative error of δμ over 25.6 au of ``cases`` pulses.

    ``processor_s`` is the median processor time of an answer; integrals and ground state are known before.
    """

    molecule: str
    method: str
    seen: bool
    cases: int
    mean: float
    largest: float
    processor_s: float


def transfer(weights: Path, cases: int, seed: int, molecules: Sequence[str] = (*SEEN, *NEW)) -> Iterator[Row]:
    """Fresh pulses on every molecule, and fresh geometries of those that were seen."""
    for molecule in molecules:
        seen = molecule in SEEN
        population = MolecularPopulation(f"{molecule} hf, transfer", molecule, FIELDS["pulses"], GRID, flexible=seen)
        systems = population.draw(cases, seed)
        methods = _methods(molecule, weights)
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
        for system in systems:
            truth = LargerSteps("cfm4", TRUE_STEP_AU).answer(system, GRID)
            for name, subject in methods.items():
                begun = process_time()
                answer = subject.answer(system, GRID)
                found[name].append((dipole_error(answer, truth, system), process_time() - begun))
        for name, pairs in found.items():
            errors, seconds = np.array(pairs).T
            yield Row(molecule, name, seen, cases, float(errors.mean()), float(errors.max()), float(np.median(seconds)))


def _methods(molecule: str, weights: Path) -> Mapping[str, Subject]:
    """Name → method, in the order of the table."""
    names = (*OF_ONE_MOLECULE.get(molecule, ()), *BASELINES)
    larger = {f"{method} {step:g}": LargerSteps(method, step) for method, step in LARGER}
    requested = LearnedPropagator("learned, several molecules", weights)
    return {requested.name: requested, **{name: load_subject(name) for name in names}, **larger}
