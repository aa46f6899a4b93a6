"""Training of the learned propagator in stages of growing horizon, each resumable by the common loop."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from harness.durable import write_json
from harness.errors import InputError
from harness.surrogates.training.loop import train
from harness.surrogates.training.recipe import Recipe
from harness.surrogates.weights import save_weights
from harness.tasks.tddft.dataset import StoredTrajectory
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.learned.network import Settings
from harness.tasks.tddft.models.learned.stages import STAGES, Stage
from harness.tasks.tddft.models.learned.subject import HEADS
from harness.tasks.tddft.models.learned.trainable import TrainablePropagator, Windows
from harness.tasks.tddft.models.learned.weights import NAME, SCHEMA
from harness.tasks.tddft.systems import MolecularSystem

WARMUP_STEPS = 20


@dataclass(frozen=True)
class Preset:
    """Settings of the network, and the stages of its training."""

    settings: Settings = field(default_factory=Settings)
    stages: tuple[Stage, ...] = STAGES
    seed: int = 0


def preset_of(head: str, seed: int) -> Preset:
    """The recipe of the packaged networks; it is the same for both heads."""
    return Preset(Settings(head=head), seed=seed)


def train_propagator(
    preset: Preset,
    trajectories: Sequence[StoredTrajectory],
    folder: str | Path,
    report: Callable[[float, Mapping[str, Any]], None] = lambda fraction, details: None,
) -> Path:
    """Train, or continue a training, in ``folder``; the weights are ``folder/propagator.safetensors``.

    Raises
    ------
    InputError
        For an unknown head, data that are too short, or a folder of another training.
    """
    if preset.settings.head not in HEADS:
        raise InputError(f"head {preset.settings.head!r} is unknown (known: {', '.join(HEADS)})")
    longest = max(stage.steps for stage in preset.stages)
    if short := next((one for one in trajectories if one.evolution.grid.points <= longest), None):
        raise InputError(f"{short.system.name}: {short.evolution.grid.points} samples, a stage needs {longest + 1}")
    folder = Path(folder)
    trainable = TrainablePropagator(preset.settings, preset.seed)
    groups: dict[tuple[str, ...], list[StoredTrajectory]] = {}
    for one in trajectories:
        groups.setdefault(one.system.elements, []).append(one)
    identity = {
        "trajectories": len(trajectories),
        "molecules": sorted({"".join(elements) for elements in groups}),
        "systems_sha256": digest_of((one.system, one.evolution.grid) for one in trajectories),
        "settings": preset.settings.as_dict(),
        "seed": preset.seed,
    }
    for number, stage in enumerate(preset.stages):
        trainable.linear = stage.linear
        blocks = [Windows.of(group, stage.steps, max(1, stage.steps // 2)) for group in groups.values()]
        recipe = Recipe(
            epochs=stage.epochs,
            batch_size=stage.batch_size,
            learning_rate=stage.learning_rate,
            warmup_steps=WARMUP_STEPS,
            gradient_clip=1.0,
            checkpoint_every=1,
            validate_every=stage.epochs,
            seed=preset.seed + number,
        )
        train(trainable, blocks, [], recipe, folder / f"stage-{number}", identity, "cpu", report)  # type: ignore[arg-type]
    target = folder / "propagator.safetensors"
    record = {
        **identity,
        "stages": [list(astuple(stage)) for stage in preset.stages],
    }
    save_weights(target, NAME, record, trainable.module.state_dict(), SCHEMA)
    write_json(target.with_suffix(".json"), record)
    return target


def digest_of(systems: Iterable[tuple[MolecularSystem, AtomicTimeGrid]]) -> str:
    """SHA-256 (hex) of systems and their grids, which determine the trajectories."""
    grids = [(system.fingerprint, grid.points, grid.dt_au) for system, grid in systems]
    return hashlib.sha256(json.dumps(grids).encode()).hexdigest()
