"""Which systems and windows the model of a subject declares that it answers; known before the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from harness.subjects.capabilities import Bounded, model_of
from harness.surrogates.capabilities import Sized
from harness.tasks.spins.suites.library.plan import FIELDS_T, WINDOWS
from harness.tasks.spins.suites.library.truth import drawn
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.gissmo import library


@runtime_checkable
class StatesHorizon(Protocol):
    """A model that gives no answer after a certain time."""

    @property
    def horizon_s(self) -> float:
        """The last time for which it gives an answer."""
        ...


def windows_of(subject: Any, windows: Sequence[TimeGrid] = WINDOWS) -> tuple[TimeGrid, ...]:
    """The windows that a subject has to compute: those within the horizon that its model declares, else all."""
    horizon_s = declared_horizon_s(subject)
    return tuple(grid for grid in windows if horizon_s is None or grid.horizon_s <= horizon_s * (1 + 1e-9))


def takes(subject: Any, system: SpinSystem) -> bool:
    """True unless the subject's model declares that it has no network for such a system. Like the horizon, this is
    known before the run.
    """
    model = model_of(subject)
    return model.takes(system) if isinstance(model, Sized) else True


def not_taken(subject: Any, every: int = 1) -> tuple[int, int]:
    """Number of systems of a plan for which the subject's model declares that it has no network; number of systems."""
    entries = list(drawn(every))
    systems = [entry.molecule(library().head).at(FIELDS_T[0]) for entry in entries]
    return sum(not takes(subject, system) for system in systems), len(systems)


def declared_horizon_s(subject: Any) -> float | None:
    """The last time of the domain that a subject's model declares; None if it declares no domain."""
    model = model_of(subject)
    if isinstance(model, Bounded):
        return model.domain.horizon_s
    return model.horizon_s if isinstance(model, StatesHorizon) else None
