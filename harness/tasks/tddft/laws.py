"""What every correct answer obeys. Unitary motion obeys the first three whatever its Fock matrix is (docs/tddft.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from harness.task import Law
from harness.task.parts import Predict
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import density_of, induced

DENSITY = ("density_real", "density_imag")
TURN = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""x → y → z → x: maps the axes of quadrature grids on themselves, so that no tolerance is lost to them."""


def trace(predict: Predict, system: MolecularSystem, grid: Any) -> float | None:
    """max |Tr D - electrons| over spins and samples."""
    density = _density(predict, system, grid)
    if density is None:
        return None
    traces = np.einsum("siit->st", density)
    return float(np.abs(traces - np.array(system.occupied)[:, None]).max())


def idempotency(predict: Predict, system: MolecularSystem, grid: Any) -> float | None:
    """max |D² - D|: the state stays one determinant."""
    density = _density(predict, system, grid)
    if density is None:
        return None
    square = np.einsum("sijt,sjkt->sikt", density, density)
    return float(np.abs(square - density).max())


def hermiticity(predict: Predict, system: MolecularSystem, grid: Any) -> float | None:
    """max |D - D†|."""
    density = _density(predict, system, grid)
    return None if density is None else float(np.abs(density - density.conj().swapaxes(1, 2)).max())


def work(predict: Predict, system: MolecularSystem, grid: Any) -> float | None:
    """max |E(t) - E(0) - ∫ E·dμ| / max|ΔE|: the energy changes by the work of the field alone.

    For pulses; a kick has done its work before the first sample. The integral is that of cubic splines.
    """
    from scipy.interpolate import CubicSpline

    answer = predict([system], grid)[0]
    if not {"energy", "dipole"} <= set(answer.arrays) or not isinstance(system.field, Pulse):
        return None
    energy, times = answer.arrays["energy"], grid.times_au
    field = np.array([system.field.at(time) for time in times])
    dipole = CubicSpline(times, induced(answer), axis=1)
    power = np.einsum("tx,xt->t", field, dipole(times, 1))
    done = CubicSpline(times, power).antiderivative()(times)
    scale = float(np.ptp(energy))
    return float(np.abs(energy - energy[0] - done).max()) / scale if scale else None


def rotation(predict: Predict, system: MolecularSystem, grid: Any) -> float | None:
    """‖R δμ - δμ of the rotated molecule in the rotated field‖ / ‖δμ‖, R a cyclic exchange of the axes."""
    vector = TURN @ np.array(system.field.direction)
    field = replace(system.field, direction=(float(vector[0]), float(vector[1]), float(vector[2])))
    places = tuple(map(tuple, np.array(system.positions_bohr) @ TURN.T))
    turned = replace(system, positions_bohr=places, field=field)
    plain, rotated = predict([system], grid)[0], predict([turned], grid)[0]
    if plain is None or rotated is None or "dipole" not in plain.arrays:
        return None
    expected = TURN @ induced(plain)
    return float(np.linalg.norm(induced(rotated) - expected) / np.linalg.norm(expected))


def _density(predict: Predict, system: MolecularSystem, grid: Any) -> np.ndarray | None:
    return density_of(predict([system], grid)[0])


LAWS = (
    Law("number of electrons", "trace", trace, DENSITY),
    Law("D² = D", "idempotency", idempotency, DENSITY),
    Law("D = D†", "hermiticity", hermiticity, DENSITY),
    Law("energy and work of the field", "work", work, ("energy", "dipole")),
    Law("rotation", "rotation", rotation, ("dipole",)),
)
