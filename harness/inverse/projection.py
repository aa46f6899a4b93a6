"""Model and measurement side by side, window by window, with everything linear solved for."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import pi

import numpy as np

from harness.inverse.lines import LineList, lines_of
from harness.inverse.parameters import Parameters
from harness.inverse.windows import Window, lorentzians, merged
from harness.spins import TimeGrid


@dataclass(frozen=True, eq=False)
class Projection:
    """Spectra of a molecule against those of its windows, see :mod:`harness.inverse.measured`.

    Called with the P parameters in Hz followed by one linewidth per window, it gives the residual, real parts before
    imaginary ones and each window over its norm, (2F,); the models per window; their complex amplitudes.
    """

    parameters: Parameters
    windows: tuple[Window, ...]
    grid: TimeGrid
    _known: dict[bytes, LineList] = field(default_factory=dict, repr=False)

    def __call__(self, theta: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], list[complex]]:
        """Residual, models, amplitudes."""
        count = len(self.parameters)
        key = theta[:count].tobytes()
        if key not in self._known:  # a step in a linewidth leaves the lines where they are
            self._known.clear()
            self._known[key] = merged(lines_of(self.parameters.system(theta[:count]), None, 1.0))
        lines = self._known[key]
        residuals, models, amplitudes = [], [], []
        for window, width in zip(self.windows, theta[count:], strict=True):
            shape = lorentzians(lines, pi * abs(width), window.offset_hz, self.grid.points, self.grid.dt_s)
            centred = (window.offset_hz - window.offset_hz.mean()) / np.ptp(window.offset_hz)
            basis = np.stack([shape, np.ones_like(shape), centred.astype(complex)], axis=1)
            solution = np.linalg.lstsq(basis, window.spectrum, rcond=None)[0]
            models.append(basis @ solution)
            amplitudes.append(complex(solution[0]))
            residuals.append((models[-1] - window.spectrum) / np.linalg.norm(window.spectrum))
        stacked = np.concatenate(residuals)
        return np.concatenate([np.real(stacked), np.imag(stacked)]), models, amplitudes
