"""Do the models keep what is stated of them, on pulses and geometries that none of them has seen?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.fields import Kick, size_of
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.models.subject import Subject
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import induced

STRENGTHS_AU = {0.005: "quad_0_005", 0.02: "quad_0_02", 0.05: "quad_0_05", 0.1: "quad_0_1"}
"""E0 of pulses on H2O in LDA → target of the error of ``kernel+quad``."""
FREQUENCIES_AU = (0.15, 0.6)
GEOMETRY_HORIZONS_AU = {"h2": 100.0, "lih": 100.0, "h2o": 50.0}
WATER_GRID = AtomicTimeGrid.until(50.0, 0.2)


@dataclass(frozen=True)
class Errors:
    """Relative errors of δμ by the name of a model, case by case, and the names of the cases."""

    cases: tuple[str, ...]
    of: dict[str, tuple[float, ...]]

    def worst(self, model: str) -> tuple[float, str]:
        """The largest error of a model, and the case."""
        place = int(np.argmax(self.of[model]))
        return self.of[model][place], self.cases[place]

    def ratio(self, model: str, other: str) -> tuple[float, str]:
        """The largest error of a model over that of another, case by case, and the case."""
        found = np.array(self.of[model]) / np.array(self.of[other])
        return float(found.max()), self.cases[int(found.argmax())]


def compared(systems: Sequence[MolecularSystem], models: Sequence[str], grid: AtomicTimeGrid) -> Errors:
    """The models on the systems, against the true Fock matrix with the same rule of steps."""
    return errors_of([load_subject(model) for model in models], systems, grid)


def errors_of(subjects: Sequence[Subject], systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> Errors:
    """Subjects on the systems, in batches where they know such, against ``cfm4`` with the true Fock matrix."""
    truths = [induced(load_subject("cfm4").answer(system, grid)) for system in systems]
    found: dict[str, tuple[float, ...]] = {}
    for subject in subjects:
        answers = TddftSurrogate(subject).predict(systems, grid).mean
        pairs = zip(map(induced, answers), truths, strict=True)
        found[subject.name] = tuple(float(np.linalg.norm(one - true) / np.linalg.norm(true)) for one, true in pairs)
    return Errors(tuple(f"{system.name}, {_strength(system)}" for system in systems), found)


def _strength(system: MolecularSystem) -> str:
    """ "E0 0.02" of a pulse, "κ 0.001" of a kick."""
    symbol = "κ" if isinstance(system.field, Kick) else "E0"
    return f"{symbol} {size_of(system.field):.3g}"


def water_pulses(strength_au: float, cases: int, seed: int) -> list[MolecularSystem]:
    """H2O in LDA under fresh pulses of one strength."""
    pulses = FieldRange("pulse", (strength_au, strength_au), FREQUENCIES_AU)
    return MolecularPopulation("water, fresh pulses", "h2o", pulses, WATER_GRID, "lda", 1).draw(cases, seed)


def fresh_geometries(molecule: str, cases: int, seed: int) -> list[MolecularSystem]:
    """One molecule in Hartree-Fock at fresh geometries under fresh pulses."""
    pulses = FieldRange("pulse", (0.01, 0.05), FREQUENCIES_AU)
    grid = AtomicTimeGrid.until(GEOMETRY_HORIZONS_AU[molecule], 0.2)
    return MolecularPopulation("fresh geometries", molecule, pulses, grid, flexible=True).draw(cases, seed)


def geometry_errors(molecule: str, cases: int, seed: int) -> Errors:
    """``geometry`` on fresh geometries; compared with ``frozen``."""
    grid = AtomicTimeGrid.until(GEOMETRY_HORIZONS_AU[molecule], 0.2)
    return compared(fresh_geometries(molecule, cases, seed), ("geometry", "frozen"), grid)


def hartree_fock_error(seed: int, frozen: bool = False) -> float:
    """``kernel`` on LiH and H2O in Hartree-Fock, where F is linear in D: largest max|Δδμ| / max|δμ| over 50 au.

    With ``frozen`` that of the frozen Fock matrix.
    """
    make = Frozen.of if frozen else Kernel.of
    worst = 0.0
    for molecule in ("lih", "h2o"):
        pulses = FieldRange("pulse", (0.01, 0.1), FREQUENCIES_AU)
        (system,) = MolecularPopulation("kernel, fresh", molecule, pulses, WATER_GRID).draw(1, seed)
        structure = structure_of(system)
        truth, found = (
            evolve(structure, system.field, WATER_GRID, model=model).induced for model in (structure, make(structure))
        )
        worst = max(worst, float(np.abs(found - truth).max() / np.abs(truth).max()))
    return worst
