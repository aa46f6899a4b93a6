"""A whole training job: data, then one network after the other, each phase resumable."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.block import select
from harness.data.dataset import Dataset, read_dataset
from harness.data.generate import generate
from harness.data.mix import learning_of
from harness.durable import Progress, lock, write_json
from harness.errors import InputError, shown
from harness.surrogates.training.families import build
from harness.surrogates.training.loop import Outcome, train
from harness.surrogates.training.plan import Plan
from harness.surrogates.training.protocol import Trainable
from harness.surrogates.weights import KIND, read_weights, save_weights
from harness.task import loaded

Say = Callable[[str, float, Mapping[str, Any]], None]


def run_job(
    plan: Plan,
    folder: str | Path,
    data: str | Path | None = None,
    workers: int = 0,
    cluster: str | None = None,
    device: str = "auto",
    say: Say = lambda what, fraction, details: None,
) -> list[Path]:
    """Train every network of a plan in ``folder``; what is finished is not done again.

    Parameters
    ----------
    plan, folder
        The plan, and the folder for its files: ``folder/data``, ``folder/<network>/`` with checkpoints and learning
        curve, ``folder/<network>.safetensors`` with a ``.json`` record next to it, ``folder/progress.json``.
    data
        A dataset of the plan's mix made before; by default it is generated first.
    workers, cluster
        For generation, see :func:`harness.data.generate`.
    device
        For torch: "auto", "cpu", "cuda", …
    say
        Called often with the present step, the fraction done, and details.

    Returns
    -------
    list of Path
        The weights files, bit-identical whether or not the job was ever killed (records hold dates and do differ).

    Raises
    ------
    InputError
        If the folder is in use or of another job, the data are of another mix, or the training diverges.
    """
    folder = Path(folder)
    for size in plan.sizes or (None,):
        _built(plan, size)  # settings that cannot be used are refused before hours of data
    with lock(folder):
        progress = Progress(folder / "progress.json")
        if data is None:
            dataset = generate(
                plan.mix,
                folder / "data",
                workers,
                cluster,
                lambda done, total, details: say(f"data {plan.mix.name}", done / total, details),
                progress,
            )
        else:
            dataset = read_dataset(data, plan.mix.fingerprint, form=plan.mix.blocks)
        # So far a completed size means finished data; from here on it means a trained network.
        progress.completed.clear()
        paths = []
        for size in plan.sizes or (None,):
            progress.start(size, "training")
            paths.append(_one(plan, size, dataset, folder, device, say, progress))
            progress.complete(size or plan.model)
        progress.finish()
        return paths


def _built(plan: Plan, size: int | None) -> Trainable:
    """The untrained model of one size.

    Raises
    ------
    InputError
        For settings that it does not take.
    """
    settings = plan.settings_of(size)
    try:
        return build(plan.model, settings, plan.recipe_of(size).seed, plan.task)
    except InputError as error:
        raise InputError(f"preset {plan.name!r}: {error}") from None
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, RuntimeError, MemoryError) as error:
        line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(
            f"preset {plan.name!r}: {plan.model} cannot be built from settings {shown(settings)} ({line})"
        ) from None


def _one(
    plan: Plan, size: int | None, dataset: Dataset, folder: Path, device: str, say: Say, progress: Progress
) -> Path:
    """Train one network, unless its weights exist."""
    stem = plan.model if size is None else f"{plan.model}-{size}"
    target, learning = folder / f"{stem}.safetensors", learning_of(plan.task)
    schema = learning.schema(KIND)
    training, validation = dataset.select("train", size), dataset.select("validation", size)
    recipe = plan.recipe_of(size)
    there = {block.fidelity for block in training}
    recipe = replace(recipe, shares={k: v for k, v in (recipe.shares or {}).items() if k in there})
    trainable = _built(plan, size)
    identity = {"data_sha256": dataset.content_sha256, "preset": plan.name}
    record = {
        "settings": dict(trainable.settings()),
        "domain": loaded(learning.domain)(training, plan.mix, plan.sizes != ()) if learning.domain else {},
        "recipe": recipe.as_dict(),
        "data": {**_summary(dataset, size), "mix": dict(dataset.mix)},
        "preset": plan.name,
    }
    if target.is_file():
        found = read_weights(target, plan.model, schema).record
        if {k: found.get(k) for k in ("recipe", "settings")} != {k: record[k] for k in ("recipe", "settings")} or (
            found["data"]["content_sha256"] != dataset.content_sha256
        ):
            raise InputError(f"{target}: weights of another training; choose another folder, or remove them")
        if not target.with_suffix(".json").is_file():
            # Killed between the two files: the record is made from the weights, without the time of the training.
            _write_record(target, plan, found, None, device)
        return target

    def report(fraction: float, details: Mapping[str, Any]) -> None:
        progress.update(fraction, **details)
        say(f"train {stem}", fraction, details)

    outcome = train(trainable, training, validation, recipe, folder / stem, identity, device, report, plan.task.name)
    record[learning.validation] = outcome.validation
    save_weights(target, plan.model, record, trainable.module.state_dict(), schema)
    _write_record(target, plan, record, outcome, device)
    return target


def _summary(dataset: Dataset, size: int | None) -> dict[str, Any]:
    """The description of the data in a record: hashes, counts and the range of seeds per block."""
    blocks = select(dataset.blocks, size=size)
    return {
        "mix_sha256": dataset.mix_sha256,
        "content_sha256": dataset.content_sha256,
        "blocks": {
            f"{b.part}/{b.size}/{b.split}": {
                "systems": len(b),
                "reference": b.reference,
                "seeds": [int(b.seeds.min()), int(b.seeds.max())],
            }
            for b in blocks
        },
    }


def _write_record(target: Path, plan: Plan, record: Mapping[str, Any], outcome: Outcome | None, device: str) -> None:
    """The record next to the weights file: what the weights contain, and what differs from run to run."""
    import torch

    made = {
        "seconds": None if outcome is None else round(outcome.seconds, 1),
        "epochs_in_this_call": 0 if outcome is None else outcome.epochs_here,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.system(), "processor": platform.machine(), "python": platform.python_version()},
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "device": device,
    }
    weights = read_weights(target, plan.model, learning_of(plan.task).schema(KIND))
    write_json(target.with_suffix(".json"), {"sha256": weights.sha256, **record, "run": made})
