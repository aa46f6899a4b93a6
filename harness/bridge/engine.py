"""An engine (one way to run a production code), and its possible faults; each fault is one line for users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from harness.errors import InputError

START_LIMIT_S = 60.0
CALL_LIMIT_S = 1800.0


class EngineFault(InputError):
    """An engine could not be started, died, or gave no result in time."""


class ResultFault(InputError):
    """An engine returned an invalid result: NaN, a wrong length, complex numbers instead of real ones."""


@dataclass(frozen=True)
class Availability:
    """Whether an engine can run here, its version, and the reason (with the remedy) if it cannot."""

    usable: bool
    version: str = ""
    reason: str = ""


class Engine(Protocol):
    """One way to run a production code; ``name`` is that of its rung."""

    name: str

    def probe(self) -> Availability:
        """Check whether this engine can run, without starting a long job; never raises."""
        ...

    def close(self) -> None:
        """Release the resources that are held between calls."""
        ...

    def abort(self) -> None:
        """Kill the running program, from any thread; the call that waits for it ends with a fault."""
        ...
