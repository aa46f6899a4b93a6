"""Training of the models of the Fock matrix from a folder of trajectories: data, snapshots, a fit in closed form.

A fit takes seconds; what takes long is the data, whose generation is taken up again after a kill. The file that results
depends on the data alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.tasks.tddft.dataset import DatasetPlan, generate, trajectories
from harness.tasks.tddft.fields import size_of
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.geometry import DEGREES, GeometryModel
from harness.tasks.tddft.models.ridge import Ridge
from harness.tasks.tddft.models.snapshots import Snapshots
from harness.tasks.tddft.models.stored import save_model
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.structure import structure_of

SNAPSHOT_EVERY = 3
PULSES = FieldRange("pulse", (0.005, 0.1))
WATER_LDA = DatasetPlan(
    MolecularPopulation("water LDA pulses, training", "h2o", PULSES, AtomicTimeGrid.until(50.0, 0.2), "lda"), 22, 0
)
"""What the packaged ``ridge`` was trained on."""


def train_ridge(data: str | Path, target: str | Path) -> Path:
    """Fit ``ridge`` to the trajectories of a folder.

    Raises
    ------
    InputError
        If there are no trajectories, or they are of several molecules or geometries.
    """
    stored = list(trajectories(data))
    structures = {one.system.ground_fingerprint: one.system for one in stored}
    if len(structures) != 1:
        raise InputError(f"{data}: holds {len(structures)} molecules or geometries; 'ridge' is trained on one")
    system = stored[0].system
    snapshots = Snapshots.of(structure_of(system), [one.evolution for one in stored], SNAPSHOT_EVERY)
    strengths = [size_of(one.system.field) for one in stored]
    record = {
        "system": f"{system.name.split(' ')[0]} {system.functional} {system.basis}",
        "ground_fingerprint": system.ground_fingerprint,
        "snapshots": len(snapshots),
        "trajectories": len(stored),
        "seeds": [[one.about.get("seed"), one.about.get("index")] for one in stored],
        "data_sha256": _digest([one.about for one in stored]),
        "strength_au": [min(strengths), max(strengths)],
    }
    save_model(Path(target), Ridge.fitted(snapshots), record)
    return Path(target)


def train_geometry(molecule: str, target: str | Path, seed: int = 1) -> Path:
    """Fit the polynomials of one molecule.

    Raises
    ------
    InputError
        For a molecule whose ranges are not stated.
    """
    if molecule not in DEGREES:
        raise InputError(f"molecule {molecule!r}: the model 'geometry' can be trained for {', '.join(DEGREES)}")
    save_model(Path(target), GeometryModel.fitted(molecule, seed), {})
    return Path(target)


def make_packaged(folder: Path, data: Path) -> list[Path]:
    """Everything that comes with the package: the recipe of ``weights/``."""
    generate(WATER_LDA, data)
    ridge = train_ridge(data, folder / "ridge-h2o-lda.safetensors")
    return [ridge] + [train_geometry(name, folder / f"geometry-{name}.safetensors") for name in DEGREES]


def _digest(about: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
