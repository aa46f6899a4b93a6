"""What the packaged networks are trained on, and the systems on which their uncertainty is calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from harness.tasks.tddft.dataset import DatasetPlan, StoredTrajectory, generate, trajectories
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation

GRID = AtomicTimeGrid.until(25.6, 0.2)
FIELDS = {"pulses": FieldRange("pulse", (0.005, 0.1)), "kicks": FieldRange("kick", (0.001, 0.1))}
TRAJECTORIES = 192
"""Of each kind of field."""
UNSEEN = MolecularPopulation("H2 hf, fresh bond lengths and pulses", "h2", FIELDS["pulses"], GRID, flexible=True)
STRONGER = MolecularPopulation("H2 hf, pulses twice as strong", "h2", FIELDS["pulses"], GRID, flexible=True, stronger=2)


def plans(molecule: str) -> dict[str, DatasetPlan]:
    """The training data of a molecule in Hartree-Fock at random geometries, by the kind of the fields.

    They are those of ``harness tddft dataset MOLECULE --flexible`` with the same numbers (docs/tddft.md).
    """
    return {
        kind: DatasetPlan(
            MolecularPopulation(f"{molecule} hf {fields.kind}", molecule, fields, GRID, flexible=True),
            TRAJECTORIES,
            0,
        )
        for kind, fields in FIELDS.items()
    }


@dataclass(frozen=True)
class TrainingData:
    """The first ``count`` trajectories of each molecule under each kind of field."""

    molecules: tuple[str, ...]
    kinds: tuple[str, ...]
    count: int

    def read(self, folder: Path) -> list[StoredTrajectory]:
        """The trajectories; those that are missing in ``folder`` are made."""
        found: list[StoredTrajectory] = []
        for molecule in self.molecules:
            for kind in self.kinds:
                place = folder / f"{molecule}-{kind}"
                generate(plans(molecule)[kind], place)
                found += islice(trajectories(place), self.count)
        return found


H2 = TrainingData(("h2",), ("pulses", "kicks"), TRAJECTORIES)
