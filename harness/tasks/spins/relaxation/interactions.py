"""Interactions that fluctuate when a molecule tumbles: dipolar couplings of pairs and shift anisotropies of spins.

A pair at distance r along the unit vector e has H = I·D·S with

    D = γ_I γ_S ħ μ0 / (4π r³) (1 - 3 e eᵀ)        rad/s,

a spin with the shift tensor δ (ppm) H = I·C·z with C = -γB0·1e-6·(δ - tr δ/3). With the components F_m of such a tensor
in five orthonormal, symmetric, traceless matrices, averages over orientations are

    <A(0) B(t)> → (1/5) Σ_m F_m^A F_m^B exp(-t/tau_c) Σ_k T_k^A (T_k^B)ᵀ

with the real operators T_0 = (2 I_z S_z - (I_+S_- + I_-S_+)/2)/√6, T_±1 = ∓(I_± S_z + I_z S_±)/2, T_±2 = I_± S_±/2; of
a spin in the field S_z is 1 and S_± is 0. Source: M. Goldman, J. Magn. Reson. 149, 160 (2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np

from harness.tasks.spins.relaxation.laboratory import HBAR_J_S, MU0_N_PER_A2, LaboratorySystem

RANK_PROJECTIONS = (-2, -1, 0, 1, 2)

Factors = tuple[str, ...]
"""One of "+", "z", "-" for each spin of an interaction: the product of I_+, I_z, I_- of these spins."""

PAIR_TERMS: dict[int, tuple[tuple[float, Factors], ...]] = {
    -2: ((0.5, ("-", "-")),),
    -1: ((0.5, ("-", "z")), (0.5, ("z", "-"))),
    0: ((2 / sqrt(6), ("z", "z")), (-0.5 / sqrt(6), ("+", "-")), (-0.5 / sqrt(6), ("-", "+"))),
    1: ((-0.5, ("+", "z")), (-0.5, ("z", "+"))),
    2: ((0.5, ("+", "+")),),
}
FIELD_TERMS: dict[int, tuple[tuple[float, Factors], ...]] = {
    -2: (),
    -1: ((0.5, ("-",)),),
    0: ((2 / sqrt(6), ("z",)),),
    1: ((-0.5, ("+",)),),
    2: (),
}


@dataclass(frozen=True, eq=False)
class Interaction:
    """``spins``: two of a pair, one in the field; ``components`` (5,) in rad/s: F_m."""

    spins: tuple[int, ...]
    components: np.ndarray

    @property
    def terms(self) -> dict[int, tuple[tuple[float, Factors], ...]]:
        """k → (coefficient, factors) of T_k."""
        return PAIR_TERMS if len(self.spins) == 2 else FIELD_TERMS


def interactions(laboratory: LaboratorySystem) -> list[Interaction]:
    """Every pair, and every spin whose shift tensor is anisotropic."""
    relaxation = laboratory.relaxation
    assert relaxation.positions_angstrom is not None
    found = []
    for i, j in combinations(range(len(laboratory)), 2):
        towards = (relaxation.positions_angstrom[j] - relaxation.positions_angstrom[i]) * 1e-10
        distance = float(np.linalg.norm(towards))
        strength = laboratory.gammas[i] * laboratory.gammas[j] * HBAR_J_S * MU0_N_PER_A2 / (4 * np.pi * distance**3)
        unit = towards / distance
        found.append(Interaction((i, j), components(strength * (np.eye(3) - 3 * np.outer(unit, unit)))))
    for k, tensor in enumerate(() if relaxation.csa_ppm is None else relaxation.csa_ppm):
        anisotropic = tensor - np.trace(tensor) / 3 * np.eye(3)
        if anisotropic.any():
            found.append(Interaction((k,), components(laboratory.larmor_rad_per_s[k] * 1e-6 * anisotropic)))
    return found


def components(tensor: np.ndarray) -> np.ndarray:
    """(5,) components of a symmetric traceless (3, 3) tensor in orthonormal matrices: Σ F_m² = tr A²."""
    xx, yy, zz = np.diag(tensor)
    return np.array(
        [
            (2 * zz - xx - yy) / sqrt(6),
            (xx - yy) / sqrt(2),
            sqrt(2) * tensor[0, 1],
            sqrt(2) * tensor[0, 2],
            sqrt(2) * tensor[1, 2],
        ]
    )
