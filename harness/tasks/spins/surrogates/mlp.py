"""``mlp``: a multi-head dense network per size N, of the same signature as ``fno`` (the earlier model, N ≤ 10)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.surrogates.dense import MultiHead
from harness.tasks.spins.surrogates.encoding import ChainEncoding
from harness.tasks.spins.surrogates.grid_model import GridModel, GridSettings
from harness.tasks.spins.surrogates.grid_surrogate import GridSurrogate, load_grid_surrogate

NAME = "mlp"


def trainable(settings: Mapping[str, Any]) -> GridModel:
    """An untrained model of ``settings["spins"]`` spins."""
    given = GridSettings.from_dict(settings)
    encoding = ChainEncoding(given.spins, given.offset_hz, given.coupling_hz, given.frames != "none")
    return GridModel(NAME, given, encoding, MultiHead, takes_functions=False)


def load(weights: str | Path | None = None) -> GridSurrogate:
    """The trained networks, one per size."""
    return load_grid_surrogate(NAME, weights, trainable, general=False)
