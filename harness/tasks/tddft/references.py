"""The references: NWChem by its ladder, and our own propagators with the true Fock matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.task import Resolution
from harness.tasks.tddft.fields import Kick
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.nwchem.ladder import INSTEAD, NOT_NWCHEM, Answers
from harness.tasks.tddft.nwchem.request import Request, delta_for
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES
from harness.trajectory import Trajectory


class NWChem:
    """NWChem's answers from the cache, or live; see :class:`harness.tasks.tddft.nwchem.ladder.Answers`."""

    name = "nwchem"
    observables = ("dipole", "energy")

    def __init__(self, live: bool = False) -> None:
        self.answers = Answers.open(live=live)

    def resolution(self, live: bool, allow_fallback: bool) -> Resolution:
        """Who answers in a run.

        Raises
        ------
        InputError
            If nobody does: one line with the reason of every rung.
        """
        made = NWChem(live)
        stand_in = ("em", Midpoint()) if allow_fallback else None
        found = made.answers.ladder().resolution(self.name, made, f"{INSTEAD}.", stand_in)
        return found if found.is_requested else replace(found, why=f"{NOT_NWCHEM} ({found.why})")

    def simulate(self, system: MolecularSystem, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        """One trajectory; a kick is taken as the field ``delta`` of the same impulse."""
        field = system.field
        requested = system.under(delta_for(field, grid.dt_au)) if isinstance(field, Kick) else system
        return self.answers.answer(Request(requested, grid))


class Magnus4:
    """Our own propagator of order 4 with the true Fock matrix; not the production code."""

    name = "cfm4"
    observables = OBSERVABLES

    def simulate(self, system: MolecularSystem, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        """One trajectory."""
        return load_subject(self.name).answer(system, grid)


class Midpoint(Magnus4):
    """Our own exponential midpoint, NWChem's algorithm, with the true Fock matrix; not the production code."""

    name = "em"


def codec_system(values: Any) -> MolecularSystem:
    """The inverse of :meth:`MolecularSystem.as_dict`."""
    return MolecularSystem.from_dict(dict(values))


def system_as_dict(system: MolecularSystem) -> dict[str, Any]:
    """Plain JSON values."""
    return system.as_dict()


def grid_as_dict(grid: AtomicTimeGrid) -> dict[str, Any]:
    """Plain JSON values."""
    return {"points": grid.points, "dt_au": grid.dt_au, "rule": grid.rule, "largest_step_au": grid.largest_step_au}


def codec_grid(values: Any) -> AtomicTimeGrid:
    """The inverse of :func:`grid_as_dict`."""
    return AtomicTimeGrid(**values)
