"""What a run does not measure, settled before it begins: by what the subject declares, and by what is not shipped.

The page lists it as "not part of this run, and why". What is missing although it was declared is never excluded: it
is a number without a value, and counts against the subject.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from harness.report.records import Exclusion
from harness.subjects import Subject
from harness.suites.capabilities import outputs_of, states_uncertainty, undetermined
from harness.suites.experiments.chain_trained import chain_trained
from harness.suites.experiments.inverse_measured import VARIABLE

UNSTATED = {
    "ood": ("does it say that it is outside?",),
    "uncertainty": ("coverage of standard deviations", "coverage of shipped bands"),
}


def exclusions(
    subject: Subject, environment: Mapping[str, str], suites: Collection[str]
) -> tuple[Exclusion, ...]:
    """Everything that is left out of a run of these ``suites`` about ``subject``, suite by suite."""
    found = [Exclusion("conservation", what, why) for what, why in undetermined(subject).items()]
    if not states_uncertainty(subject):
        why = f"{subject.name} declares no uncertainty and no domain check"
        found += [Exclusion(suite, what, why) for suite, names in UNSTATED.items() for what in names]
    found += _of_chain_trained() if "topology" in suites else ()
    if not environment.get(VARIABLE, ""):
        why = f"the measured FIDs are not in the repository, and {VARIABLE} does not name a folder of them"
        found.append(Exclusion("inverse", "³J of measured FIDs", why))
    return tuple(one for one in found if one.suite in suites)


def _of_chain_trained() -> Sequence[Exclusion]:
    """What cannot be asked of the models that stand beside the subject in the topology suite."""
    models, missing = chain_trained()
    found = [Exclusion("topology", f"error increase over chains of {name}", why) for name, why in missing.items()]
    return found + [
        Exclusion("topology", f"error increase over a chain's inner spins of {model.subject.name}",
                  f"{model.subject.name} gives no signals of single spins")
        for model in models
        if "spin_signals" not in outputs_of(model.subject)
    ]  # fmt: skip
