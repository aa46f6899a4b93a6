"""The outputs of spins that a subject declares."""

from __future__ import annotations

from harness.suites.capabilities import Declaring
from harness.tasks.spins.systems import OBSERVABLES


def outputs_of(subject: Declaring) -> frozenset[str]:
    """The observables that a subject declares."""
    return subject.offers & frozenset(OBSERVABLES)
