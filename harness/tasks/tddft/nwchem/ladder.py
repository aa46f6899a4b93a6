"""The ladder for NWChem: the cache, else NWChem itself, else (only if allowed) our own propagator, else a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import InputError
from harness.tasks.tddft.nwchem.answer import Answer
from harness.tasks.tddft.nwchem.cache import AnswerCache
from harness.tasks.tddft.nwchem.live import find_nwchem, run_nwchem
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.trajectory import answer_of
from harness.trajectory import Provenance, Trajectory

NOT_NWCHEM = "no validation against NWChem: our own exponential midpoint propagator"


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, whether it can be used, and why or why not, with the remedy."""

    name: str
    usable: bool
    reason: str


@dataclass(frozen=True)
class Ladder:
    """How requests are answered.

    ``live`` recomputes what the cache has; ``allow_fallback`` ends at our own propagator instead of at a refusal.
    """

    cache: AnswerCache
    live: bool = False
    allow_fallback: bool = False

    def rungs(self) -> tuple[Rung, ...]:
        """Every rung in order, with its reason."""
        count = len(self.cache.paths())
        if self.live:
            cached = Rung("cache", False, f"{count} answers, not looked at (live)")
        else:
            cached = Rung("cache", count > 0, f"{count} answers in {self.cache.user} and the package")
        found = find_nwchem()
        running = Rung("nwchem", bool(found.path), found.reason or found.path)
        if self.allow_fallback:
            return cached, running, Rung("propagator", True, NOT_NWCHEM)
        return cached, running, Rung("propagator", False, "not a validation against NWChem; --allow-fallback takes it")

    def answer(self, request: Request) -> Trajectory:
        """The answer of the first rung that has one.

        Raises
        ------
        InputError
            If no rung has: one line with the reason of each.
        """
        if not self.live and (stored := self.cache.find(request)) is not None:
            return response_of(stored, "cache")
        if find_nwchem().path:
            answer = run_nwchem(request, structure_of(request.system).size)
            self.cache.store(answer)
            return response_of(answer, "live")
        if self.allow_fallback:
            return midpoint(request)
        raise InputError(f"{request.system.name}: no answer of NWChem: {self._refusal()}")

    def _refusal(self) -> str:
        missing = "not looked at (live)" if self.live else "it does not hold this request"
        return "; ".join(f"{rung.name}: {missing if rung.name == 'cache' else rung.reason}" for rung in self.rungs())


def response_of(answer: Answer, rung: str) -> Trajectory:
    """Dipole and energy of an answer of NWChem."""
    arrays = {"dipole": answer.dipole.T, "energy": answer.energy}
    details = {"rung": rung, "seconds": answer.seconds, "key": answer.request.key}
    return Trajectory(answer.request.grid, Provenance("nwchem", "nwchem", answer.version, details), arrays)


def midpoint(request: Request) -> Trajectory:
    """The same algorithm by our own propagator, labelled as not the production code."""
    structure = structure_of(request.system)
    evolution = evolve(structure, request.system.field, request.grid, "em", energies=True)
    return answer_of(evolution, "em", rung="propagator", remark=NOT_NWCHEM)
