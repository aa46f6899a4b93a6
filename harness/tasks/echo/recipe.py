"""What a set of curves is made of: kernel, ranges of the labels, lattice, plan, seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from harness.errors import InputError, nearest
from harness.tasks.echo.kernels import Family, Kernel
from harness.tasks.echo.labels import GAUSS_PRIOR, POWER_PRIOR, Prior
from harness.tasks.echo.offsets import LORENTZ, DrawnOffsets, OffsetLine
from harness.tasks.echo.plan import CHALLENGE, EchoPlan
from harness.tasks.echo.system import Coupling, EchoSystem

MOST_CURVES = 10_000_000


@dataclass(frozen=True)
class CurveRecipe:
    """``count`` systems with labels from ``prior`` and fresh offsets; system k depends on the seed and k alone.

    ``noise`` is the standard deviation of white noise that is added to the real and the imaginary part of every sample.
    """

    name: str
    count: int
    seed: int
    prior: Prior = POWER_PRIOR
    family: Family = "power"
    normalised: bool = True
    side: int = 50
    coupling: Coupling = "single-axis"
    line: OffsetLine = LORENTZ
    plan: EchoPlan = CHALLENGE
    noise: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or not 1 <= self.count <= MOST_CURVES:
            raise InputError(f"curves: count = {self.count!r} must be a whole number from 1 to {MOST_CURVES}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**63:
            raise InputError(f"curves: seed = {self.seed!r} must be a whole number of at least 0")
        if not 0 <= self.noise < 1:
            raise InputError(f"curves: noise = {self.noise!r} must lie between 0 and 1")

    def labels(self, k: int) -> np.ndarray:
        """(V,) labels of system k."""
        return self.prior.from_unit(self._generator(k).random(len(self.prior.labels)))

    def system(self, k: int) -> EchoSystem:
        """System k."""
        generator = self._generator(k)
        values = dict(zip(self.prior.keys, self.prior.from_unit(generator.random(len(self.prior.labels))), strict=True))
        kernel = Kernel(self.family, float(values.get("xi", 1.0)), float(values.get("p", 3.0)), self.normalised)
        return EchoSystem(
            strength=float(values["alpha"]),
            kernel=kernel,
            dissipation=float(10.0 ** -values["d"]),
            side=self.side,
            coupling=self.coupling,
            offsets=DrawnOffsets(int(generator.integers(2**63)), self.line),
            name=f"{self.name}/{k}",
        )

    def noise_of(self, k: int) -> np.ndarray:
        """(T,) complex: the noise of curve k."""
        parts = np.random.default_rng([self.seed, k, 1]).normal(0.0, self.noise, (2, self.plan.points))
        return parts[0] + 1j * parts[1]

    def _generator(self, k: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, k])

    def as_dict(self) -> dict[str, object]:
        """Plain values, everything that the curves depend on."""
        return {
            "name": self.name,
            "count": self.count,
            "seed": self.seed,
            "prior": self.prior.as_list(),
            "family": self.family,
            "normalised": self.normalised,
            "side": self.side,
            "coupling": self.coupling,
            "line": {f.name: getattr(self.line, f.name) for f in fields(self.line)},
            "plan": self.plan.as_dict(),
            "noise": self.noise,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> CurveRecipe:
        """The inverse of :meth:`as_dict`."""
        known = {"prior": Prior.from_list(values["prior"]), "line": OffsetLine(**values["line"])}
        return cls(**{**values, **known, "plan": EchoPlan.from_dict(values["plan"])})

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON of :meth:`as_dict`."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

    def with_(self, **changes: object) -> CurveRecipe:
        """A copy with some fields replaced, validated anew."""
        return replace(self, **changes)  # type: ignore[arg-type]


RECIPES: dict[str, CurveRecipe] = {
    "challenge": CurveRecipe("challenge", 10_000, 1),
    "calibration": CurveRecipe("calibration", 2_000, 2),
    "test": CurveRecipe("test", 10_000, 3),
    "challenge-32000": CurveRecipe("challenge-32000", 32_000, 1),
    "calibration-6000": CurveRecipe("calibration-6000", 6_000, 7),
    "final-test": CurveRecipe("final-test", 10_000, 8),
    "gauss": CurveRecipe("gauss", 3_000, 4, GAUSS_PRIOR, "gauss"),
    "gauss-calibration": CurveRecipe("gauss-calibration", 1_000, 5, GAUSS_PRIOR, "gauss"),
    "gauss-test": CurveRecipe("gauss-test", 2_000, 6, GAUSS_PRIOR, "gauss"),
}
"""Sets of curves by name; those of "test" and "final-test" are never trained on.

Curve k depends on the seed and on k alone, so that the first 10,000 curves of "challenge-32000" are those of
"challenge". No network was chosen by "final-test".
"""


def named_recipe(name: str) -> CurveRecipe:
    """A recipe of :data:`RECIPES`.

    Raises
    ------
    InputError
        For an unknown name.
    """
    if name not in RECIPES:
        raise InputError(f"set {name!r} is unknown{nearest(name, RECIPES)} (known: {', '.join(RECIPES)})")
    return RECIPES[name]
