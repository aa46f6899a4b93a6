"""The file of a trained propagator."""

from __future__ import annotations

from pathlib import Path

from harness.surrogates.weights import read_weights
from harness.tasks.tddft.models.learned.network import Propagator, Settings

SCHEMA = "tddft-propagator-2"
NAME = "tddft-propagator"


def load_propagator(path: Path) -> Propagator:
    """The network of a file, ready for use."""
    weights = read_weights(path, NAME, SCHEMA, "train it anew with 'harness tddft train'")
    network = Propagator(Settings(**weights.record["settings"]))
    network.load_state_dict(dict(weights.tensors))
    return network.eval()
