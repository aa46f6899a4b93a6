"""What a subject declares that it can give, before it is asked: what is planned to be judged follows from it.

A capability is declared by the type of a model (:class:`GivesEnergy`), by its ``observables``, or, of a foreign object,
by its attribute ``declared_outputs``. What a subject has not declared as lacking and then does not give is missing from
the run.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np

from harness.tasks.spins.systems import SpinSystem, TimeGrid

WORDS = {
    "m": "M(t)",
    "i1z": "I1z(t)",
    "spin_signals": "signals of single spins",
    "spin_polarisations": "polarisations of single spins",
    "energy": "energy correlators",
    "standard_deviations": "standard deviations",
    "bands": "prediction bands",
    "domain_flag": "a flag for systems outside its domain",
    "batches": "predictions in batches",
    "untrained": "a form without what it learned",
}
"""Every capability of a subject, in words for people."""
OUTPUTS = ("m", "i1z")
"""What every subject gives unless it declares less."""


@runtime_checkable
class GivesEnergy(Protocol):
    """A model that gives the energy of a system over time."""

    def energy(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """<H>(t), (points,)."""
        ...


@runtime_checkable
class LeavesOutTraining(Protocol):
    """A model that has a form without what it learned."""

    def untrained(self) -> Any:
        """The same model, nothing in it learned."""
        ...


def of_model(kind: str, model: Any) -> frozenset[str]:
    """What a surrogate or reference of the harness offers: surrogates say how sure they are, references do not."""
    found = set(model.observables)
    if kind == "surrogate":
        found |= {"standard_deviations", "bands", "domain_flag", "batches"}
    if isinstance(model, GivesEnergy):
        found.add("energy")
    if isinstance(model, LeavesOutTraining):
        found.add("untrained")
    return frozenset(found)
