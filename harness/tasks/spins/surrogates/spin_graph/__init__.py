"""spin-graph: exact small clusters in frozen surroundings, and a graph network for the remainder.

expansion.py is the zeroth order (families.py, environment.py, blocks.py, lines.py), network.py the learned remainder,
surrogate.py both together behind the Surrogate protocol, learning.py the data for the trainer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.tasks.spins.surrogates.spin_graph.learning import SpinGraphTrainable
    from harness.tasks.spins.surrogates.spin_graph.surrogate import SpinGraph

__all__ = ["load", "trainable"]


def load(weights: str | Path | None = None) -> SpinGraph:
    """The trained surrogate; ``weights`` is a file or a folder, by default those of the package.

    Raises
    ------
    InputError
        For weights that are missing, truncated, changed, of another model or of another schema.
    """
    from harness.tasks.spins.surrogates.spin_graph.loading import load_spin_graph

    return load_spin_graph(weights)


def trainable(settings: Mapping[str, Any]) -> SpinGraphTrainable:
    """An untrained model for the trainer."""
    from harness.tasks.spins.surrogates.spin_graph.learning import SpinGraphTrainable

    return SpinGraphTrainable(settings)
