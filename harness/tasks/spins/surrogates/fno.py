"""``fno``: a Fourier neural operator per size N, on θ = [Ω_1 … Ω_N, J] of a chain.

As in the specification: a parameter encoder of two dense layers of 128 units, six Fourier layers of 24 modes, three
outputs on 300 steps, dropout, and a loss of mean squared error plus 0.01 × the physics penalty. Width (channels of a
Fourier layer, 32 by default) and padding (84 points, 28 %) are our choices; see docs/training.md. With ``frames``
(preset ``full``) the outputs correct a zeroth order in each spin's own frame, see
:mod:`harness.tasks.spins.surrogates.grid_model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.surrogates.fourier import FourierOperator
from harness.tasks.spins.surrogates.encoding import ChainEncoding
from harness.tasks.spins.surrogates.grid_model import GridModel, GridSettings
from harness.tasks.spins.surrogates.grid_surrogate import GridSurrogate, load_grid_surrogate

NAME = "fno"


def trainable(settings: Mapping[str, Any]) -> GridModel:
    """An untrained model of ``settings["spins"]`` spins, see
    :class:`harness.tasks.spins.surrogates.grid_model.GridSettings`.
    """
    given = GridSettings.from_dict(settings)
    encoding = ChainEncoding(given.spins, given.offset_hz, given.coupling_hz, given.frames != "none")
    return GridModel(NAME, given, encoding, FourierOperator, takes_functions=True)


def load(weights: str | Path | None = None) -> GridSurrogate:
    """The trained networks, one per size."""
    return load_grid_surrogate(NAME, weights, trainable, general=False)
