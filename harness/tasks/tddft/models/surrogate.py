"""Subjects in the form of the common suites: batches, a domain check, and where a model has them standard
deviations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.subjects.capabilities import Batched
from harness.surrogates.base import DomainCheck, Prediction
from harness.tasks.tddft.fields import size_of
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.subject import Domain, Subject, Uncertain
from harness.tasks.tddft.system_file import load_system, molecule_names
from harness.tasks.tddft.systems import MolecularSystem


@dataclass(frozen=True)
class TddftSurrogate:
    """``predict`` of a subject; ``simulate`` gives one answer."""

    subject: Subject
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """That of the subject."""
        return self.subject.name

    @property
    def observables(self) -> tuple[str, ...]:
        """Those of the subject."""
        return self.subject.observables

    @property
    def domain(self) -> Domain:
        """Its domain."""
        return self.subject.domain

    def predict(
        self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid, uncertainty: str = "none"
    ) -> Prediction:
        """The answers, each with the limits that its system exceeds.

        Raises
        ------
        InputError
            For an uncertainty that the subject does not state.
        """
        checks = [check(self.domain, system) for system in systems]
        if uncertainty == "none":
            return Prediction(self._answers(systems, grid), checks)
        if not isinstance(self.subject, Uncertain) or uncertainty not in ("mc", "conformal"):
            raise InputError(f"{self.name}: states no uncertainty {uncertainty!r}; it says only where it was trained")
        mean, spreads = self.subject.with_spread(systems, grid)
        if uncertainty == "mc":
            return Prediction(tuple(mean), checks, std=self.subject.standard_deviations(spreads, grid))
        return Prediction(tuple(mean), checks, bands=self.subject.bands(spreads, grid))

    def _answers(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> tuple[Any, ...]:
        if isinstance(self.subject, Batched):
            return tuple(self.subject.predict(systems, grid))
        return tuple(self.subject.answer(system, grid) for system in systems)

    def simulate(self, system: MolecularSystem, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Any:
        """The answer for one system."""
        return self.subject.answer(system, grid)


def check(domain: Domain, system: MolecularSystem) -> DomainCheck:
    """The limits that a system exceeds: field strength, molecule, functional, basis and geometry."""
    exceeded: dict[str, float] = {}
    if size_of(system.field) > domain.strength_au:
        exceeded["strength_au"] = size_of(system.field)
    known = {name: load_system(name) for name in domain.molecules or molecule_names()}
    same = [one for one in known.values() if one.elements == system.elements and one.charge == system.charge]
    if domain.molecules and not same:
        exceeded["molecule"] = 1.0
    if domain.functionals and system.functional not in domain.functionals:
        exceeded["functional"] = 1.0
    if domain.bases and system.basis not in domain.bases:
        exceeded["basis"] = 1.0
    if not domain.flexible and same and all(one.positions_bohr != system.positions_bohr for one in same):
        exceeded["geometry"] = 1.0
    return DomainCheck(exceeded)


def loader(name: str) -> Any:
    """The function that loads a model by name: (weights or None) → surrogate."""

    def load(weights: str | Path | None = None) -> TddftSurrogate:
        from harness.tasks.tddft.models.registry import load_subject

        if weights is not None:
            raise InputError(f"{name}@{weights}: the weights of {name!r} come with the package; name it without @")
        return TddftSurrogate(load_subject(name))

    return load
