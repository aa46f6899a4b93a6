"""The recipe of the networks that come with the package, and of their uncertainty."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.tasks.tddft.models.learned.data import GRID, H2, UNSEEN, TrainingData
from harness.tasks.tddft.models.learned.ensemble import CALIBRATION, calibrated, packaged_ensemble, save_uncertainty
from harness.tasks.tddft.models.learned.subject import HEADS, SEEDS, file_of
from harness.tasks.tddft.models.learned.training import preset_of, train_propagator
from harness.tasks.tddft.models.registry import load_subject

CALIBRATED, CALIBRATION_SEED = 200, 1


def make(head: str, seed: int, known: TrainingData, data: Path, target: Path) -> Path:
    """Train one network, or continue its training; ``target`` are its weights, the record lies next to it."""
    work = target.with_suffix(".training")
    made = train_propagator(preset_of(head, seed), known.read(data), work)
    made.with_suffix(".json").replace(target.with_suffix(".json"))
    made.replace(target)
    shutil.rmtree(work)
    return target


def make_packaged(folder: Path, data: Path) -> list[Path]:
    """Both heads on H2 with every seed: the learned part of ``weights/``."""
    return [make(head, seed, H2, data, file_of(head, seed, folder)) for seed in SEEDS for head in HEADS]


def make_uncertainty(folder: Path) -> Path:
    """The uncertainty of the packaged ensemble, calibrated on pulses and bond lengths that no member has seen."""
    systems = UNSEEN.draw(CALIBRATED, CALIBRATION_SEED)
    found = calibrated(packaged_ensemble(), systems, GRID, load_subject("cfm4").answer)
    record = {"population": UNSEEN.name, "seed": CALIBRATION_SEED, "systems": CALIBRATED}
    save_uncertainty(folder / CALIBRATION.name, found, record)
    return folder / CALIBRATION.name
