"""A measurement, from any file format: the free induction decay that fits are made to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.spins.systems import TimeGrid


@dataclass(frozen=True, eq=False)
class MeasuredFid:
    """A measured free induction decay, sampled from the end of the pulse on.

    Parameters
    ----------
    name
        Of the measurement, for messages and figures.
    signal
        (T,) complex128, largest magnitude 1, every sample finite, read-only. exp(+2πi f t) is a line at offset f from
        the carrier; positive f is higher ppm. The delay of the digital filter is taken off with its fraction, so that
        sample n is at n·dt and a line on resonance has one phase across the spectrum; what is left of the filter is
        its transient in the first few samples (the first is about half of what the decay starts with).
    grid
        T samples, dt in seconds: 1/dt is the sweep width.
    larmor_hz
        Frequency of 0 ppm in Hz (BF1 of a Bruker spectrometer): 1 ppm is a millionth of it.
    carrier_ppm
        Chemical shift of offset zero, before any referencing: spectrometers are referenced by hand, so that a shift
        common to all lines remains free.
    isotope
        Which nucleus was measured, as "1H".
    temperature_k
        In kelvin, None where it is not given.
    group_delay
        Samples that the digital filter delayed the raw data by, fraction included; 0 where none ran.
    """

    name: str
    signal: np.ndarray
    grid: TimeGrid
    larmor_hz: float
    carrier_ppm: float
    isotope: str = "1H"
    temperature_k: float | None = None
    group_delay: float = 0.0

    def __repr__(self) -> str:
        size = f"{self.grid.points} points of {self.grid.dt_s:.6g} s"
        return f"MeasuredFid({self.name!r}, {self.isotope}, {self.larmor_hz / 1e6:.6g} MHz, {size})"

    def __post_init__(self) -> None:
        array = np.array(self.signal, dtype=np.complex128)
        array.flags.writeable = False
        object.__setattr__(self, "signal", array)
