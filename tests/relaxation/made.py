"""Systems that relax, for the tests of this folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.relaxation import Relaxation

GAMMA = 2.6752218744e8
HBAR, MU0 = 6.62607015e-34 / (2 * np.pi), 1.25663706127e-6


def dipolar_pair(distance: float = 2.0, tau_c_s: float = 2e-10, field_t: float = 14.1, **more: Any) -> SpinSystem:
    """Two protons 0.6 Hz apart without a coupling J, along a direction in general position."""
    towards = np.array([1.0, -2.0, 0.5])
    places = np.array([np.zeros(3), distance * towards / np.linalg.norm(towards)])
    relaxation = Relaxation("redfield", positions_angstrom=places, tau_c_s=tau_c_s, field_t=field_t, **more)
    return SpinSystem([0.3, -0.3], np.zeros((2, 2)), relaxation=relaxation)


def solomon(distance: float, tau_c_s: float, field_t: float) -> tuple[float, float, float]:
    """(auto, cross, transverse) rates in 1/s of two like spins 1/2 by the formulas of the textbooks."""
    d = MU0 * HBAR * GAMMA**2 / (4 * np.pi * (distance * 1e-10) ** 3)
    omega = GAMMA * field_t

    def j(w: float) -> float:
        return tau_c_s / (1 + (w * tau_c_s) ** 2)

    auto = d**2 / 10 * (j(0) + 3 * j(omega) + 6 * j(2 * omega))
    cross = d**2 / 10 * (6 * j(2 * omega) - j(0))
    transverse = d**2 / 20 * (5 * j(0) + 9 * j(omega) + 6 * j(2 * omega))
    return auto, cross, transverse
