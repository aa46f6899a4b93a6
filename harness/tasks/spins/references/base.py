"""The common interface of all references: a name, a call, and error messages with their reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Protocol, runtime_checkable

from harness.errors import InputError
from harness.tasks.spins.systems import OBSERVABLES, SpinSystem, TimeGrid, Trajectory

DEFAULT_OBSERVABLES = ("m", "i1z")

ROUNDING = 1e-14
"""Sums of some hundred terms of size 1 are not better than this in double precision."""


@runtime_checkable
class Reference(Protocol):
    """A method that simulates a spin system.

    ``observables`` names those that this method can give; ``simulate`` gives the ones that are requested.
    """

    name: str
    observables: tuple[str, ...]

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``, see :class:`harness.Trajectory`."""
        ...


def checked_observables(requested: Iterable[str], offered: Sequence[str], method: str) -> tuple[str, ...]:
    """The requested observables, in canonical order.

    Raises
    ------
    InputError
        For a name that does not exist, or one that this method does not give.
    """
    wanted = (requested,) if isinstance(requested, str) else tuple(requested)
    for name in wanted:
        if name not in OBSERVABLES:
            raise InputError(f"observable {name!r} is unknown (known: {', '.join(OBSERVABLES)})")
        if name not in offered:
            raise InputError(f"method {method!r} does not give {name!r} (it gives {', '.join(offered)})")
    if not wanted:
        raise InputError(f"no observable requested (known: {', '.join(OBSERVABLES)})")
    return tuple(name for name in OBSERVABLES if name in wanted)


def refuse_relaxing(system: SpinSystem, method: str) -> None:
    """Refuse a system that relaxes, for a method that leaves relaxation out.

    Raises
    ------
    InputError
        Naming the model and the methods that have it.
    """
    if system.relaxation is not None:
        raise InputError(
            f"method {method!r} knows no relaxation, and this system has {system.relaxation.model!r}: take "
            "liouville-neighbourhoods, liouville-dense (6 spins), liouville-krylov (8 spins) or spinach, or leave the "
            "relaxation out with system.with_(relaxation=None)"
        )


def checked_tolerance(tolerance: float, method: str) -> float:
    """A tolerance that can be reached in double precision.

    Raises
    ------
    InputError
        If it is not a number from 1e-14 to 1.
    """
    if not isinstance(tolerance, Real) or isinstance(tolerance, bool) or not ROUNDING <= float(tolerance) < 1:
        raise InputError(
            f"{method}: tolerance = {tolerance!r} must lie between {ROUNDING:g} (rounding of double precision) and 1"
        )
    return float(tolerance)
