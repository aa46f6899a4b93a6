"""The references: NWChem by its ladder, and our own propagators with the true Fock matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.errors import InputError
from harness.task import Resolution
from harness.tasks.tddft.fields import Kick
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.nwchem.cache import AnswerCache
from harness.tasks.tddft.nwchem.ladder import NOT_NWCHEM, Ladder
from harness.tasks.tddft.nwchem.request import Request, delta_for
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES
from harness.trajectory import Trajectory


class NWChem:
    """NWChem's answers from the cache, or live; see :class:`harness.tasks.tddft.nwchem.ladder.Ladder`."""

    name = "nwchem"
    observables = ("dipole", "energy")

    def __init__(self, live: bool = False, allow_fallback: bool = False) -> None:
        self.ladder = Ladder(AnswerCache.open(), live, allow_fallback)

    def resolution(self, live: bool, allow_fallback: bool) -> Resolution:
        """Who answers in a run.

        Raises
        ------
        InputError
            If nobody does: one line with the reason of every rung.
        """
        made = NWChem(live, allow_fallback)
        rungs = made.ladder.rungs()
        why = "; ".join(f"{rung.name}: {rung.reason}" for rung in rungs)
        used = next((rung for rung in rungs if rung.usable), None)
        if used is None:
            raise InputError(f"no NWChem here: {why}")
        if used.name == "propagator":
            return Resolution("nwchem", "em", f"{NOT_NWCHEM} ({why})", False, True, Midpoint(), "em")
        live_here = any(rung.usable for rung in rungs if rung.name == "nwchem")
        return Resolution("nwchem", used.name, why, True, live_here, made)

    def simulate(self, system: MolecularSystem, grid: AtomicTimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        """One trajectory; a kick is taken as the field ``delta`` of the same impulse."""
        field = system.field
        asked = system.under(delta_for(field, grid.dt_au)) if isinstance(field, Kick) else system
        return self.ladder.answer(Request(asked, grid))


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
