"""How cost grows with size: least squares of log(cost) against size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Growth:
    """cost ≈ prefactor · 2^(exponent · size): ``exponent`` 2 means a factor of four per step in size.

    ``standard_error`` is that of the exponent (0 for two points); ``sizes`` are the sizes in the fit.
    """

    exponent: float
    standard_error: float
    prefactor: float
    sizes: tuple[int, ...]

    def at(self, size: float) -> float:
        """The fitted cost."""
        return self.prefactor * 2.0 ** (self.exponent * size)


def growth(sizes: Sequence[int], costs: Sequence[float], largest: int = 4) -> Growth | None:
    """Fit the ``largest`` sizes, where overhead no longer dominates; None with fewer than two positive costs."""
    pairs = sorted((s, c) for s, c in zip(sizes, costs, strict=True) if c > 0)[-largest:]
    if len({size for size, _ in pairs}) < 2:
        return None
    x, y = np.array([p[0] for p in pairs], float), np.log2([p[1] for p in pairs])
    centred = x - x.mean()
    exponent = float(centred @ y / (centred @ centred))
    intercept = float(y.mean() - exponent * x.mean())
    residual = y - intercept - exponent * x
    error = float(np.sqrt(residual @ residual / (len(x) - 2) / (centred @ centred))) if len(x) > 2 else 0.0
    return Growth(exponent, error, 2.0**intercept, tuple(p[0] for p in pairs))
