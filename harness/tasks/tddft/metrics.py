"""Distances between an answer and the truth, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from harness.task import Metric
from harness.tasks.tddft.casida import excitations
from harness.tasks.tddft.fields import Kick
from harness.tasks.tddft.impulse import as_impulse
from harness.tasks.tddft.signals import refined_frequencies
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.trajectory import density_of, induced
from harness.tasks.tddft.units import HARTREE_EV
from harness.trajectory import Trajectory

DENSITY = ("density_real", "density_imag")
STRONG_PEAK = 0.05
"""Oscillator strength along the kick from which a peak is compared."""
HIGHEST_PEAK_AU = 1.5
"""Beyond it the excitations of 6-31G are artefacts, and steps of 0.2 au are too coarse."""


def dipole_error(answer: Trajectory, truth: Trajectory, system: Any) -> float:
    """‖δμ - δμ_true‖ / ‖δμ_true‖ over directions and samples; δμ = μ(t) - μ(0)."""
    expected = induced(truth)
    size = float(np.linalg.norm(expected))
    return float(np.linalg.norm(induced(answer) - expected)) / size if size else float("nan")


def largest_dipole_error(answer: Trajectory, truth: Trajectory, system: Any) -> float:
    """max |δμ - δμ_true| over directions and samples."""
    return float(np.abs(induced(answer) - induced(truth)).max())


def resting_dipole_error(answer: Trajectory, truth: Trajectory, system: Any) -> float:
    """max |μ(0) - μ_true(0)| over directions."""
    return float(np.abs(answer.arrays["dipole"][:, 0] - truth.arrays["dipole"][:, 0]).max())


def energy_error(answer: Trajectory, truth: Trajectory, system: Any) -> float:
    """max |E - E_true| over samples."""
    if "energy" not in answer.arrays or "energy" not in truth.arrays:
        return float("nan")
    return float(np.abs(answer.arrays["energy"] - truth.arrays["energy"]).max())


def density_error(answer: Trajectory, truth: Trajectory, system: Any) -> float:
    """max |D - D_true| over elements and samples."""
    found, expected = density_of(answer), density_of(truth)
    return float("nan") if found is None or expected is None else float(np.abs(found - expected).max())


def peak_error_mev(answer: Trajectory, truth: Trajectory, system: Any) -> float:
    """Largest |Δω| in meV of the peaks with f ≥ 0.05 along the kick, both fitted to sums of sines.

    NaN for a pulse, whose spectrum is narrow, and if the trajectory is too short to separate the peaks.
    """
    kick = as_impulse(system, truth.grid).field
    if not isinstance(kick, Kick):
        return float("nan")
    direction = np.array(kick.direction)
    found = excitations(structure_of(system))
    strengths = found.strengths_along(direction) / 3
    low = found.energies_au < HIGHEST_PEAK_AU
    visible = found.energies_au[low & (strengths > 1e-6)]
    if not len(visible) or (len(visible) > 1 and np.diff(visible).min() * truth.grid.horizon_au < np.pi):
        return float("nan")
    strong = strengths[low & (strengths > 1e-6)] >= STRONG_PEAK
    peaks = [refined_frequencies(direction @ induced(one), one.grid, visible)[0][strong] for one in (answer, truth)]
    return float(np.abs(peaks[0] - peaks[1]).max() * HARTREE_EV * 1e3) if strong.any() else float("nan")


def _metric(
    key: str, label: str, words: str, unit: str, of: Callable[[Any, Any, Any], float], needs: tuple[str, ...]
) -> tuple[str, Metric]:
    return key, Metric(key, label, words, unit, of, needs)


METRICS = dict(
    [
        _metric(
            "dipole", "relative error of δμ",
            "how far the induced dipole moment is from the right one, as a fraction of its size", "1",
            dipole_error, ("dipole",),
        ),
        _metric(
            "dipole_largest", "largest error of δμ",
            "the largest difference of the induced dipole moment from the right one", "e·bohr",
            largest_dipole_error, ("dipole",),
        ),
        _metric(
            "dipole_resting", "error of μ(0)",
            "the difference of the dipole moment of the molecule at rest", "e·bohr",
            resting_dipole_error, ("dipole",),
        ),
        _metric("energy", "largest error of E", "the largest difference of the energy", "hartree",
                energy_error, ("energy",)),
        _metric("density", "largest error of D", "the largest difference of any element of the density matrix", "1",
                density_error, DENSITY),
        _metric("peaks", "largest shift of a peak", "by how much a strong line of the spectrum is displaced", "meV",
                peak_error_mev, ("dipole",)),
    ]
)  # fmt: skip
