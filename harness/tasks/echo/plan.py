"""What is done to the spins and when: two pulses, a delay, the times of the samples, the scheme of integration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.system import GAMMA_PER_S

Scheme = Literal["forward", "midpoint"]
SCHEMES: tuple[str, ...] = get_args(Scheme)


@dataclass(frozen=True)
class Pulse:
    """An ideal pulse: a rotation of every spin by ``angle_deg`` about the axis ``x`` or ``y``, in no time."""

    angle_deg: float
    axis: Literal["x", "y"]

    def __post_init__(self) -> None:
        if self.axis not in ("x", "y") or not math.isfinite(self.angle_deg):
            raise InputError(f"pulse {self.angle_deg!r} {self.axis!r}: a finite angle and an axis x or y are due")


@dataclass(frozen=True)
class EchoPlan:
    """Pulse – delay τ – pulse – 2τ; sample k = 0, 1, … is taken at (k + 1)·dt, the last at 3τ.

    The sample at t = τ is taken before the second pulse acts, so that the echo stands at sample 2τ/dt − 1.

    Parameters
    ----------
    delay
        τ in 1/γ, a whole multiple of ``dt``.
    dt
        Time between samples, in 1/γ.
    steps_per_sample
        Steps of integration in each ``dt``.
    scheme
        "forward": the field at the start of a step is used for the whole step, an error of first order in the step.
        "midpoint": half a forward step gives the field of the whole step, of second order; secular coupling only.
    first, second
        The two pulses.

    Raises
    ------
    InputError
        For times that are not positive, a delay that is no multiple of ``dt``, an unknown scheme.
    """

    delay: float = 314.0
    dt: float = 2.0
    steps_per_sample: int = 1
    scheme: Scheme = "forward"
    first: Pulse = Pulse(90.0, "x")
    second: Pulse = Pulse(180.0, "y")

    def __post_init__(self) -> None:
        for key in ("delay", "dt"):
            if not (math.isfinite(getattr(self, key)) and getattr(self, key) > 0):
                raise InputError(f"echo plan: {key} = {getattr(self, key)!r} must be a finite positive number (in 1/γ)")
        steps = self.delay / self.dt
        if abs(steps - round(steps)) > 1e-9 * steps or round(steps) < 1:
            raise InputError(
                f"echo plan: the delay {self.delay:g} is {steps:g} times dt = {self.dt:g}, which must be a whole number"
            )
        if isinstance(self.steps_per_sample, bool) or self.steps_per_sample < 1:
            raise InputError(f"echo plan: steps_per_sample = {self.steps_per_sample!r} must be at least 1")
        if self.scheme not in SCHEMES:
            raise InputError(f"echo plan: scheme {self.scheme!r} is unknown (known: {', '.join(SCHEMES)})")

    @property
    def pulse_sample(self) -> int:
        """Index of the last sample before the second pulse; also the number of samples before it, minus one."""
        return round(self.delay / self.dt) - 1

    @property
    def echo_sample(self) -> int:
        """Index of the sample at t = 2τ."""
        return 2 * (self.pulse_sample + 1) - 1

    @property
    def points(self) -> int:
        """Number of samples."""
        return 3 * (self.pulse_sample + 1)

    @property
    def step(self) -> float:
        """Time between samples, in :attr:`unit`."""
        return self.dt

    @property
    def unit(self) -> str:
        """Unit of time."""
        return "1/γ"

    @property
    def times(self) -> np.ndarray:
        """(T,) times of the samples, in 1/γ."""
        return self.dt * np.arange(1, self.points + 1)

    @property
    def times_s(self) -> np.ndarray:
        """(T,) times of the samples, in seconds."""
        return self.times / GAMMA_PER_S

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> EchoPlan:
        """The inverse of :meth:`as_dict`; what is missing has its default."""
        return cls(**{**values, **{key: Pulse(**values[key]) for key in ("first", "second") if key in values}})


CHALLENGE = EchoPlan()
"""The plan of the challenge's data: 157 steps, 180y, 314 steps of dt = 2."""
CONVERGED = EchoPlan(scheme="midpoint")
"""The same samples by the second-order scheme: RMS error 1.4e-5 at α = 0.15, p = 2.5."""
