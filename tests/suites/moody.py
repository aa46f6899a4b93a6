"""A foreign subject that is right, except where it raises."""

from __future__ import annotations

from harness.tasks.spins.references import reference


def exact_but_not_for_four(system, grid):
    if len(system.offsets_hz) == 4:
        raise RuntimeError("four is too many")
    return reference("exact").simulate(system, grid)
