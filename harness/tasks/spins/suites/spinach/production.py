"""The answers of Spinach, or of the method that is used instead, to the cases of the suite spinach."""

from __future__ import annotations

from dataclasses import dataclass

from harness.suites.accuracy.plan import Case
from harness.suites.accuracy.production import Answered
from harness.tasks.spins.suites.truth import Truth, brief
from harness.tasks.spins.systems.checks import refuse_aliased


@dataclass(frozen=True, eq=False)
class SpinachAnswers:
    """Cached or live answers by the id of the case."""

    truth: Truth

    @property
    def name(self) -> str:
        """The name of the reference."""
        return self.truth.name

    def available(self, case: Case) -> bool:
        """True if the answer is cached or can be computed in this run."""
        return self.truth.available(case.id)

    def answer(self, case: Case) -> Answered:
        """The answer, with the system that Spinach has really computed (its offsets are rounded)."""
        found = self.truth.case(case.id)
        refuse_aliased(found.system, found.grid)
        provenance = {} if found.truth is None else brief(found.truth)
        return Answered(found.truth, found.system, found.wall_s, found.problem, provenance)
