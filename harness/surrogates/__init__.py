"""Fast models in place of a reference, one file each; ``load_surrogate`` gives a trained one by name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from harness.errors import InputError, nearest
from harness.surrogates.base import Band, DomainCheck, Prediction, Surrogate

__all__ = ["SURROGATES", "Band", "DomainCheck", "Prediction", "Surrogate", "load_surrogate"]

_HOMES = {
    "spin-graph": "harness.tasks.spins.surrogates.spin_graph:load",
    "fno": "harness.tasks.spins.surrogates.fno:load",
    "fno-general": "harness.tasks.spins.surrogates.fno_general:load",
    "mlp": "harness.tasks.spins.surrogates.mlp:load",
}

SURROGATES: tuple[str, ...] = tuple(_HOMES)


def load_surrogate(name: str, weights: str | Path | None = None) -> Surrogate:
    """A trained surrogate by name.

    Parameters
    ----------
    name
        One of :data:`SURROGATES`.
    weights
        Folder of a training run or a ``.safetensors`` file; by default the weights that come with the package.

    Raises
    ------
    InputError
        For an unknown name, or weights that are missing, truncated, of another model or of another schema.
    """
    if name not in _HOMES:
        raise InputError(f"surrogate {name!r} is unknown{nearest(name, SURROGATES)} (known: {', '.join(SURROGATES)})")
    module, _, loader = _HOMES[name].partition(":")
    return getattr(import_module(module), loader)(weights)
