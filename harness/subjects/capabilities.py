"""The outputs that a subject declares before the run; the plan of the tests depends on them.

A model declares a capability by its type, one of the protocols in this module; a foreign object declares it by the
attribute ``declared_outputs``. An output that is not declared as absent and is then not returned counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

WORDS = {
    "standard_deviations": "standard deviations",
    "bands": "prediction bands",
    "domain_flag": "a flag for systems outside its domain",
    "batches": "predictions in batches",
    "untrained": "a form without what it learned",
}
"""Every capability besides the observables of a task, with a description for readers."""


@runtime_checkable
class Batched(Protocol):
    """A model that answers many systems in one call."""

    def predict(self, systems: Sequence[Any], grid: Any) -> Any:
        """One answer for each system."""
        ...


@runtime_checkable
class Bounded(Protocol):
    """A model that states its training domain, an object with ``check(system, grid)``."""

    @property
    def domain(self) -> Any:
        """The domain."""
        ...


@runtime_checkable
class Members(Protocol):
    """A model with one network for each of several sizes; each network states its training domain."""

    def member(self, size: int) -> Bounded:
        """The network for systems of this size."""
        ...


@runtime_checkable
class Simulates(Protocol):
    """A method that answers one system at a time."""

    def simulate(self, system: Any, grid: Any, observables: Sequence[str] = ...) -> Any:
        """The trajectory."""
        ...


@runtime_checkable
class Untrainable(Protocol):
    """A model that can be used without its learned parameters."""

    def untrained(self) -> Any:
        """The same model without learned parameters."""
        ...


@runtime_checkable
class Recorded(Protocol):
    """A model that states from which training it comes."""

    @property
    def record(self) -> Mapping[str, Any]:
        """Facts about its weights, as JSON values."""
        ...


@runtime_checkable
class GivesMore(Protocol):
    """A model with outputs other than observables and the capabilities of :data:`WORDS`."""

    @property
    def more(self) -> frozenset[str]:
        """Names of these outputs, as used in the plans of its task."""
        ...


@runtime_checkable
class Modelled(Protocol):
    """A subject whose model is an object of this process."""

    @property
    def model(self) -> Any:
        """The model, None if it is in another process."""
        ...


def model_of(subject: Any) -> Any:
    """The model of a subject, for suites that need more than its answers; None if it is in another process."""
    return subject.model if isinstance(subject, Modelled) else None


def of_model(kind: str, model: Any) -> frozenset[str]:
    """The capabilities of a surrogate or reference of the harness: only surrogates return an uncertainty."""
    found = set(model.observables)
    if kind == "surrogate":
        found |= {"standard_deviations", "bands", "domain_flag", "batches"}
    if isinstance(model, Untrainable):
        found.add("untrained")
    if isinstance(model, GivesMore):
        found |= model.more
    return frozenset(found)
