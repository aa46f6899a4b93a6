"""The recipe of the networks that come with the package: data, presets and seeds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.tasks.tddft.dataset import DatasetPlan, StoredTrajectory, generate, trajectories
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.learned.network import HEADS, Settings
from harness.tasks.tddft.models.learned.training import Preset, train_propagator
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation

SEEDS = (0, 1, 2)
GRID = AtomicTimeGrid.until(25.6, 0.2)
FIELDS = {"pulses": FieldRange("pulse", (0.005, 0.1)), "kicks": FieldRange("kick", (0.001, 0.1))}
TRAJECTORIES = 24
"""Of each kind of field."""


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


def make(head: str, seed: int, molecules: Sequence[str], data: Path, target: Path) -> Path:
    """Train one network, or continue its training; ``target`` are its weights, the record lies next to it."""
    work = target.with_suffix(".training")
    preset = Preset(Settings(head=head), seed=seed)
    made = train_propagator(preset, training_data(molecules, data), work)
    made.with_suffix(".json").replace(target.with_suffix(".json"))
    made.replace(target)
    shutil.rmtree(work)
    return target


def make_packaged(folder: Path, data: Path) -> list[Path]:
    """Both heads on H2 with every seed: the learned part of ``weights/``."""
    return [
        make(head, seed, ("h2",), data, folder / f"learned-{head}-h2-{seed}.safetensors")
        for seed in SEEDS
        for head in HEADS
    ]
