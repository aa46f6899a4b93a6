"""How well the data determine each multiplet and each parameter of a fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.spins.inverse.noise import at_noise
from harness.tasks.spins.inverse.projection import Comparison
from harness.tasks.spins.inverse.windows import Window


@dataclass(frozen=True)
class Multiplet:
    """One window of a fit.

    ``amplitude`` is the signal of one spin relative to the median of all multiplets, ``signal_to_noise`` the fitted
    amplitude over its standard deviation in white noise, ``residual`` ‖S - model‖/‖S‖, ``unexplained`` the part of the
    fitted signal's norm that the residual has beyond the noise, ``limit`` the same with one standard deviation of the
    noise's energy more, ``at_noise`` whether it has anything beyond noise.
    """

    name: str
    linewidth_hz: float
    phase_rad: float
    amplitude: float
    signal_to_noise: float
    residual: float
    unexplained: float
    limit: float
    at_noise: bool


def multiplets_of(
    windows: tuple[Window, ...], comparison: Comparison, widths_hz: np.ndarray, noise: float
) -> tuple[Multiplet, ...]:
    """The evidence of every window; ``noise`` per real component of the spectrum."""
    sizes = np.abs(comparison.amplitudes)
    middle = float(np.median(sizes))
    found = []
    for k, (window, model, shape) in enumerate(zip(windows, comparison.models, comparison.shapes, strict=True)):
        left = window.spectrum - model
        signal, rest = float(np.linalg.norm(shape)), float(np.linalg.norm(left))
        beyond = max(rest**2 - 2 * len(left) * noise**2, 0.0)
        scatter = 2 * np.sqrt(len(left)) * noise**2
        found.append(
            Multiplet(
                name=window.name,
                linewidth_hz=float(widths_hz[k]),
                phase_rad=float(np.angle(comparison.amplitudes[k])),
                amplitude=float(sizes[k]) / middle if middle > 0 else 0.0,
                signal_to_noise=signal / noise,
                residual=rest / float(np.linalg.norm(window.spectrum)),
                unexplained=float(np.sqrt(beyond)) / signal,
                limit=float(np.sqrt(beyond + scatter)) / signal,
                at_noise=at_noise(left, window.offset_hz, float(widths_hz[k]), noise),
            )
        )
    return tuple(found)
