"""How much a tier measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """``systems`` for curves that are compared one by one, ``curves`` and ``gauss`` for inference, ``draws`` of each
    posterior, ``shifted`` curves for each population outside the training."""

    systems: int
    curves: int
    gauss: int
    draws: int
    shifted: int


SIZES = {
    "smoke": Sizes(6, 1000, 500, 100, 60),
    "nightly": Sizes(12, 4000, 1000, 100, 200),
    "full": Sizes(12, 10_000, 2000, 100, 400),
}
