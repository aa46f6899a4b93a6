"""The coupling of two spins of the lattice as a function of their distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np

from harness.errors import InputError, nearest

Family = Literal["power", "gauss", "rkky", "uniform"]
FAMILIES: tuple[str, ...] = get_args(Family)


@dataclass(frozen=True)
class Kernel:
    """K(r) of a periodic square lattice, r in lattice spacings to the nearest image, K(0) = 0.

    ==========  ================================================
    power       (r/ξ)^−p
    gauss       exp(−(r/ξ)²)
    rkky        (x cos x − sin x)/x⁴ with x = 2r/ξ
    uniform     1
    ==========  ================================================

    ``normalised`` divides by the sum over all other sites: ξ of the power law then has no effect on anything.

    Parameters
    ----------
    family
        One of :data:`FAMILIES`.
    length
        Correlation length ξ in lattice spacings, positive; without effect for "uniform".
    exponent
        Exponent p of "power"; without effect elsewhere.
    normalised
        Whether Σ K = 1.

    Raises
    ------
    InputError
        For an unknown family, or a length or exponent that is not a finite positive number.
    """

    family: Family = "power"
    length: float = 1.0
    exponent: float = 3.0
    normalised: bool = True

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            known = ", ".join(FAMILIES)
            raise InputError(f"kernel {self.family!r} is unknown{nearest(self.family, FAMILIES)} (known: {known})")
        for name in ("length", "exponent"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
                raise InputError(f"kernel {self.family}: {name} = {value!r} must be a finite positive number")
            object.__setattr__(self, name, float(value))

    def as_dict(self) -> dict[str, object]:
        """Plain values; what has no effect on the couplings is left out, so that equal physics gives equal text."""
        values: dict[str, object] = {"family": self.family, "normalised": self.normalised}
        if self.family == "power":
            values["exponent"] = self.exponent
        if self.family in ("gauss", "rkky") or (self.family == "power" and not self.normalised):
            values["length"] = self.length
        return values

    def couplings(self, side: int, periodic: bool = True) -> np.ndarray:
        """(L, L) float64: the coupling of the spin at the corner (0, 0) with every spin of an L × L lattice.

        ``periodic=False`` measures r inside the cell and not to the nearest image: a seeded fault, no model.
        """
        r = distances(side, periodic)
        values = np.zeros_like(r)
        values[r > 0] = self._of(r[r > 0])
        return values / values.sum() if self.normalised and side > 1 else values

    def _of(self, r: np.ndarray) -> np.ndarray:
        if self.family == "power":
            return (r / self.length) ** -self.exponent
        if self.family == "gauss":
            return np.exp(-((r / self.length) ** 2))
        if self.family == "rkky":
            x = 2.0 * r / self.length
            return (x * np.cos(x) - np.sin(x)) / x**4
        return np.ones_like(r)

    def transfer(self, side: int) -> np.ndarray:
        """(L, L) float64: the discrete Fourier transform of the couplings, real because K(r) = K(−r)."""
        return np.fft.fft2(self.couplings(side)).real


@lru_cache(maxsize=32)
def distances(side: int, periodic: bool = True) -> np.ndarray:
    """(L, L) read-only: distance of every site from (0, 0), to the nearest image unless ``periodic`` is false."""
    steps = np.arange(side, dtype=np.float64)
    steps = np.minimum(steps, side - steps) if periodic else steps
    r = np.hypot(steps[:, None], steps[None, :])
    r.flags.writeable = False
    return r
