"""The settings of a training, as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from harness.errors import InputError, shown
from harness.toml_checks import is_finite

MOST = 2**31 - 1
LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Recipe:
    """Settings of one training.

    Parameters
    ----------
    epochs, batch_size
        Passes, and rows per step.
    learning_rate, final_learning_rate, warmup_steps
        lr(s) rises linearly over the warm-up, then falls as a half cosine from the first to the second value.
    weight_decay
        Of AdamW, decoupled.
    gradient_clip
        Largest norm of the gradient, or 0 for none.
    ema_decay
        Decay per step of an exponential average of the parameters that replaces them at validation and in the final
        weights, or 0 for none.
    rows_per_epoch
        Rows drawn in an epoch, or 0 for as many as there are.
    shares
        Sampling weights of the fidelity classes, e.g. {"cheap": 0.8, "expensive": 0.2}; empty: all rows
        alike.
    checkpoint_every, keep, validate_every
        In epochs; the last ``keep`` checkpoints are retained. Validation is also done after epochs 1, 2 and 5.
    seed
        Of initialisation, order and dropout.
    deterministic
        Let torch use deterministic algorithms only; required for bit-identical resumption on a GPU.
    precision
        "float32", or "bf16" (autocast, GPU only).
    compile
        Let ``torch.compile`` fuse the module (this saves time in long runs on a GPU).
    threads
        CPU threads; results are bit-identical for equal numbers of them.
    """

    epochs: int = 200
    batch_size: int = 16
    learning_rate: float = 1e-3
    final_learning_rate: float = 0.0
    warmup_steps: int = 0
    weight_decay: float = 1e-5
    gradient_clip: float = 0.0
    ema_decay: float = 0.0
    rows_per_epoch: int = 0
    shares: Mapping[str, float] | None = None
    checkpoint_every: int = 10
    keep: int = 3
    validate_every: int = 10
    seed: int = 0
    deterministic: bool = True
    precision: str = "float32"
    compile: bool = False
    threads: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "checkpoint_every", "keep", "validate_every", "threads"):
            self._check_whole(name, 1, MOST)
        for name in ("warmup_steps", "rows_per_epoch"):
            self._check_whole(name, 0, MOST)
        self._check_whole("seed", 0, LARGEST_SEED)
        for name in ("learning_rate", "final_learning_rate", "weight_decay", "gradient_clip"):
            value = getattr(self, name)
            if not (is_finite(value) and value >= 0):
                raise InputError(f"recipe: {name} = {shown(value)} must be a finite number of at least 0")
        if not 0 <= self.ema_decay < 1:
            raise InputError(f"recipe: ema_decay = {self.ema_decay!r} must be in [0, 1)")
        if self.precision not in ("float32", "bf16"):
            raise InputError(f"recipe: precision {shown(self.precision)} is unknown (known: float32, bf16)")
        for name, share in (self.shares or {}).items():
            if isinstance(share, bool) or not isinstance(share, int | float) or not is_finite(share) or share < 0:
                raise InputError(f"recipe: shares.{name} = {shown(share)} must be a finite number of at least 0")

    def _check_whole(self, name: str, lowest: int, highest: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise InputError(
                f"recipe: {name} = {shown(value)} must be a whole number of at least {lowest}, and at most {highest}"
            )

    def rate(self, step: int, steps: int) -> float:
        """Learning rate of step ``step`` of ``steps``, both counted from 0."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        done = (step - self.warmup_steps) / max(1, steps - self.warmup_steps)
        span = self.learning_rate - self.final_learning_rate
        return self.final_learning_rate + 0.5 * span * (1 + math.cos(math.pi * min(1.0, done)))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "shares": dict(self.shares or {})}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], where: str = "recipe") -> Recipe:
        """From a TOML table; an unknown key is refused by name."""
        known = {f.name: f.default for f in fields(cls)}
        for key, value in values.items():
            if key not in known:
                raise InputError(f"{where}: key {key!r} is unknown (known: {', '.join(known)})")
            number = isinstance(known[key], int | float) and not isinstance(known[key], bool)
            if number and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise InputError(f"{where}: {key} = {shown(value)} must be a number")
            if isinstance(known[key], bool) and not isinstance(value, bool):
                raise InputError(f"{where}: {key} = {shown(value)} must be true or false")
            if key == "shares" and not isinstance(value, Mapping | None):
                raise InputError(f"{where}: shares = {shown(value)} must be a table of class = weight")
            if isinstance(known[key], int) and not isinstance(known[key], bool) and not isinstance(value, int):
                raise InputError(f"{where}: {key} = {shown(value)} must be a whole number")
        return cls(**values)
