"""What a run does not measure. The subject's declarations and missing package files determine this before the run.

The page lists it as "not part of this run, and why". An answer that was declared but is missing is never excluded: it
is a number without a value, and counts against the subject.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from harness.report.records import Exclusion
from harness.subjects import Subject
from harness.suites.behaviour import of_plans
from harness.tasks.spins.suites.declared import outputs_of
from harness.tasks.spins.suites.inverse.measured import VARIABLE
from harness.tasks.spins.suites.library.declared import declared_horizon_s, not_taken, windows_of
from harness.tasks.spins.suites.library.plan import WINDOWS, case_of
from harness.tasks.spins.suites.plans import PLANS
from harness.tasks.spins.suites.topology.chain_trained import chain_trained


def exclusions(subject: Subject, environment: Mapping[str, str], suites: Collection[str]) -> tuple[Exclusion, ...]:
    """Everything that is left out of a run of these ``suites`` for ``subject``, in the order of the suites."""
    found = list(of_plans(PLANS, subject))
    found += _of_chain_trained() if "topology" in suites else ()
    found += _beyond_horizon(subject)
    found += _other_sizes(subject) if "library" in suites else ()
    if not environment.get(VARIABLE, ""):
        why = f"the measured FIDs are not in the repository, and {VARIABLE} does not name a folder of them"
        found.append(Exclusion("inverse", "³J of measured FIDs", why))
    return tuple(one for one in found if one.suite in suites)


def _beyond_horizon(subject: Subject) -> Sequence[Exclusion]:
    """Windows of the library beyond the horizon that the subject declares; it would flag every answer there."""
    horizon_s, requested = declared_horizon_s(subject), windows_of(subject)
    return [
        Exclusion("library", f"answers over {case_of(grid)}",
                  f"{subject.name} declares a domain that ends at {1e3 * (horizon_s or 0.0):.3g} ms")
        for grid in WINDOWS
        if grid not in requested
    ]  # fmt: skip


def _other_sizes(subject: Subject) -> Sequence[Exclusion]:
    """Systems of the library for which the subject's model declares that it has no network."""
    count, systems = not_taken(subject)
    why = f"{subject.name} declares networks for other sizes only: {count} of the {systems} systems of the library"
    return [Exclusion("library", "answers about systems of other sizes", why)] if count else []


def _of_chain_trained() -> Sequence[Exclusion]:
    """What cannot be measured of the models that are compared with the subject in the topology suite."""
    models, missing = chain_trained()
    found = [Exclusion("topology", f"error increase over chains of {name}", why) for name, why in missing.items()]
    return found + [
        Exclusion("topology", f"error increase over a chain's inner spins of {model.subject.name}",
                  f"{model.subject.name} gives no signals of single spins")
        for model in models
        if "spin_signals" not in outputs_of(model.subject)
    ]  # fmt: skip
