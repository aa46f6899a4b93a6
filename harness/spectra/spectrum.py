"""The Fourier transform of a free induction decay, with an axis that spectroscopists expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.memory import require_memory
from harness.spins import TimeGrid
from harness.spins.isotopes import larmor_hz


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Complex spectrum on ascending offsets from the carrier.

    Parameters
    ----------
    offset_hz
        (F,) ascending, in Hz; zero is the carrier, higher is higher ppm.
    intensity
        (F,) complex, in seconds (signal times time): the real part is absorption, the imaginary part dispersion.
        Σ intensity · Δf over the sweep is s(0)/2.
    larmor_hz
        |γ|B0/2π of the observed isotope, or None where the field is not known: then there is no ppm axis.
    carrier_ppm
        Chemical shift of offset zero.
    """

    offset_hz: np.ndarray
    intensity: np.ndarray
    larmor_hz: float | None = None
    carrier_ppm: float = 0.0

    def __post_init__(self) -> None:
        for name, dtype in (("offset_hz", np.float64), ("intensity", np.complex128)):
            array = np.array(getattr(self, name), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.offset_hz.ndim != 1 or self.offset_hz.shape != self.intensity.shape:
            raise ValueError(f"spectrum: shapes {self.offset_hz.shape} and {self.intensity.shape} must be one (F,)")

    @property
    def ppm(self) -> np.ndarray:
        """(F,) chemical shifts, ascending: carrier + offset / (10⁻⁶ · Larmor frequency). Plot from right to left."""
        return self.carrier_ppm + self.offset_hz / self._hz_per_ppm

    def ppm_of(self, offset_hz: float) -> float:
        """The chemical shift of one offset."""
        return self.carrier_ppm + offset_hz / self._hz_per_ppm

    @property
    def _hz_per_ppm(self) -> float:
        if self.larmor_hz is None:
            raise InputError("this spectrum has no ppm axis: the field was not given (field_t and carrier_ppm)")
        return 1e-6 * self.larmor_hz

    @property
    def absorption(self) -> np.ndarray:
        """(F,) real part."""
        return np.real(self.intensity)

    def phased(self, phase_rad: float) -> Spectrum:
        """Multiplied with exp(i·phase)."""
        turned = self.intensity * np.exp(1j * phase_rad)
        return Spectrum(self.offset_hz, turned, self.larmor_hz, self.carrier_ppm)


def spectrum_of(
    signal: np.ndarray,
    grid: TimeGrid,
    window: np.ndarray | None = None,
    zero_fill: int = 4,
    field_t: float | None = None,
    carrier_ppm: float = 0.0,
    isotope: str = "1H",
) -> Spectrum:
    """Spectrum of a complex signal that starts at t = 0.

    Continuous: S(f) = ∫_0^∞ s(t) exp(-2πi f t) dt. Discrete, the trapezoidal rule: the first point counts half
    (otherwise every spectrum stands on a pedestal of dt·s(0)/2),

        S(f_k) = dt · [s_0/2 + Σ_{n≥1} s_n exp(-2πi f_k n dt)],   f_k = k/(F dt), k = -F/2 … F/2-1.

    exp(+iΩt) gives its line at +Ω/2π, in pure absorption in the real part: no phase correction is due.

    Parameters
    ----------
    signal
        (T,) complex, M in the first place.
    grid
        When it was sampled.
    window
        (T,) weights; by default none.
    zero_fill
        F is the power of two at or above ``zero_fill``·T; 1 only rounds up.
    field_t, carrier_ppm, isotope
        For the ppm axis.

    Raises
    ------
    InputError
        For a signal or window that does not fit the grid, or a zero-filling below 1.
    """
    signal = np.asarray(signal, dtype=np.complex128)
    weights = np.ones(grid.points) if window is None else np.asarray(window, dtype=np.float64)
    for what, array in (("signal", signal), ("window", weights)):
        if array.shape != (grid.points,):
            raise InputError(f"{what} of shape {array.shape}: needs ({grid.points},), one sample per grid point")
    if not zero_fill >= 1:
        raise InputError(f"zero_fill = {zero_fill!r}: must be at least 1")
    size = 1 << int(np.ceil(np.log2(max(zero_fill * grid.points, 2))))
    require_memory(3 * 16 * size, f"a spectrum of {size} points", "take fewer points, or a smaller zero_fill")
    weighted = signal * weights
    weighted[0] *= 0.5
    intensity = grid.dt_s * np.fft.fftshift(np.fft.fft(weighted, size))
    offsets = np.fft.fftshift(np.fft.fftfreq(size, grid.dt_s))
    larmor = None if field_t is None else larmor_hz(isotope, field_t)
    return Spectrum(offsets, intensity, larmor, carrier_ppm)
