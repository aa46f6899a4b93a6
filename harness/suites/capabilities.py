"""What a subject declares that it gives: which observables, and whether it says how sure it is.

A foreign object or program answers with M and I_1z, as its interface has it; a model of the harness declares its
observables, and one that is a :class:`harness.surrogates.Surrogate` can be asked for uncertainties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np

from harness.spins import SpinSystem, TimeGrid
from harness.subjects import NamedSubject, Subject
from harness.suites.measure.symmetries import NOT_DETERMINED
from harness.surrogates import Surrogate

INTERFACE = frozenset({"m", "i1z"})
"""The observables of which the interface for foreign subjects has room."""


@runtime_checkable
class GivesEnergy(Protocol):
    """A model that can say what <H> is along a trajectory."""

    def energy(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """<H>(t) from ρ0 = I_1z, (T,)."""
        ...


def outputs_of(subject: Subject) -> frozenset[str]:
    """The observables that a subject declares."""
    return frozenset(subject.model.observables) if isinstance(subject, NamedSubject) else INTERFACE


def states_uncertainty(subject: Subject) -> bool:
    """True for a surrogate of the harness: it can be asked for standard deviations, bands and its domain."""
    return isinstance(subject, NamedSubject) and subject.kind == "surrogate" and isinstance(subject.model, Surrogate)


def undetermined(subject: Subject) -> Mapping[str, str]:
    """The invariants that the declared outputs cannot determine, and why, by the name of the invariant."""
    found: dict[str, str] = {name: "needs the density operator; a subject gives observables" for name in NOT_DETERMINED}
    given = outputs_of(subject)
    if "spin_signals" not in given:
        found["mean of spin signals = M"] = f"{subject.name} gives no signals of single spins"
    if "spin_polarisations" not in given:
        found["Σ<I_kz>"] = f"{subject.name} gives no polarisations of single spins"
    if not (isinstance(subject, NamedSubject) and isinstance(subject.model, GivesEnergy)):
        found["<H>"] = f"{subject.name} gives no energy"
    return found
