"""Rows of a table for the common training loop, which knows nothing of what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.surrogates.training.loop import train
from harness.surrogates.training.recipe import Recipe

Report = Callable[[str, float, Mapping[str, Any]], None]
"""(what is trained, fraction done, details)."""


def silent(what: str, fraction: float, details: Mapping[str, Any]) -> None:
    """A report that nobody reads."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Training rows: what a network is given (n, …) and what it is to answer (n, …), both float32."""

    features: np.ndarray
    targets: np.ndarray
    fidelity: str = "simulated"

    def __len__(self) -> int:
        return len(self.features)


def trained(
    trainable: Any,
    rows: Rows,
    held: Rows,
    loop: Recipe,
    folder: Path,
    identity: Mapping[str, Any],
    report: Callable[[float, Mapping[str, Any]], None] = lambda fraction, details: None,
) -> Any:
    """Train ``trainable.module`` on ``rows``, watch it on ``held``, and give the module, ready to answer.

    Resumes to the bit from what ``folder`` holds; ``identity`` are the plain values that a resumed run must share.
    """
    blocks: tuple[Any, Any] = ([rows], [held])  # the loop reads the number of rows and passes them to ``prepare``
    train(trainable, *blocks, loop, folder, identity, "cpu", report)
    return trainable.module.eval()
