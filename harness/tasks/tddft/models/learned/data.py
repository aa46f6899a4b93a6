"""What the packaged networks are trained on, and the systems on which their uncertainty is calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.tasks.tddft.dataset import DatasetPlan, StoredTrajectory, generate, trajectories
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation

GRID = AtomicTimeGrid.until(25.6, 0.2)
FIELDS = {"pulses": FieldRange("pulse", (0.005, 0.1)), "kicks": FieldRange("kick", (0.001, 0.1))}
TRAJECTORIES = 24
"""Of each kind of field."""
UNSEEN = MolecularPopulation("H2 hf, fresh bond lengths and pulses", "h2", FIELDS["pulses"], GRID, flexible=True)
STRONGER = MolecularPopulation("H2 hf, pulses twice as strong", "h2", FIELDS["pulses"], GRID, flexible=True, stronger=2)


def plans(molecule: str) -> dict[str, DatasetPlan]:
    """The training data of a molecule in Hartree-Fock at random geometries, by the kind of the fields."""
    return {
        kind: DatasetPlan(
            MolecularPopulation(f"{molecule} hf {kind}, training", molecule, fields, GRID, flexible=True),
            TRAJECTORIES,
            0,
        )
        for kind, fields in FIELDS.items()
    }


def training_data(molecules: Sequence[str], folder: Path) -> list[StoredTrajectory]:
    """The trajectories of molecules; those that are missing in ``folder`` are made."""
    found: list[StoredTrajectory] = []
    for molecule in molecules:
        for kind, plan in plans(molecule).items():
            generate(plan, folder / f"{molecule}-{kind}")
            found += trajectories(folder / f"{molecule}-{kind}")
    return found
