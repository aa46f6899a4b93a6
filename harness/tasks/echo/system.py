"""A lattice of spins 1/2 with long-range couplings, as one spin echo sees it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from harness.errors import InputError, shown
from harness.tasks.echo.kernels import Kernel
from harness.tasks.echo.offsets import DrawnOffsets, Offsets

Coupling = Literal["secular", "single-axis"]
COUPLINGS: tuple[str, ...] = get_args(Coupling)
LARGEST_SIDE = 1024
CUBIC = Kernel()
FIRST_DRAW = DrawnOffsets()
GAMMA_PER_S = 2.0 * math.pi * 1e6
"""γ: the unit of frequency, rad/s; times are in 1/γ, so that t = 2 stands for 0.318 µs."""
CARRIER = 10.0
"""ν₀: the frequency of the rotating frame, in units of γ; only the single-axis coupling depends on it."""


@dataclass(frozen=True)
class EchoSystem:
    """L × L spins with offsets Δ_i, mean-field couplings and transverse relaxation; frequencies in units of γ.

        d⟨I⟩/dt = Ω × ⟨I⟩ − (Γ/2)(⟨Ix⟩, ⟨Iy⟩, 0),   Ω = −(α/2 Re c, α/2 Im c, Δ),   m_i = Σ_j K_ij s_j,   s = ⟨I₊⟩

    with c = m for the coupling "secular" and c = m − m* exp(2iν₀t) for "single-axis", where the coupling acts along one
    axis of the laboratory and is seen from the frame that rotates with ν₀.

    Parameters
    ----------
    strength
        α, any sign.
    kernel
        K as a function of distance.
    dissipation
        Γ, at least 0; labels give it as d = −log10 Γ.
    side
        L, the number of spins along an edge.
    coupling
        One of :data:`COUPLINGS`.
    offsets
        How the offsets are drawn, or the offsets themselves.
    name
        For people only.

    Raises
    ------
    InputError
        For a number that is not finite, a negative dissipation, a lattice of less than 1 or more than 1024 spins along
        an edge, or an unknown coupling.
    """

    strength: float
    kernel: Kernel = CUBIC
    dissipation: float = 0.0
    side: int = 50
    coupling: Coupling = "secular"
    offsets: Offsets = FIRST_DRAW
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for key, least in (("strength", -1e3), ("dissipation", 0.0)):
            value = getattr(self, key)
            if not (isinstance(value, int | float) and math.isfinite(value) and least <= value <= 1e3):
                raise InputError(f"echo system: {key} = {shown(value)} must be a number from {least:g} to 1000")
            object.__setattr__(self, key, float(value))
        if isinstance(self.side, bool) or not isinstance(self.side, int) or not 1 <= self.side <= LARGEST_SIDE:
            raise InputError(f"echo system: side = {shown(self.side)} must be a whole number from 1 to {LARGEST_SIDE}")
        if self.coupling not in COUPLINGS:
            raise InputError(f"echo system: coupling {self.coupling!r} is unknown (known: {', '.join(COUPLINGS)})")
        if not self.name:
            object.__setattr__(self, "name", f"echo-{self.fingerprint[:12]}")

    @property
    def size(self) -> int:
        """Number of spins."""
        return self.side * self.side

    def as_dict(self) -> dict[str, object]:
        """Plain values, everything that the physics depends on."""
        return {
            "strength": self.strength,
            "kernel": self.kernel.as_dict(),
            "dissipation": self.dissipation,
            "side": self.side,
            "coupling": self.coupling,
            "offsets": self.offsets.as_dict(),
        }

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON of :meth:`as_dict`."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

    def offset_values(self) -> np.ndarray:
        """(L, L) float64: Δ of every spin, in units of γ."""
        return self.offsets.values(self.side)

    def with_(self, **changes: object) -> EchoSystem:
        """A copy with some fields replaced, validated anew and named anew."""
        return replace(self, **{"name": "", **changes})  # type: ignore[arg-type]
