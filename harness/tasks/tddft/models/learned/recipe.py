"""The recipe of the networks that come with the package, and of their uncertainty."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.tasks.tddft.models.learned.data import GRID, UNSEEN, training_data
from harness.tasks.tddft.models.learned.ensemble import CALIBRATION, calibrated, packaged_ensemble, save_uncertainty
from harness.tasks.tddft.models.learned.network import HEADS, Settings
from harness.tasks.tddft.models.learned.subject import SEEDS
from harness.tasks.tddft.models.learned.training import Preset, train_propagator
from harness.tasks.tddft.references import Magnus4

CALIBRATED, CALIBRATION_SEED = 600, 1


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


def make_uncertainty(folder: Path) -> Path:
    """The uncertainty of the packaged ensemble, calibrated on pulses and bond lengths that no member has seen."""
    systems = UNSEEN.draw(CALIBRATED, CALIBRATION_SEED)
    found = calibrated(packaged_ensemble(), systems, GRID, Magnus4().simulate)
    record = {"population": UNSEEN.name, "seed": CALIBRATION_SEED, "systems": CALIBRATED}
    save_uncertainty(folder / CALIBRATION.name, found, record)
    return folder / CALIBRATION.name
