"""The ladder for NWChem: the cache, else NWChem itself, else (only if allowed) our own propagator, else a refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from harness.bridge.production_code import ProductionCode, RecordingEngine
from harness.bridge.recorded import Recorded
from harness.bridge.rungs import Ladder, fallback_rung
from harness.tasks.tddft.nwchem.answer import answer_in
from harness.tasks.tddft.nwchem.cache import AnswerEntries
from harness.tasks.tddft.nwchem.live import REMEDY, RUN_LIMIT_S, NWChemProgram
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.trajectory import answer_of
from harness.trajectory import Provenance, Trajectory

CODE = "nwchem"
NOT_NWCHEM = "no validation against NWChem: our own exponential midpoint propagator"
INSTEAD = f"{REMEDY}; --allow-fallback takes our own propagator, which is not a validation against NWChem"


@dataclass(frozen=True)
class Answers:
    """How requests are answered.

    ``live`` recomputes what the cache has; ``allow_fallback`` ends at our own propagator instead of at a refusal.
    """

    entries: AnswerEntries
    live: bool = False
    allow_fallback: bool = False

    @classmethod
    def open(cls, folder: str | Path | None = None, live: bool = False, allow_fallback: bool = False) -> Answers:
        """With the cache of ``folder``, else of HARNESS_CACHE, else in the user's cache folder."""
        return cls(AnswerEntries.open(CODE, folder), live, allow_fallback)

    def code(self, request: Request | None = None) -> ProductionCode:
        """Cache and program; the program computes ``request``."""
        return ProductionCode("NWChem", self.entries, (NWChemProgram(request),), self.live, RUN_LIMIT_S)

    def ladder(self) -> Ladder[RecordingEngine]:
        """Every rung with its reason."""
        found = self.code().ladder()
        fallback = (fallback_rung("em", "NWChem"),) if self.allow_fallback else ()
        return replace(found, rungs=(*found.rungs, *fallback))

    def answer(self, request: Request) -> Trajectory:
        """The answer of the first rung that has one.

        Raises
        ------
        InputError
            If no rung has: one line with the reason of each.
        """
        code = self.code(request)
        if self.allow_fallback and not self._has(request) and code.ladder().engine is None:
            return midpoint(request)
        return trajectory_of(code.answer(request.recorded))

    def _has(self, request: Request) -> bool:
        return not self.live and self.entries.find(request.recorded) is not None


def trajectory_of(entry: Recorded) -> Trajectory:
    """Dipole and energy of an answer of NWChem."""
    answer = answer_in(entry)
    arrays = {"dipole": answer.dipole.T, "energy": answer.energy}
    rung = "live" if entry.path is None else "cache"
    details = {"rung": rung, "seconds": answer.seconds, "key": answer.request.key}
    return Trajectory(answer.request.grid, Provenance(CODE, CODE, answer.version, details), arrays)


def midpoint(request: Request) -> Trajectory:
    """The same algorithm by our own propagator, labelled as not the production code."""
    structure = structure_of(request.system)
    evolution = evolve(structure, request.system.field, request.grid, "em", energies=True)
    return answer_of(evolution, "em", rung="propagator", remark=NOT_NWCHEM)
