"""A field at the first step alone as the kick that the midpoint rule makes of it."""

from __future__ import annotations

from harness.tasks.tddft.fields import DeltaStep, Kick
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.systems import MolecularSystem


def as_impulse(system: MolecularSystem, grid: AtomicTimeGrid) -> MolecularSystem:
    """A field at step 0 alone as the kick that the midpoint rule makes of it, κ = E·dt/2; other fields as they are."""
    field = system.field
    if not isinstance(field, DeltaStep):
        return system
    return system.under(Kick(field.amplitude_au * grid.dt_au / 2, field.direction, float("inf")))
