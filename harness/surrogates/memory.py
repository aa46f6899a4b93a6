"""How many bytes a prediction may take: refused before anything is allocated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.errors import InputError
from harness.tasks.spins.systems import SpinSystem, TimeGrid

LARGEST_BYTES = 2_000_000_000
"""Most that one prediction takes: below the free memory of any machine that runs the rest of the harness."""


def require_few_bytes(
    name: str, systems: Sequence[SpinSystem], grid: TimeGrid, bytes_of: Callable[[Sequence[SpinSystem]], float]
) -> None:
    """Refuse what does not fit; ``bytes_of`` gives the bytes for some systems on the grid.

    Raises
    ------
    InputError
        If a prediction needs more than ``LARGEST_BYTES``; the message names the bytes and what to do instead.
    """
    needed = bytes_of(systems)
    if needed <= LARGEST_BYTES:
        return
    spins = max(len(system) for system in systems)
    remedy = f"use the method {'exact' if spins <= 14 else 'cluster'!r} instead"
    if bytes_of(systems[:1]) <= LARGEST_BYTES:
        remedy = f"predict fewer than {len(systems)} systems at once"
    raise InputError(
        f"{name} needs about {needed:.3g} bytes for {len(systems)} systems on {grid.points} points of "
        f"{grid.dt_s:g} s, more than the {LARGEST_BYTES:.3g} that it may take: {remedy}"
    )
