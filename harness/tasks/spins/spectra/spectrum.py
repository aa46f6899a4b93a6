"""The Fourier transform of a free induction decay, with an axis that spectroscopists expect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError
from harness.memory import require_memory
from harness.tasks.spins.systems import ShiftAxis, TimeGrid

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    isotope
        Which nucleus is observed.
    """

    offset_hz: np.ndarray
    intensity: np.ndarray
    larmor_hz: float | None = None
    carrier_ppm: float = 0.0
    isotope: str = "1H"

    def __post_init__(self) -> None:
        for name, dtype in (("offset_hz", np.float64), ("intensity", np.complex128)):
            array = np.array(getattr(self, name), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.offset_hz.ndim != 1 or self.offset_hz.shape != self.intensity.shape:
            raise ValueError(f"spectrum: shapes {self.offset_hz.shape} and {self.intensity.shape} must be one (F,)")

    def __repr__(self) -> str:
        known = self.larmor_hz is not None
        low, high = (float(bound) for bound in (self.ppm if known else self.offset_hz)[[0, -1]])
        field = f"{self.larmor_hz / 1e6:.6g} MHz, " if self.larmor_hz is not None else ""
        unit = "ppm" if known else "Hz"
        return f"Spectrum({self.isotope}, {field}{len(self.offset_hz)} points, {high:.4g} to {low:.4g} {unit})"

    def _repr_html_(self) -> str:
        from harness.tasks.spins.spectra.html import spectrum_html

        return spectrum_html(self)

    @property
    def axis(self) -> ShiftAxis | None:
        """The chemical shift axis, None where the field is not known."""
        return None if self.larmor_hz is None else ShiftAxis(self.isotope, self.larmor_hz, self.carrier_ppm)

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
        return replace(self, intensity=turned)

    def between(self, first_ppm: float, second_ppm: float) -> Spectrum:
        """The part between two chemical shifts, whichever is the larger.

        Raises
        ------
        InputError
            Where a shift lies outside the sweep (the spectrum there would be aliased), or no two points lie between.
        """
        low, high = sorted((first_ppm, second_ppm))
        ppm = self.ppm
        if not ppm[0] <= low <= high <= ppm[-1]:
            raise InputError(
                f"{low:g} to {high:g} ppm: the sweep reaches from {ppm[0]:.4g} to {ppm[-1]:.4g} ppm, and lines beyond "
                "it alias: take a smaller dwell time (dt_s), another carrier or a narrower range"
            )
        inside = (ppm >= low) & (ppm <= high)
        if inside.sum() < 2:
            raise InputError(f"{low:g} to {high:g} ppm: holds {inside.sum()} points of the spectrum; take more")
        return replace(self, offset_hz=self.offset_hz[inside], intensity=self.intensity[inside])

    def plot(self, axes: Axes | None = None, ppm: tuple[float, float] | None = None, label: str | None = None) -> Axes:
        """Draw the absorption against ppm from right to left (Hz where the field is not known).

        Parameters
        ----------
        axes
            Axes of matplotlib to draw into; by default a new figure.
        ppm
            Two chemical shifts to draw between; by default where the signal is.
        label
            For a legend.

        Returns
        -------
        Axes
            Those drawn into; ``axes.figure.savefig("name.png")`` writes them.
        """
        from harness.tasks.spins.spectra.figures import draw_spectrum, signal_range

        shown = self if ppm is None else self.between(*ppm)
        if axes is None:
            from matplotlib import pyplot

            axes = pyplot.subplots(figsize=(7.0, 3.2), layout="constrained")[1]
        draw_spectrum(axes, shown, label, self.isotope, linewidth=0.9)
        axes.set_xlim(*(sorted(ppm, reverse=True) if ppm is not None else signal_range(shown)))
        return axes


def spectrum_of(
    signal: np.ndarray,
    grid: TimeGrid,
    window: np.ndarray | None = None,
    zero_fill: int = 4,
    field_t: float | None = None,
    carrier_ppm: float | None = None,
    isotope: str = "1H",
    axis: ShiftAxis | None = None,
) -> Spectrum:
    """Spectrum of a complex signal that starts at t = 0.

    Continuous: S(f) = ∫_0^∞ s(t) exp(-2πi f t) dt. Discrete, the trapezoidal rule: the first point counts half
    (otherwise every spectrum has a constant baseline of dt·s(0)/2),

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
        For the ppm axis: both numbers, or neither for an axis in Hz.
    axis
        Instead of the three: the axis of the system, ``system.axis``.

    Raises
    ------
    InputError
        For a signal or window that does not fit the grid, a zero-filling below 1, or a field without a carrier.
    """
    signal = np.asarray(signal, dtype=np.complex128)
    weights = np.ones(grid.points) if window is None else np.asarray(window, dtype=np.float64)
    for what, array in (("signal", signal), ("window", weights)):
        if array.shape != (grid.points,):
            raise InputError(f"{what} of shape {array.shape}: needs ({grid.points},), one sample per grid point")
    if axis is None and field_t is not None:
        if carrier_ppm is None:
            raise InputError(
                f"field_t = {field_t!r} without carrier_ppm: the ppm axis needs both; axis=system.axis has them, where "
                "Molecule.at(...) made the system"
            )
        axis = ShiftAxis.at(field_t, carrier_ppm, isotope)
    if not zero_fill >= 1:
        raise InputError(f"zero_fill = {zero_fill!r}: must be at least 1")
    size = 1 << int(np.ceil(np.log2(max(zero_fill * grid.points, 2))))
    require_memory(3 * 16 * size, f"a spectrum of {size} points", "take fewer points, or a smaller zero_fill")
    weighted = signal * weights
    weighted[0] *= 0.5
    intensity = grid.dt_s * np.fft.fftshift(np.fft.fft(weighted, size))
    offsets = np.fft.fftshift(np.fft.fftfreq(size, grid.dt_s))
    if axis is None:
        return Spectrum(offsets, intensity, isotope=isotope)
    return Spectrum(offsets, intensity, axis.larmor_hz, axis.carrier_ppm, axis.isotope)
