"""The minimum of a potential, and the matrix of its second derivatives there."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from harness.errors import InputError
from harness.tasks.kstep.forces.base import Force

LARGEST_FORCE = 0.5
"""kJ/mol/nm: one hundredth of the force that displaces a mode of 100 cm⁻¹ by 0.001 nm."""
HESSIAN_STEP_NM = 1e-4


def minimum(force: Force, positions_nm: np.ndarray, largest_force: float = LARGEST_FORCE) -> np.ndarray:
    """The nearest minimum, (N, 3) in nm, by L-BFGS to a largest force component in kJ/mol/nm.

    Raises
    ------
    InputError
        If it is not reached.
    """

    def value(flat: np.ndarray) -> tuple[float, np.ndarray]:
        energy, forces = force(flat.reshape(-1, 3))
        return energy - offset, -forces.ravel() * scale

    # Lengths in units of 1/scale nm make the first step of L-BFGS, |gradient| long, a small one.
    scale, offset = 1e-3, force(positions_nm)[0]
    place = positions_nm
    for _ in range(5):
        done = minimize(
            lambda flat: value(flat * scale), place.ravel() / scale, jac=True, method="L-BFGS-B",
            options={"maxiter": 2000, "ftol": 1e-15, "gtol": 0.5 * largest_force * scale, "maxcor": 40},
        )  # fmt: skip
        place = done.x.reshape(-1, 3) * scale
        worst = float(np.abs(force(place)[1]).max())
        if worst <= largest_force:
            return place - place.mean(axis=0)
    raise InputError(f"{force.name}: no minimum within {largest_force:g} kJ/mol/nm (reached: {worst:.3g})")


def hessian(force: Force, positions_nm: np.ndarray, step_nm: float = HESSIAN_STEP_NM) -> np.ndarray:
    """Second derivatives in kJ/mol/nm², (3N, 3N) symmetric, by central differences of forces; error O(step²)."""
    size = positions_nm.size
    found = np.empty((size, size))
    for place in range(size):
        ahead, back = positions_nm.ravel().copy(), positions_nm.ravel().copy()
        ahead[place] += step_nm
        back[place] -= step_nm
        difference = force(ahead.reshape(-1, 3))[1] - force(back.reshape(-1, 3))[1]
        found[place] = -difference.ravel() / (2 * step_nm)
    return (found + found.T) / 2
