"""``fno-general``: one Fourier neural operator for any system of up to N spins, on Ω and all J in file order.

The same network as ``fno``; θ holds the offsets, the upper triangle of the couplings and which spins are present. It
can be trained on molecules and on any topology, so it takes the Spinach part of the mix. The answer of the network
depends on the order of the spins: relabelling changes it, and the suites measure by how much.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.surrogates.fourier import FourierOperator
from harness.tasks.spins.surrogates.encoding import GeneralEncoding
from harness.tasks.spins.surrogates.grid_model import GridModel, GridSettings
from harness.tasks.spins.surrogates.grid_surrogate import GridSurrogate, load_grid_surrogate

NAME = "fno-general"


def trainable(settings: Mapping[str, Any]) -> GridModel:
    """An untrained model for up to ``settings["spins"]`` spins."""
    given = GridSettings.from_dict(settings)
    encoding = GeneralEncoding(given.spins, given.offset_hz, given.coupling_hz, given.frames != "none")
    return GridModel(NAME, given, encoding, FourierOperator, takes_functions=True)


def load(weights: str | Path | None = None) -> GridSurrogate:
    """The trained network."""
    return load_grid_surrogate(NAME, weights, trainable, general=True)
