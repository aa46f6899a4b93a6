"""What the declared capabilities of a subject (:mod:`harness.subjects.capabilities`) mean for the suites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from harness.tasks.spins.suites.laws import NOT_DETERMINED
from harness.tasks.spins.systems import OBSERVABLES


class Declaring(Protocol):
    """Anything with a name and declared capabilities: every :class:`harness.subjects.Subject`."""

    @property
    def name(self) -> str:
        """What records call it."""
        ...

    @property
    def offers(self) -> frozenset[str]:
        """Its declared capabilities."""
        ...


def outputs_of(subject: Declaring) -> frozenset[str]:
    """The observables that a subject declares."""
    return subject.offers & frozenset(OBSERVABLES)


def states_uncertainty(subject: Declaring) -> bool:
    """True for a surrogate of the harness: it can be asked for standard deviations, bands and its domain."""
    return "standard_deviations" in subject.offers


def undetermined(subject: Declaring) -> Mapping[str, str]:
    """The invariants that the declared outputs cannot determine, and why, by the name of the invariant."""
    found: dict[str, str] = {name: "needs the density operator; a subject gives observables" for name in NOT_DETERMINED}
    if "spin_signals" not in subject.offers:
        found["mean of spin signals = M"] = f"{subject.name} gives no signals of single spins"
    if "spin_polarisations" not in subject.offers:
        found["Σ<I_kz>"] = f"{subject.name} gives no polarisations of single spins"
    if "energy" not in subject.offers:
        found["<H>"] = f"{subject.name} gives no energy"
    return found
