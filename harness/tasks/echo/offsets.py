"""Resonance offsets of the lattice: independent draws from one distribution, or given numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from harness.errors import InputError, nearest

Shape = Literal["lorentz", "gauss", "flat"]
SHAPES: tuple[str, ...] = get_args(Shape)
GAUSS_FWHM_OVER_SD = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True)
class OffsetLine:
    """The inhomogeneous line that offsets are drawn from, in units of γ.

    Weights on N points from −cutoff to cutoff, N the number of spins: 1/(Δ² + (fwhm/2)²) for "lorentz", a Gaussian of
    the same full width at half maximum for "gauss", equal weights for "flat".
    """

    shape: Shape = "lorentz"
    fwhm: float = 0.05
    cutoff: float = 0.25

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            known = ", ".join(SHAPES)
            raise InputError(f"line shape {self.shape!r} is unknown{nearest(self.shape, SHAPES)} (known: {known})")
        for name in ("fwhm", "cutoff"):
            if not 0 < getattr(self, name) < 1e3:
                raise InputError(f"line {self.shape}: {name} = {getattr(self, name)!r} must lie between 0 and 1000")

    def weights(self, spins: int) -> tuple[np.ndarray, np.ndarray]:
        """(N,) the points that offsets are drawn from, and their weights, which add up to 1."""
        points = np.linspace(-self.cutoff, self.cutoff, spins)
        if self.shape == "lorentz":
            weights = 1.0 / (points**2 + (self.fwhm / 2) ** 2)
        elif self.shape == "gauss":
            weights = np.exp(-0.5 * (points * GAUSS_FWHM_OVER_SD / self.fwhm) ** 2)
        else:
            weights = np.ones(spins)
        return points, weights / weights.sum()

    def quantiles(self, uniform: np.ndarray, spins: int) -> np.ndarray:
        """The offset of each number in [0, 1): the first grid point whose cumulative weight reaches it."""
        points, cumulative = _cumulative(self, spins)
        return points[np.searchsorted(cumulative, uniform, side="left")]


LORENTZ = OffsetLine()
"""The line of the challenge's data: full width 0.05, cut at ±0.25."""


@lru_cache(maxsize=16)
def _cumulative(line: OffsetLine, spins: int) -> tuple[np.ndarray, np.ndarray]:
    points, weights = line.weights(spins)
    cumulative = np.cumsum(weights)
    cumulative[-1] = 1.0
    return points, cumulative


@dataclass(frozen=True)
class DrawnOffsets:
    """L² independent offsets from a line, row by row.

    ``generator`` is "pcg64" (numpy's default generator with this seed) or "lehmer": x ← 16807·x mod (2³¹ − 1) from the
    seed on, u = x/(2³¹ − 1), which any language computes alike; the check values of the simulator use it.
    """

    seed: int = 0
    line: OffsetLine = LORENTZ
    generator: Literal["pcg64", "lehmer"] = "pcg64"

    def __post_init__(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise InputError(f"offsets: seed = {self.seed!r} must be a whole number of at least 0")
        if self.generator not in ("pcg64", "lehmer"):
            raise InputError(f"offsets: generator {self.generator!r} is unknown (known: pcg64, lehmer)")

    def values(self, side: int) -> np.ndarray:
        """(L, L) float64."""
        spins = side * side
        if self.generator == "lehmer":
            uniform = _lehmer(self.seed, spins)
        else:
            uniform = np.random.default_rng(self.seed).random(spins)
        return self.line.quantiles(uniform, spins).reshape(side, side)

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        line = {"shape": self.line.shape, "fwhm": self.line.fwhm, "cutoff": self.line.cutoff}
        return {"seed": self.seed, "generator": self.generator, "line": line}


@dataclass(frozen=True, eq=False)
class GivenOffsets:
    """Offsets as numbers, (L, L) in units of γ; equal where every bit is."""

    array: np.ndarray

    def __init__(self, array: ArrayLike) -> None:
        values = np.array(array, dtype=np.float64)
        if values.ndim != 2 or values.shape[0] != values.shape[1] or not np.all(np.isfinite(values)):
            raise InputError(f"offsets: shape {values.shape} must be (L, L), every number finite")
        values.flags.writeable = False
        object.__setattr__(self, "array", values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GivenOffsets) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash(self.as_dict()["sha256"])

    def values(self, side: int) -> np.ndarray:
        """(L, L) float64, read-only."""
        if side != len(self.array):
            raise InputError(f"offsets: shape {self.array.shape} does not fit a lattice of {side} × {side} spins")
        return self.array

    def as_dict(self) -> dict[str, object]:
        """The SHA-256 of the numbers."""
        return {"sha256": hashlib.sha256((self.array + 0.0).tobytes()).hexdigest()}


Offsets = DrawnOffsets | GivenOffsets


def _lehmer(seed: int, count: int) -> np.ndarray:
    """(count,) the generator of Park and Miller (Commun. ACM 31, 1192 (1988)), numbers in (0, 1)."""
    modulus, state, numbers = 2**31 - 1, seed, np.empty(count)
    if not 0 < seed < modulus:
        raise InputError(f"offsets: seed = {seed} of generator 'lehmer' must lie between 1 and {modulus - 1}")
    for k in range(count):
        state = 16807 * state % modulus
        numbers[k] = state / modulus
    return numbers
