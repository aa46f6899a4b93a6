"""Vibrational density of states, and the place of the peak of every mode.

The density of states is the power spectrum of mass-weighted velocities. Its peaks shift and broaden with amplitude, so
that places are compared after a cold start: every normal mode with the kinetic energy of k_B T/10, at the minimum.
"""

from __future__ import annotations

import numpy as np

from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.state import State
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K, LIGHT_CM_PS

COLD = 0.1
PADDING = 8
"""The signal is extended with zeros, so that the spacing of the frequencies is less than the width of a peak."""


def cold_start(positions_nm: np.ndarray, modes: np.ndarray, masses_da: np.ndarray, temperature_k: float) -> State:
    """At the minimum, each of the modes (M, N, 3) with the kinetic energy k_B T/10, with alternating signs."""
    speed = np.sqrt(2 * COLD * BOLTZMANN_KJ_MOL_K * temperature_k)
    signs = np.where(np.arange(len(modes)) % 2, -1.0, 1.0)
    weighted = speed * np.einsum("m,mia->ia", signs, modes)
    return State(positions_nm, weighted / np.sqrt(masses_da)[:, None])


def density_of_states(path: Path, masses_da: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wavenumbers in cm⁻¹ and the density of states, normalised to a sum of 1, (F,) each."""
    weighted = path.velocities_nm_ps * np.sqrt(masses_da)[:, None]
    wavenumbers, power = _power(weighted.reshape(len(weighted), -1).T, path.dt_ps)
    density = power.sum(axis=0)
    return wavenumbers, density / density.sum()


def mode_peaks_cm(path: Path, modes: np.ndarray, masses_da: np.ndarray) -> np.ndarray:
    """Wavenumber in cm⁻¹ of the highest peak of the velocity along each of the modes (M, N, 3)."""
    weighted = path.velocities_nm_ps * np.sqrt(masses_da)[:, None]
    wavenumbers, power = _power(np.einsum("tia,mia->mt", weighted, modes), path.dt_ps)
    return np.array([_top(wavenumbers, one) for one in power])


def _power(signals: np.ndarray, dt_ps: float) -> tuple[np.ndarray, np.ndarray]:
    """Power spectra of (S, T) under a squared-cosine window."""
    count = signals.shape[1]
    window = np.hanning(count)
    size = PADDING * count
    power = np.abs(np.fft.rfft(signals * window, n=size, axis=1)) ** 2
    return np.fft.rfftfreq(size, dt_ps) / LIGHT_CM_PS, power


def _top(wavenumbers: np.ndarray, power: np.ndarray) -> float:
    """The top of the parabola through the highest point and its neighbours."""
    place = int(np.argmax(power[1:-1])) + 1
    left, middle, right = power[place - 1 : place + 2]
    curvature = left - 2 * middle + right
    shift = 0.5 * (left - right) / curvature if curvature else 0.0
    return float(wavenumbers[place] + shift * (wavenumbers[1] - wavenumbers[0]))
