"""How much a tier measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """``means`` fresh systems for mean curves, ``curves`` and ``gauss`` fresh ones for inference, ``draws`` from each
    posterior, ``shifted`` curves of each population outside the training, ``outside`` systems of each for mean curves,
    ``laws`` systems of each population for the laws."""

    means: int
    curves: int
    gauss: int
    draws: int
    shifted: int
    outside: int
    laws: int

    @property
    def decides_coverage(self) -> bool:
        """True if there are enough curves to judge a coverage of 90 % by 88 … 92 %."""
        return self.curves >= DECIDING


    @property
    def decides_means(self) -> bool:
        """True if there are enough fresh labels to judge the median error of mean curves."""
        return self.means >= DECIDING_MEANS


DECIDING = 10_000
"""A coverage of 0.90 is known to 0.006 from so many curves, and to 0.015 from 1,500 (95 %, Clopper-Pearson)."""
DECIDING_MEANS = 12
"""Means of 128 draws are off by 8e-4 themselves: of four labels the interval of the median can reach 1.5e-3."""
SIZES = {
    "smoke": Sizes(4, 1500, 400, 64, 40, 40, 1),
    "nightly": Sizes(24, 10_000, 1000, 64, 200, 60, 5),
    "full": Sizes(24, 10_000, 2000, 100, 400, 100, 10),
}
