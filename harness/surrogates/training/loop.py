"""The training loop: AdamW with a cosine schedule, checkpoints, and bit-identical resumption."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.block import Block
from harness.durable import lock
from harness.errors import InputError
from harness.surrogates.training.checkpoint import Place, load_checkpoint, save_checkpoint
from harness.surrogates.training.curve import write_curve
from harness.surrogates.training.device import choose_device, computing
from harness.surrogates.training.order import epoch_generator, sampling_weights, torch_seed
from harness.surrogates.training.protocol import Trainable
from harness.surrogates.training.recipe import Recipe

EARLY_LOOK = (1, 2, 5)
VALIDATION_ROWS = 128

Report = Callable[[float, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Outcome:
    """A finished training: its learning curve (one row per epoch) and the seconds that this call took."""

    curve: list[dict[str, float]]
    seconds: float
    epochs_here: int

    @property
    def validation(self) -> dict[str, float]:
        """Mean and worst error over the validation rows after the last epoch."""
        last = self.curve[-1]
        return {"mean": last["validation_mean"], "worst": last["validation_worst"]}


def train(
    trainable: Trainable,
    training: Sequence[Block],
    validation: Sequence[Block],
    recipe: Recipe,
    folder: str | Path,
    identity: Mapping[str, Any] | None = None,
    device: str = "auto",
    report: Report = lambda fraction, details: None,
    task: str = "",
) -> Outcome:
    """Train ``trainable.module`` in place, resuming from ``folder/checkpoints`` if it holds any.

    ``identity`` are the JSON values that a resumed run must share (data, model settings; the recipe is added). At the
    end the module holds the final parameters (the average, if the recipe sets one); ``curve.csv`` and ``curve.png`` are
    written to ``folder``. ``report`` is called after every step with the fraction done and details. ``task`` is the
    name of the task whose schemas the checkpoints have, "" for the default task.

    Raises
    ------
    InputError
        If another process trains in the folder, the folder belongs to another training, there are no rows, or the
        loss is no longer finite.
    """
    folder = Path(folder)
    with lock(folder), computing(recipe.threads, recipe.deterministic):
        return _Loop(trainable, training, validation, recipe, folder, identity or {}, device, report, task).run()


class _Loop:
    def __init__(
        self,
        trainable: Trainable,
        training: Sequence[Block],
        validation: Sequence[Block],
        recipe: Recipe,
        folder: Path,
        identity: Mapping[str, Any],
        device: str,
        report: Report,
        task: str,
    ) -> None:
        import torch

        self.trainable, self.recipe, self.folder, self.report = trainable, recipe, folder, report
        self.task = task
        identity = {**identity, "recipe": recipe.as_dict(), "settings": dict(trainable.settings())}
        self.identity = json.loads(json.dumps(identity))
        self.device = choose_device(device)
        self.weights = sampling_weights(training, recipe.shares or {})
        self.rows = recipe.rows_per_epoch or len(self.weights)
        self.module = trainable.module.to(self.device)
        if recipe.compile:
            self.module.compile()
        self.optimiser = torch.optim.AdamW(
            self.module.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )
        self.average = (
            {name: value.detach().clone() for name, value in self.module.named_parameters()} if recipe.ema_decay else {}
        )
        self.prepared = trainable.prepare(training)
        self.checked = trainable.prepare(validation) if validation else None
        self.checked_rows = sum(len(b) for b in validation)
        self.looked: dict[str, float] = {}

    def run(self) -> Outcome:
        import torch

        recipe, checkpoints = self.recipe, self.folder / "checkpoints"
        place = load_checkpoint(
            checkpoints, self.trainable.name, self.identity, self.module, self.optimiser, self.average, self.task
        )
        started, first = time.perf_counter(), place.epoch
        for epoch in range(first, recipe.epochs):
            order = self.trainable.epoch_order(
                self.prepared, self.weights, recipe.batch_size, self.rows, epoch_generator(recipe.seed, epoch)
            )
            torch.manual_seed(torch_seed(recipe.seed, epoch))
            row, step = self._epoch(epoch, place.step, order, started, first)
            done = epoch + 1
            if done in EARLY_LOOK or done % recipe.validate_every == 0 or done == recipe.epochs:
                row |= self._validate()
            place = Place(done, step, [*place.curve, row])
            if done % recipe.checkpoint_every == 0 or done == recipe.epochs:
                self._save(checkpoints, place)
                write_curve(self.folder / "curve.csv", place.curve)
        self._use_average()
        self.module.eval()
        write_curve(self.folder / "curve.csv", place.curve, self.trainable.measure)
        return Outcome(place.curve, time.perf_counter() - started, recipe.epochs - first)

    def _epoch(
        self, epoch: int, step: int, order: list[np.ndarray], started: float, first: int
    ) -> tuple[dict[str, float], int]:
        import torch

        recipe = self.recipe
        # The schedule follows the fraction done, so that epochs may differ in their number of batches.
        steps = recipe.epochs * len(order)
        self.module.train()
        sums: dict[str, float] = {}
        rate = 0.0
        for count, rows in enumerate(order):
            rate = recipe.rate(epoch * len(order) + count, steps)
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            batch = self.trainable.batch(self.prepared, rows, self.device)
            bf16 = recipe.precision == "bf16" and self.device.type == "cuda"
            with torch.autocast(self.device.type, torch.bfloat16, enabled=bf16):
                loss, parts = self.trainable.loss(batch)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            if recipe.gradient_clip:
                torch.nn.utils.clip_grad_norm_(self.module.parameters(), recipe.gradient_clip)
            self.optimiser.step()
            self._follow()
            value = loss.item()
            if not math.isfinite(value):
                raise InputError(f"{self.folder}: the loss is {value} in epoch {epoch + 1}: lower learning_rate")
            for name, part in {"loss": value, **{k: float(v) for k, v in parts.items()}}.items():
                sums[name] = sums.get(name, 0.0) + part * len(rows)
            fraction = (epoch + (count + 1) / len(order)) / recipe.epochs
            here = fraction - first / recipe.epochs
            left = (time.perf_counter() - started) * (1 - fraction) / here if here > 0 else math.nan
            known = {"epoch": epoch + 1, "loss": value, "seconds_left": round(left, 1)}
            self.report(fraction, {**known, **self.looked})
        total = sum(len(rows) for rows in order)
        row = {"epoch": epoch + 1, "learning_rate": rate, **{k: v / total for k, v in sums.items()}}
        return row, step + len(order)

    def _follow(self) -> None:
        """average ← d·average + (1-d)·parameters."""
        import torch

        with torch.no_grad():
            for name, value in self.module.named_parameters():
                if name in self.average:
                    self.average[name].lerp_(value, 1 - self.recipe.ema_decay)

    def _use_average(self) -> None:
        import torch

        with torch.no_grad():
            for name, value in self.module.named_parameters():
                if name in self.average:
                    value.copy_(self.average[name])

    def _validate(self) -> dict[str, float]:
        """Errors over the validation rows, with the averaged parameters if there are any."""
        import torch

        if self.checked is None:
            return {}
        named = self.module.named_parameters() if self.average else ()
        retained = {name: value.detach().clone() for name, value in named}
        self._use_average()
        self.module.eval()
        errors = []
        with torch.no_grad():
            for start in range(0, self.checked_rows, VALIDATION_ROWS):
                rows = np.arange(start, min(start + VALIDATION_ROWS, self.checked_rows))
                errors.append(self.trainable.errors(self.trainable.batch(self.checked, rows, self.device)).cpu())
            for name, value in self.module.named_parameters():
                if name in retained:
                    value.copy_(retained[name])
        every = torch.cat(errors)
        self.looked = {"validation_mean": every.mean().item(), "validation_worst": every.max().item()}
        return self.looked

    def _save(self, checkpoints: Path, place: Place) -> None:
        save_checkpoint(
            checkpoints,
            self.trainable.name,
            self.identity,
            place,
            self.module,
            self.optimiser,
            self.average,
            self.recipe.keep,
            self.task,
        )
