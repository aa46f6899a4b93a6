"""Comparison of model and measurement, window by window, with all linear parameters solved for."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from harness.tasks.spins.inverse.line_model import LineModel
from harness.tasks.spins.inverse.windows import Window, shape_of
from harness.tasks.spins.systems import TimeGrid


@dataclass(frozen=True, eq=False)
class Comparison:
    """The model at a point θ compared with the measurement.

    ``residual`` (2F,) holds the real parts of all windows before the imaginary ones, each window over its scale;
    ``jacobian`` (2F, P + W) its derivatives by the parameters and the linewidths, amplitudes and baselines following
    along (L. Kaufman, BIT 15, 49 (1975)): JᵀJ is the Fisher information with these unknown too. ``models`` (F_w,) and
    ``amplitudes`` of each window; ``shapes`` (F_w,) are the models without baseline.
    """

    residual: np.ndarray
    jacobian: np.ndarray
    models: tuple[np.ndarray, ...]
    shapes: tuple[np.ndarray, ...]
    amplitudes: np.ndarray


@dataclass(frozen=True, eq=False)
class Projection:
    """Spectra of a molecule against those of its windows, see :mod:`harness.tasks.spins.inverse.measured`.

    Called with the P parameters in Hz followed by one linewidth per window.

    Parameters
    ----------
    model
        Lines at θ.
    windows, grid
        The measurement, and the samples that it is a transform of.
    scales
        What the residual of each window is divided by; by default the norm of its spectrum without a baseline.
    broadening_hz
        Of the measurement, beyond the linewidths.
    resolution_hz, threshold
        Lines closer than this are one, and those weaker than this are left out.
    """

    model: LineModel
    windows: tuple[Window, ...]
    grid: TimeGrid
    scales: tuple[float, ...] = ()
    broadening_hz: float = 0.0
    resolution_hz: float = 1e-3
    threshold: float = 1e-7

    def __call__(self, theta: np.ndarray) -> Comparison:
        """Residual, derivatives, models, amplitudes."""
        count = len(self.model.parameters)
        lines = self.model.lines(theta[:count], self.resolution_hz, self.threshold)
        scales = self.scales or tuple(window.size for window in self.windows)
        residuals, slopes, models, shapes, amplitudes = [], [], [], [], []
        for k, (window, scale) in enumerate(zip(self.windows, scales, strict=True)):
            rate = pi * (abs(theta[count + k]) + self.broadening_hz)
            shape, by_theta, by_rate = shape_of(lines, rate, window.offset_hz, self.grid)
            q, r = np.linalg.qr(np.column_stack([window.baseline, shape]))
            inside = q.conj().T @ window.spectrum
            amplitude = inside[2] / r[2, 2]
            changes = np.zeros((len(theta), len(shape)), complex)
            changes[:count] = by_theta
            changes[count + k] = pi * by_rate * (1 if theta[count + k] >= 0 else -1)
            changes *= amplitude
            models.append(q @ inside)
            shapes.append(amplitude * shape)
            amplitudes.append(amplitude)
            residuals.append((models[-1] - window.spectrum) / scale)
            slopes.append((changes - (changes @ q.conj()) @ q.T) / scale)
        residual, jacobian = np.concatenate(residuals), np.concatenate(slopes, axis=1).T
        return Comparison(
            np.concatenate([np.real(residual), np.imag(residual)]),
            np.concatenate([np.real(jacobian), np.imag(jacobian)]),
            tuple(models),
            tuple(shapes),
            np.array(amplitudes),
        )
