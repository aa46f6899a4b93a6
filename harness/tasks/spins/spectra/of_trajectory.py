"""The spectrum of M of a trajectory, with a window for a signal that has not decayed at its end."""

from __future__ import annotations

from harness.tasks.spins.spectra.spectrum import Spectrum, spectrum_of
from harness.tasks.spins.spectra.windows import cosine_window, exponential_window, linewidth_of_t2
from harness.tasks.spins.systems import Trajectory


def spectrum_of_trajectory(trajectory: Trajectory, t2_s: float | None = None, zero_fill: int = 4) -> Spectrum:
    """See :meth:`harness.tasks.spins.systems.Trajectory.spectrum`."""
    width_hz = None if t2_s is None else linewidth_of_t2(t2_s)
    grid = trajectory.grid
    window = cosine_window(grid) if width_hz is None else exponential_window(grid, width_hz)
    return spectrum_of(trajectory.m, grid, window, zero_fill, axis=trajectory.axis)
