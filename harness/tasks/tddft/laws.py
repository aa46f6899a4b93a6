"""The laws of every correct answer. Unitary motion obeys the first three for any Fock matrix (docs/tddft.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from harness.suites.conservation.laws import Changed, OfAnswer, Symmetry
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import density_of, induced
from harness.trajectory import Trajectory

DENSITY = ("density_real", "density_imag")
TURN = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""z → x → y → z: maps the axes of quadrature grids on themselves, so that no tolerance is lost to them."""


def trace(answer: Trajectory, system: MolecularSystem) -> np.ndarray | None:
    """(s, T) Tr D - electrons."""
    density = density_of(answer)
    return None if density is None else np.einsum("siit->st", density) - np.array(system.occupied)[:, None]


def idempotency(answer: Trajectory, system: MolecularSystem) -> np.ndarray | None:
    """(s, n, n, T) D² - D: the state stays one determinant."""
    density = density_of(answer)
    return None if density is None else np.einsum("sijt,sjkt->sikt", density, density) - density


def hermiticity(answer: Trajectory, system: MolecularSystem) -> np.ndarray | None:
    """(s, n, n, T) D - D†."""
    density = density_of(answer)
    return None if density is None else density - density.conj().swapaxes(1, 2)


def work(answer: Trajectory, system: MolecularSystem) -> np.ndarray | None:
    """(T,) [E(t) - E(0) - ∫ E·dμ] / max|ΔE|: the energy changes only by the work of the field.

    For pulses; the work of a kick is done before the first sample. The integral is that of cubic splines.
    """
    if not {"energy", "dipole"} <= set(answer.arrays) or not isinstance(system.field, Pulse):
        return None
    energy, times = answer.arrays["energy"], answer.grid.times_au
    field = np.array([system.field.at(time) for time in times])
    speed = CubicSpline(times, induced(answer), axis=1)(times, 1)
    done = CubicSpline(times, np.einsum("tx,xt->t", field, speed)).antiderivative()(times)
    scale = float(np.ptp(energy))
    return (energy - energy[0] - done) / scale if scale else None


def rotated(system: MolecularSystem, generator: np.random.Generator) -> Changed:
    """Molecule and field with their axes exchanged: R δμ / max|δμ| must follow."""
    vector = TURN @ np.array(system.field.direction)
    field = replace(system.field, direction=(float(vector[0]), float(vector[1]), float(vector[2])))
    places = tuple(tuple(map(float, row)) for row in np.array(system.positions_bohr) @ TURN.T)
    turned: Any = replace(system, positions_bohr=places, field=field)

    def deviation(plain: Trajectory, other: Trajectory) -> np.ndarray:
        expected = TURN @ induced(plain)
        return (induced(other) - expected) / np.abs(expected).max()

    return Changed(turned, deviation)


UNITARITY = (
    OfAnswer("number of electrons", "trace", trace, DENSITY),
    OfAnswer("D² = D", "idempotency", idempotency, DENSITY),
    OfAnswer("D = D†", "hermiticity", hermiticity, DENSITY),
)
LAWS = (
    *UNITARITY,
    OfAnswer("energy and work of the field", "work", work, ("energy", "dipole")),
    Symmetry("rotation", "rotation", rotated, ("dipole",)),
)
