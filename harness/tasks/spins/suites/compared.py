"""The cases on which ``harness compare`` compares subjects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.suites.case import Case
from harness.tasks.spins.spectra.write import origin
from harness.tasks.spins.spinach.plan import relaxing
from harness.tasks.spins.spinach.relaxation_cases import ROLE, ROLE_MOLECULE
from harness.tasks.spins.suites import truth as planned
from harness.tasks.spins.suites.truth import SMOKE_ROLES, SPINACH_NAMES, Truth

ROLES = ("molecule", "chain", "chain-strong", "chain-truncated", "library")
VALIDATED = (*SMOKE_ROLES, "library")
"""The roles of all cases of a quick validation that Spinach answers."""
RELAXING = "relaxation"
"""How the ids of systems that relax begin; they are compared where the selection begins so, and only there."""


def cases_of(truth: Truth, select: str = "", roles: Sequence[str] = ROLES) -> tuple[list[Case], str]:
    """The cases of these roles whose id contains ``select`` and whose truth is available; and a text that names what
    is left out.

    M of a vacuous case is one undamped line, for which every subject is exact. Vacuous cases are always left out. With
    a ``select`` that begins with :data:`RELAXING` the cases are systems that relax, of which no other subject answers.
    """
    if select.startswith(RELAXING):
        there = [case for case in relaxing_cases(truth) if select in case.id]
        return there, f"{len(there)} systems that relax, in complete bases"
    keys = [key for key in truth.ids(*roles) if select in key and truth.available(key)]
    there = [case for case in map(truth.case, keys) if case.truth is not None]
    requested = [case for case in there if not case.vacuous]
    validated = [key for key in truth.ids(*VALIDATED) if select in key]
    variants = sum(key not in truth.ids(*roles) for key in validated)
    vacuous = len(there) - len(requested)
    absent = len(validated) - variants - len(there)
    reasons = [
        f"{variants} variants of molecules (the molecules stand for them)" if variants else "",
        f"{vacuous} whose M is one undamped line (glycine: everybody is right)" if vacuous else "",
        f"{absent} of which {truth.name} says nothing here" if absent else "",
    ]
    left = ", ".join(reason for reason in reasons if reason)
    words = f"{len(requested)} of the {len(validated)} cases of a validation"
    return [_compared(case) for case in requested], f"{words}; left out: {left}" if left else words


def relaxing_cases(truth: Truth) -> Iterator[Case]:
    """Made systems and amino acids that Spinach computed in complete bases; by another reference, its own answers."""
    for item in relaxing():
        if item.role not in (ROLE, ROLE_MOLECULE) or item.request.options.truncated:
            continue
        system, grid = item.request.system, item.request.grid
        if truth.requested in SPINACH_NAMES:
            entry = truth.reference.cache.find(item.request)
            if entry is None:
                continue
            system, answer = entry.system_used, entry.trajectory()
        else:
            answer = truth.reference.simulate(system, grid)
        assert system.relaxation is not None
        name = f"{RELAXING}-{item.case.replace(' T', 'T').replace(' ', '-')}"
        yield Case(name, RELAXING, system.relaxation.model, system, len(system), grid, answer)


def sources_of(cases: Sequence[Case]) -> str:
    """The source of the truth of these cases: Spinach with its commits and engines, cached or live, or a method."""
    return "; ".join(sorted({origin(case.truth.provenance) for case in cases}))


def _compared(case: planned.Case) -> Case:
    size = len(case.system)
    panel = "molecules" if case.molecule else f"chains, N = {size}"
    kind = "molecule" if case.molecule else case.role
    return Case(case.id, kind, panel, case.system, size, case.grid, case.truth)
