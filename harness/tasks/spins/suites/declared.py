"""What the declared outputs of a subject determine of spins, and what they do not."""

from __future__ import annotations

from collections.abc import Mapping

from harness.suites.capabilities import Declaring
from harness.tasks.spins.suites.measure.symmetries import NOT_DETERMINED
from harness.tasks.spins.systems import OBSERVABLES

WORDS = {
    "m": "M(t)",
    "i1z": "I1z(t)",
    "spin_signals": "signals of single spins",
    "spin_polarisations": "polarisations of single spins",
    "energy": "energy correlators",
}
"""What a subject of this task may declare besides the capabilities that every task knows, in words for people."""


def outputs_of(subject: Declaring) -> frozenset[str]:
    """The observables that a subject declares."""
    return subject.offers & frozenset(OBSERVABLES)


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
