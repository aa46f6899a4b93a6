"""Checkpoints: parameters, optimiser, average, place in the schedule and learning curve in one safetensors file.

Learning rate, order of rows and dropout are functions of the seed and the counters (see ``order.py``), so the counters
in the record are the state of the scheduler and of every generator.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.data.mix import learning_of
from harness.errors import InputError
from harness.surrogates.weights import read_weights, save_weights

if TYPE_CHECKING:
    import torch

KIND = "checkpoint-1"


@dataclass(frozen=True)
class Place:
    """The state of a training: finished epochs and steps, and the rows of its learning curve so far."""

    epoch: int
    step: int
    curve: list[dict[str, float]]


def checkpoint_files(folder: Path) -> list[Path]:
    """All checkpoints of a folder, oldest first."""
    return sorted(p for p in folder.glob("epoch-*.safetensors") if re.fullmatch(r"epoch-\d{6}", p.stem))


def save_checkpoint(
    folder: Path,
    model: str,
    identity: Mapping[str, Any],
    place: Place,
    module: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    average: Mapping[str, torch.Tensor],
    keep: int,
    task: str = "",
) -> None:
    """Write ``epoch-NNNNNN.safetensors`` whole, in the schema of the task, then drop all but the last ``keep``."""
    tensors = {f"module/{name}": value for name, value in module.state_dict().items()}
    tensors |= {f"average/{name}": value for name, value in average.items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser/{index}/{key}": value for key, value in state.items()}
    record = {"identity": identity, "epoch": place.epoch, "step": place.step, "curve": place.curve}
    save_weights(
        folder / f"epoch-{place.epoch:06d}.safetensors", model, record, tensors, learning_of(task).schema(KIND)
    )
    for old in checkpoint_files(folder)[:-keep]:
        old.unlink(missing_ok=True)


def load_checkpoint(
    folder: Path,
    model: str,
    identity: Mapping[str, Any],
    module: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    average: dict[str, torch.Tensor],
    task: str = "",
) -> Place:
    """Load the newest readable checkpoint of the folder into module, optimiser and average; epoch 0 if there is none.

    Warns
    -----
    UserWarning
        If a checkpoint is damaged and an older one is used.

    Raises
    ------
    InputError
        If the folder belongs to a training with other settings or data; nothing is changed.
    """
    for path in reversed(checkpoint_files(folder)):
        try:
            weights = read_weights(path, model, learning_of(task).schema(KIND))
        except InputError as error:
            warnings.warn(f"{error}; an older checkpoint is taken", UserWarning, stacklevel=2)
            continue
        record = weights.record
        if record["identity"] != identity:
            key = _difference(record["identity"], identity)
            raise InputError(f"{folder}: checkpoints of another training ({key}); choose another folder or empty it")
        parts: dict[str, dict[str, torch.Tensor]] = {"module": {}, "average": {}, "optimiser": {}}
        for name, tensor in weights.tensors.items():
            kind, _, rest = name.partition("/")
            parts[kind][rest] = tensor
        module.load_state_dict(parts["module"])
        average.update({name: value.to(average[name].device) for name, value in parts["average"].items()})
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in parts["optimiser"].items():
            index, _, key = name.partition("/")
            states.setdefault(int(index), {})[key] = tensor
        optimiser.load_state_dict({"state": states, "param_groups": optimiser.state_dict()["param_groups"]})
        return Place(int(record["epoch"]), int(record["step"]), list(record["curve"]))
    return Place(0, 0, [])


def _difference(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> str:
    """The first setting that differs, as text."""
    for key in sorted({*old, *new}):
        a, b = old.get(key), new.get(key)
        if a == b:
            continue
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            return _difference(a, b, f"{path}{key}.")
        return f"{path}{key} = {a!r} there, {b!r} here"
    return "same settings"
