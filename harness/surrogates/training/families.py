"""Every model family that the trainer knows, by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from harness.errors import InputError
from harness.surrogates.training.protocol import Trainable

_HOMES = {
    "fno": "harness.tasks.spins.surrogates.fno:trainable",
    "fno-general": "harness.tasks.spins.surrogates.fno_general:trainable",
    "mlp": "harness.tasks.spins.surrogates.mlp:trainable",
    "spin-graph": "harness.tasks.spins.surrogates.spin_graph:trainable",
}

FAMILIES: tuple[str, ...] = tuple(_HOMES)


def build(name: str, settings: Mapping[str, Any], seed: int) -> Trainable:
    """An untrained model of a family; its initial parameters depend on ``settings`` and ``seed`` alone.

    Raises
    ------
    InputError
        For an unknown family or settings it does not take.
    """
    if name not in _HOMES:
        raise InputError(f"model {name!r} is unknown (known: {', '.join(FAMILIES)})")
    import torch

    module, _, function = _HOMES[name].partition(":")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return getattr(import_module(module), function)(settings)
