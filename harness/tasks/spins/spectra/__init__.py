"""From a free induction decay to a spectrum on a ppm axis: windows, zero-filling, Fourier transform, line positions."""

from harness.tasks.spins.spectra.line_picking import Line, multiplets, pick_lines, splittings_hz
from harness.tasks.spins.spectra.spectrum import Spectrum, spectrum_of
from harness.tasks.spins.spectra.windows import cosine_window, exponential_window, linewidth_of_t2, matched_window

__all__ = [
    "Line",
    "Spectrum",
    "cosine_window",
    "exponential_window",
    "linewidth_of_t2",
    "matched_window",
    "multiplets",
    "pick_lines",
    "spectrum_of",
    "splittings_hz",
]
