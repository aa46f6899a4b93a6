"""The display of a spectrum in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.tasks.spins.spectra.figures import signal_range
from harness.tasks.spins.systems.html import curves, picture

if TYPE_CHECKING:
    from harness.tasks.spins.spectra.spectrum import Spectrum


def spectrum_html(spectrum: Spectrum) -> str:
    """The absorption where the signal is, from right to left."""
    known = spectrum.larmor_hz is not None
    axis = spectrum.ppm if known else spectrum.offset_hz
    left, right = signal_range(spectrum)
    inside = (axis >= right) & (axis <= left)
    drawn = curves(left - axis[inside], [spectrum.absorption[inside]], left - right)
    return picture(repr(spectrum), drawn, f"{left:.3g}", f"{right:.3g} {'ppm' if known else 'Hz'}")
