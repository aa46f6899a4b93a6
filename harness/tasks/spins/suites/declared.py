"""The outputs of spins that a subject declares."""

from __future__ import annotations

from harness.suites.capabilities import Declaring
from harness.tasks.spins.relaxation.signals import RELAXATION
from harness.tasks.spins.systems import OBSERVABLES

WORDS = {
    "m": "M(t)",
    "i1z": "I1z(t)",
    "spin_signals": "signals of single spins",
    "spin_polarisations": "polarisations of single spins",
    "energy": "energy correlators",
    RELAXATION: "answers for systems that relax",
}
"""What a subject of this task may declare in addition to the capabilities that every task has, each with a description
for readers."""


def outputs_of(subject: Declaring) -> frozenset[str]:
    """The observables that a subject declares."""
    return subject.offers & frozenset(OBSERVABLES)
