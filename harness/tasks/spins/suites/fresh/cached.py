"""The cached cases that fresh systems are compared with, and the subject that knows nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.subjects import Answer
from harness.tasks.spins.spinach.plan import FRESH_MOLECULES, FRESH_NARROW, FRESH_SIZES, FRESH_VARIANTS, FRESH_WIDE
from harness.tasks.spins.suites.believed import plain_method
from harness.tasks.spins.suites.fresh.plan import KINDS
from harness.tasks.spins.suites.truth import Case, Truth
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory


def cached_like(truth: Truth) -> dict[str, list[Case]]:
    """Per kind as many cached cases as fresh systems, of the same molecules and sizes, if their truth is available."""
    found: dict[str, list[Case]] = {kind: [] for kind in KINDS}
    for kind, roles in KINDS.items():
        for key in truth.ids(*roles):
            item = truth.planned[key]
            number = item.parameters.get("variant", item.parameters.get("draw", 0))
            limit = {"chain": FRESH_WIDE, "chain-strong": FRESH_NARROW}.get(item.role, FRESH_VARIANTS)
            molecule = item.parameters.get("molecule")
            alike = molecule in FRESH_MOLECULES if molecule else len(item.request.system) in FRESH_SIZES
            if alike and 0 < number <= limit and truth.available(key):
                case = truth.case(key)
                found[kind] += [case] if case.truth is not None else []
    return found


@dataclass(frozen=True, eq=False)
class Reciting:
    """The negative control: it returns the stored answer of every cached case, and the pair product for all others."""

    known: dict[tuple[str, TimeGrid], Trajectory]
    name: str = "recites the cache"
    kind: str = "reference"

    @classmethod
    def of(cls, truth: Truth) -> Reciting:
        """The control with the answers in ``truth`` to the cached cases that fresh systems are compared with."""
        known = [case for cases in cached_like(truth).values() for case in cases]
        return cls({(c.system.fingerprint, c.grid): c.truth for c in known if c.truth is not None})

    @property
    def provenance(self) -> dict[str, str]:
        """The description of the fault."""
        return {"kind": "harness", "fault": "recites what is cached"}

    def answers(self, systems: Sequence[SpinSystem], grid: TimeGrid) -> list[Answer]:
        """The stored answers, or those of the formula."""
        found = []
        for system in systems:
            known = self.known.get((system.fingerprint, grid))
            found.append(Answer(known if known is not None else plain_method([system], grid)[0]))
        return found
