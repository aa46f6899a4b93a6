"""The answers of the production code to the cases of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from harness.suites.asking import Truths
from harness.task import Resolution

if TYPE_CHECKING:
    from harness.suites.accuracy.plan import Case, Plan


@dataclass(frozen=True, eq=False)
class Answered:
    """The answer of the production code to a case.

    ``system`` is the one that it has really computed, which the subject has to compute too; ``seconds`` is the time
    that it took, None where that is not known; ``problem`` says why there is no ``truth``.
    """

    truth: Any
    system: Any
    seconds: float | None = None
    problem: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)


class Production(Protocol):
    """A production code that answers cases."""

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    def available(self, case: Case) -> bool:
        """True if it can answer this case in this run."""
        ...

    def answer(self, case: Case) -> Answered:
        """Its answer; never raises because there is none."""
        ...


@dataclass(frozen=True, eq=False)
class Computed:
    """A production code that computes every case when it is needed."""

    truths: Truths

    @property
    def name(self) -> str:
        """The name of the method."""
        return self.truths.name

    def available(self, case: Case) -> bool:
        """Always."""
        return True

    def answer(self, case: Case) -> Answered:
        """The truth of the system of the case."""
        (truth,) = self.truths([case.system], case.grid)
        return Answered(truth, case.system)


def computed(truth: Resolution, plan: Plan) -> Production:
    """What answers in this run, called for every case."""
    return Computed(Truths(truth.reference, plan.observables))
