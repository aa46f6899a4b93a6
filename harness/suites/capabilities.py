"""What the declared capabilities of a subject (:mod:`harness.subjects.capabilities`) mean for the suites."""

from __future__ import annotations

from typing import Protocol


class Declaring(Protocol):
    """Anything with a name and declared capabilities: every :class:`harness.subjects.Subject`."""

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    @property
    def offers(self) -> frozenset[str]:
        """Its declared capabilities."""
        ...


def states_uncertainty(subject: Declaring) -> bool:
    """True for a surrogate of the harness: it can compute standard deviations and bands, and it states its domain."""
    return "standard_deviations" in subject.offers
