"""The position of offsets on the ppm scale: the field and the carriers that a system was made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from harness.errors import InputError
from harness.tasks.spins.systems.isotopes import larmor_hz


@dataclass(frozen=True)
class ShiftAxis:
    """The chemical shift axis of one isotope: δ = carrier_ppm + 10⁶ · offset_hz / larmor_hz.

    Parameters
    ----------
    isotope
        Whose shifts, as "1H".
    larmor_hz
        |γ|B0/2π: 1 ppm is a millionth of it.
    carrier_ppm
        Chemical shift of offset zero.

    Raises
    ------
    InputError
        For a frequency that is not positive and finite, or a carrier that is not finite.
    """

    isotope: str
    larmor_hz: float
    carrier_ppm: float

    def __post_init__(self) -> None:
        if not 0 < self.larmor_hz < inf:
            raise InputError(f"larmor_hz = {self.larmor_hz!r} of {self.isotope}: must be a positive number of Hz")
        if not isfinite(self.carrier_ppm):
            raise InputError(f"carrier_ppm = {self.carrier_ppm!r} of {self.isotope} must be finite")

    def __repr__(self) -> str:
        return f"ShiftAxis({self.isotope}, {self.larmor_hz / 1e6:.6g} MHz, carrier {self.carrier_ppm:g} ppm)"

    @classmethod
    def at(cls, field_t: float, carrier_ppm: float, isotope: str = "1H") -> ShiftAxis:
        """The axis at a field in tesla, with our gyromagnetic ratio (:mod:`harness.tasks.spins.systems.isotopes`)."""
        return cls(isotope, larmor_hz(isotope, field_t), float(carrier_ppm))

    def ppm(self, offset_hz: Any) -> Any:
        """Chemical shifts of offsets in Hz: a number or an array."""
        return self.carrier_ppm + offset_hz / (1e-6 * self.larmor_hz)

    def offset_hz(self, ppm: Any) -> Any:
        """Offsets in Hz of chemical shifts: a number or an array."""
        return (ppm - self.carrier_ppm) * (1e-6 * self.larmor_hz)


@dataclass(frozen=True)
class Frame:
    """The field and the axes of all isotopes of a system: of the experiment, not of the physics of its Hamiltonian.

    ``axes`` has one :class:`ShiftAxis` per isotope.
    """

    field_t: float
    axes: tuple[ShiftAxis, ...]

    def __repr__(self) -> str:
        return f"Frame({self.field_t:g} T, {', '.join(map(repr, self.axes))})"

    def axis(self, isotope: str) -> ShiftAxis | None:
        """The axis of one isotope, None if the frame has none."""
        return next((axis for axis in self.axes if axis.isotope == isotope), None)

    def retained(self, isotopes: Iterable[str]) -> Frame:
        """The frame of a part of the system: the axes of these isotopes."""
        wanted = set(isotopes)
        return Frame(self.field_t, tuple(axis for axis in self.axes if axis.isotope in wanted))
