"""Electric fields E(t) that drive the electrons, uniform in space (dipole approximation, length gauge).

The electrons see +r·E(t), since their charge is -1.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from dataclasses import field as value
from typing import Any

import numpy as np

from harness.errors import InputError, nearest, shown

LARGEST_AMPLITUDE_AU = 0.2
"""Beyond it ionisation dominates, which no basis of bound functions describes."""

ROUNDING = 1e-14
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Kick:
    """E(t) = κ n δ(t): before the first sample the density becomes exp(-iκ n·r) D exp(+iκ n·r), exactly.

    Parameters
    ----------
    strength_au
        κ, the momentum that every electron loses along n.
    direction
        n; any vector other than zero, normalised here.
    largest_au
        The largest |κ| that is accepted; a plan that goes beyond declares it.
    """

    strength_au: float
    direction: Vector = (0.0, 0.0, 1.0)
    largest_au: float = value(default=LARGEST_AMPLITUDE_AU, compare=False)

    def __post_init__(self) -> None:
        _check_size(self.strength_au, "kick", "strength_au", self.largest_au)
        object.__setattr__(self, "direction", _unit(self.direction, "kick"))

    @property
    def impulse_au(self) -> np.ndarray:
        """(3,) the time integral of the field that acts before t = 0."""
        return self.strength_au * np.array(self.direction)

    def at(self, time_au: float) -> np.ndarray:
        """(3,) the field at t > 0: none."""
        return np.zeros(3)


@dataclass(frozen=True)
class DeltaStep:
    """E(t) = E n at t = 0 only: the field ``type delta`` of NWChem.

    The first step of the exponential midpoint rule sees half of it, which is a kick of κ = E·dt/2 spread over the step.
    """

    amplitude_au: float
    direction: Vector = (0.0, 0.0, 1.0)
    largest_au: float = value(default=LARGEST_AMPLITUDE_AU, compare=False)

    def __post_init__(self) -> None:
        _check_size(self.amplitude_au, "delta", "amplitude_au", self.largest_au)
        object.__setattr__(self, "direction", _unit(self.direction, "delta"))

    @property
    def impulse_au(self) -> np.ndarray:
        """(3,) no impulse before t = 0."""
        return np.zeros(3)

    def at(self, time_au: float) -> np.ndarray:
        """(3,) E n at t = 0, zero otherwise."""
        return self.amplitude_au * np.array(self.direction) if time_au == 0 else np.zeros(3)


@dataclass(frozen=True)
class Pulse:
    """E(t) = E0 n sin(ω (t - t_c)) exp(-(t - t0)² / 2σ²).

    Parameters
    ----------
    amplitude_au, frequency_au, centre_au, width_au
        E0, ω, t0 and σ.
    carrier_origin_au
        t_c, where the carrier passes through zero; None stands for t0. NWChem's ``type gaussian`` has 0.
    """

    amplitude_au: float
    frequency_au: float
    direction: Vector = (0.0, 0.0, 1.0)
    centre_au: float = 12.0
    width_au: float = 3.0
    carrier_origin_au: float | None = None
    largest_au: float = value(default=LARGEST_AMPLITUDE_AU, compare=False)

    def __post_init__(self) -> None:
        _check_size(self.amplitude_au, "pulse", "amplitude_au", self.largest_au)
        for key in ("frequency_au", "width_au"):
            if not 0 < getattr(self, key) < math.inf:
                raise InputError(
                    f"pulse: {key} = {shown(getattr(self, key))} must be a positive number in atomic units"
                )
        object.__setattr__(self, "direction", _unit(self.direction, "pulse"))

    @property
    def impulse_au(self) -> np.ndarray:
        """(3,) no impulse before t = 0."""
        return np.zeros(3)

    def at(self, time_au: float) -> np.ndarray:
        """(3,) the field at a time."""
        origin = self.centre_au if self.carrier_origin_au is None else self.carrier_origin_au
        envelope = math.exp(-((time_au - self.centre_au) ** 2) / (2 * self.width_au**2))
        return (
            self.amplitude_au * envelope * math.sin(self.frequency_au * (time_au - origin)) * np.array(self.direction)
        )


Field = Kick | DeltaStep | Pulse
KINDS: dict[str, type[Field]] = {"kick": Kick, "delta": DeltaStep, "pulse": Pulse}


def field_as_dict(field: Field) -> dict[str, Any]:
    """Plain JSON values, with the name of the kind; ``largest_au`` only where the field needs it."""
    kind = next(name for name, made in KINDS.items() if isinstance(field, made))
    values = asdict(field) | {"direction": list(field.direction)}
    del values["largest_au"]
    declared = {"largest_au": size_of(field)} if size_of(field) > LARGEST_AMPLITUDE_AU else {}
    return {"kind": kind, **values, **declared}


def size_of(field: Field) -> float:
    """|κ| of a kick, |E0| of other fields."""
    return abs(field.strength_au if isinstance(field, Kick) else field.amplitude_au)


def field_from_dict(table: dict[str, Any], where: str = "field") -> Field:
    """The field of a table with ``kind`` and its parameters.

    Raises
    ------
    InputError
        For an unknown kind or parameter, or a value that the field refuses.
    """
    kind = table.get("kind")
    if kind not in KINDS:
        raise InputError(f"{where}: kind = {shown(kind)}{nearest(str(kind), KINDS)} (known: {', '.join(KINDS)})")
    made = KINDS[kind]
    known = tuple(made.__dataclass_fields__)
    values = {key: value for key, value in table.items() if key != "kind"}
    if odd := next((key for key in values if key not in known), None):
        raise InputError(f"{where}: key {odd!r} of a {kind} is unknown (known: {', '.join(known)})")
    for key, given in values.items():
        numbers = given if key == "direction" else [given]
        numeric = isinstance(numbers, list | tuple) and all(
            isinstance(one, int | float) and not isinstance(one, bool) for one in numbers
        )
        if not numeric and not (key == "carrier_origin_au" and given is None):
            raise InputError(
                f"{where}: {key} = {shown(given)} must be {'three numbers' if key == 'direction' else 'a number'}"
            )
    try:
        return made(**values)
    except TypeError:
        needed = next(key for key in known if key not in values)
        raise InputError(f"{where}: {needed!r} of the {kind} is missing") from None


def scaled(field: Field, factor: float) -> Field:
    """The same field, ``factor`` times as strong; limits of size do not apply to it."""
    key = "strength_au" if isinstance(field, Kick) else "amplitude_au"
    return replace(field, **{key: factor * getattr(field, key), "largest_au": math.inf})


def _check_size(value: float, kind: str, key: str, largest: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InputError(f"{kind}: {key} = {shown(value)} must be a finite number in atomic units")
    if abs(value) > largest:
        raise InputError(f"{kind}: {key} = {value:g} is beyond {largest:g}, where the basis cannot follow: weaken it")


def _unit(direction: Any, kind: str) -> Vector:
    vector = np.array(direction, dtype=float)
    if vector.shape != (3,) or not np.all(np.isfinite(vector)) or not np.any(vector):
        raise InputError(f"{kind}: direction = {shown(direction)} must be three numbers, not all zero")
    x, y, z = map(float, vector)
    length = math.sqrt(x * x + y * y + z * z)  # not by BLAS, whose last digit depends on the processor and enters keys
    if abs(length - 1) < ROUNDING:
        length = 1.0  # so that a normalised direction stays as it is to the bit
    return (x / length, y / length, z / length)
