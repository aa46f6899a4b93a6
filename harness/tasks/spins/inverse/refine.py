"""The end of a fit: narrow windows about what was found, each with the weight that its residual gives it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.tasks.spins.inverse.line_model import LineModel
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.inverse.projection import Comparison, Projection
from harness.tasks.spins.inverse.solver import least_squares
from harness.tasks.spins.inverse.windows import Sampled, Window, windows_of

LINEAR = 6
"""Real numbers per window that are solved for too: amplitude, baseline and its slope, complex each."""

PASSES = 3
"""Fits with new weights; the weights of the third are those of the second to a few per cent."""

WIDTHS_HZ = (0.02, 20.0)
"""Between these a linewidth may be."""

RESOLUTION_HZ = 2e-4
"""Lines closer than this are one: over 3 s of acquisition their phases differ by 0.004 rad at most, and to first order
in that nothing is lost."""

REACH_HZ = 20.0
"""How far a value may still go: a search has ended close to it."""


@dataclass(frozen=True, eq=False)
class Refined:
    """θ with one linewidth per window (P + W,), and the comparison there, its residual in units of its scatter."""

    theta: np.ndarray
    projection: Projection
    comparison: Comparison
    converged: bool
    evaluations: int

    @property
    def linewidths_at_bounds(self) -> tuple[str, ...]:
        """``linewidth NAME`` of each window whose lines are as narrow or as broad as a fit lets them be."""
        windows = self.projection.windows
        widths = self.theta[len(self.theta) - len(windows) :]
        low, high = WIDTHS_HZ
        inside = (widths > 1.001 * low) & (widths < 0.999 * high)
        return tuple(f"linewidth {w.name}" for w, good in zip(windows, inside, strict=True) if not good)

    def widths_of(self, offsets_hz: np.ndarray) -> np.ndarray:
        """The linewidth of the window nearest to each offset."""
        windows = self.projection.windows
        widths = self.theta[len(self.theta) - len(windows) :]
        return np.array([widths[_nearest(windows, offset)] for offset in offsets_hz])


@dataclass(frozen=True, eq=False)
class Refinement:
    """What a last fit needs besides its start; ``noise`` per real component of the spectrum."""

    parameters: Parameters
    measured: Sampled
    noise: float
    margin_hz: float

    def fit(self, theta: np.ndarray, widths_hz: np.ndarray) -> Refined:
        """Fit all windows together from θ (P,) and a linewidth per offset.

        Each window counts by the scatter of its own residual, the measured noise at least: where only noise is left
        this is maximum likelihood; where lines are not Lorentzian, what they leave grows with the signal.

        Raises
        ------
        InputError
            For a multiplet outside the measured spectrum.
        """
        windows = windows_of(self.parameters, theta, self.measured, self.margin_hz)
        model = LineModel(self.parameters)
        nearest = [_nearest(windows, offset) for offset in theta[: len(self.parameters.offsets)]]
        inside = [[w for w, at in zip(widths_hz, nearest, strict=True) if at == k] for k in range(len(windows))]
        widths = [np.mean(one) for one in inside]
        low = np.concatenate([theta - REACH_HZ, np.full(len(windows), WIDTHS_HZ[0])])
        high = np.concatenate([theta + REACH_HZ, np.full(len(windows), WIDTHS_HZ[1])])
        scales = tuple(w.size / np.sqrt(len(w.spectrum)) for w in windows)
        projection = Projection(model, windows, self.measured.grid, scales, resolution_hz=RESOLUTION_HZ)
        place, evaluations, converged = np.concatenate([theta, widths]), 1, False
        for _ in range(PASSES):
            place, _, converged, calls = least_squares(projection, place, low, high, 1e-8, 200)
            evaluations += calls
            projection = replace(projection, scales=self._scatter(projection, place))
        return Refined(place, projection, projection(place), converged, evaluations)

    def _scatter(self, projection: Projection, place: np.ndarray) -> tuple[float, ...]:
        """Root mean square of the residual of each window per real component, the noise at least."""
        scatter = []
        for window, model in zip(projection.windows, projection(place).models, strict=True):
            free = max(2 * len(window.spectrum) - LINEAR, 1)
            scatter.append(max(self.noise, float(np.linalg.norm(model - window.spectrum)) / np.sqrt(free)))
        return tuple(scatter)


def _nearest(windows: tuple[Window, ...], offset_hz: float) -> int:
    distances = [abs(offset_hz - np.clip(offset_hz, w.offset_hz[0], w.offset_hz[-1])) for w in windows]
    return int(np.argmin(distances))
