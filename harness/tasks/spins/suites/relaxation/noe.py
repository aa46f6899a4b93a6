"""The nuclear Overhauser effect of two spins: what spin 1 loses builds up on spin 2, by Solomon's equations.

    d<I_z>/dt = -ρ <I_z> - σ <S_z>,     ρ = (d²/10)(J(0) + 3 J(ω) + 6 J(2ω)),     σ = (d²/10)(6 J(2ω) - J(0)),
    J(ω) = τ/(1 + ω²τ²),     d = μ0 γ² ħ/(4π r³)

for two like spins 1/2; with <I_z> = 1 and <S_z> = 0 at the start, <I_z> ± <S_z> decay with ρ ± σ. The build-up is
negative in small molecules, positive in large ones, and changes its sign at ωτ = √5/2.
Source: I. Solomon, Phys. Rev. 99, 559 (1955).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.suites.asking import Claim, ask_fully, measured
from harness.tasks.spins.relaxation.laboratory import HBAR_J_S, MU0_N_PER_A2
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.relaxation import Relaxation

GRID = TimeGrid(200, 5e-3)
TAU_C_S = (2e-11, 3e-10, 5e-9)
"""Extreme narrowing (ωτ = 0.08), near the change of sign (1.1), slow tumbling (19)."""
FIELD_T, DISTANCE_ANGSTROM = 14.1, 2.0
METRIC = "largest error of the NOE build-up of two spins"


def pair(tau_c_s: float) -> SpinSystem:
    """Two protons of one shift without a coupling J, in a general direction."""
    towards = np.array([1.0, -2.0, 0.5])
    places = np.array([np.zeros(3), DISTANCE_ANGSTROM * towards / np.linalg.norm(towards)])
    relaxation = Relaxation("redfield", positions_angstrom=places, tau_c_s=tau_c_s, field_t=FIELD_T)
    return SpinSystem([0.0, 0.0], np.zeros((2, 2)), relaxation=relaxation)


def solomon_rates(gamma: float, distance_angstrom: float, tau_c_s: float, field_t: float) -> tuple[float, float]:
    """(ρ, σ) in 1/s."""
    d = MU0_N_PER_A2 * gamma**2 * HBAR_J_S / (4 * np.pi * (distance_angstrom * 1e-10) ** 3)
    zero, single, double = (tau_c_s / (1 + (n * gamma * field_t * tau_c_s) ** 2) for n in (0, 1, 2))
    return d**2 / 10 * (zero + 3 * single + 6 * double), d**2 / 10 * (6 * double - zero)


def closed_form(system: SpinSystem, grid: TimeGrid = GRID) -> np.ndarray:
    """(2, T) polarisations of the two spins."""
    it = system.relaxation
    assert it is not None
    assert it.tau_c_s is not None
    assert it.field_t is not None
    auto, cross = solomon_rates(it.gamma("1H"), DISTANCE_ANGSTROM, it.tau_c_s, it.field_t)
    both, difference = np.exp(-(auto + cross) * grid.times_s), np.exp(-(auto - cross) * grid.times_s)
    return np.array([both + difference, both - difference]) / 2


def build_up(subject: Any, tau_c_s: float) -> np.ndarray | None:
    """(2, T) polarisations by the subject, None where it gives none."""
    (answer,) = ask_fully(subject, [pair(tau_c_s)], GRID, ("spin_polarisations",)).trajectories
    return None if answer is None else answer.spin_polarisations


def noe_claim(subject: Any, target: str = "noe") -> Claim:
    """Largest error of both polarisations over the grid and the correlation times."""
    errors = {}
    for tau_c_s in TAU_C_S:
        found = build_up(subject, tau_c_s)
        wrong = np.inf if found is None else float(np.abs(found - closed_form(pair(tau_c_s))).max())
        errors[f"{tau_c_s:g} s"] = wrong
    worst = max(errors, key=lambda case: errors[case])
    case = f"2 spins, {len(TAU_C_S)} correlation times"
    return Claim(measured(METRIC, case, subject, errors[worst], reference="Solomon's equations", worst=worst), target)
