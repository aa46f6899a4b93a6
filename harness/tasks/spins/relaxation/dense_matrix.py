"""The relaxation matrix from matrices of the Hilbert space: dense, and exact in the Hamiltonian.

Bloch-Redfield-Wangsness theory of an isotropically tumbling molecule, in the interaction frame of its whole isotropic
Hamiltonian of the laboratory, H_lab = -Σ γ_i B0 (1 + δ_i) I_iz + 2π Σ J_ij I_i·I_j, and without dynamic frequency
shifts:

    R ρ = -(1/5) Σ_k Σ_m [Q_km, [Q̃_kmᵀ, ρ]],        Q_km = Σ_A F_m^A T_k^A  (rad/s)
    (Q̃_km)_ab = (Q_km)_ab τ/(1 + ω_ab² τ²)          in the eigenstates of H_lab, ω_ab = E_a - E_b

(:mod:`harness.tasks.spins.relaxation.interactions` has F and T). Neglected: everything beyond second order, motions
other than isotropic rotational diffusion, and the imaginary part of the spectral densities.
Source: M. Goldman, J. Magn. Reson. 149, 160 (2001); the matrix that Spinach integrates numerically.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from harness.tasks.spins.relaxation.interactions import RANK_PROJECTIONS, Factors, interactions
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import ProductStates, keep, simple_rates
from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.hilbert import hamiltonian

_SINGLE = {
    "1": np.eye(2),
    "+": np.array([[0.0, 1.0], [0.0, 0.0]]),
    "-": np.array([[0.0, 0.0], [1.0, 0.0]]),
    "z": np.array([[0.5, 0.0], [0.0, -0.5]]),
}


def relaxation_matrix(laboratory: LaboratorySystem, states: ProductStates) -> np.ndarray:
    """(D, D) R in 1/s between ``states``, thermalised where the relaxation has an equilibrium."""
    relaxation = laboratory.relaxation
    if relaxation.model == "damp":
        assert relaxation.damp_rate_per_s is not None
        matrix = -relaxation.damp_rate_per_s * np.diag(states.numbers.any(axis=1).astype(float))
    elif relaxation.model == "t1_t2":
        assert relaxation.r1_per_s is not None
        assert relaxation.r2_per_s is not None
        matrix = -np.diag(simple_rates(states, relaxation.r1_per_s, relaxation.r2_per_s))
    else:
        matrix = keep(redfield_matrix(laboratory, states), states, laboratory.rotating.isotopes, relaxation.rlx_keep)
    if relaxation.equilibrium == "dibari":
        matrix = matrix @ boltzmann_matrix(laboratory, states)
    return matrix


def redfield_matrix(laboratory: LaboratorySystem, states: ProductStates) -> np.ndarray:
    """(D, D) complete Redfield matrix between ``states``."""
    tau = laboratory.relaxation.tau_c_s
    assert tau is not None
    energies, vectors = np.linalg.eigh(laboratory_hamiltonian(laboratory))
    density = tau / (1 + ((energies[:, None] - energies[None]) * tau) ** 2)
    basis = states.matrices()
    flat = basis.reshape(len(states), -1)
    found = np.zeros((len(states), len(states)))
    for q in _fluctuations(laboratory):
        filtered = vectors @ (density * (vectors.T @ q @ vectors)) @ vectors.T
        inner = filtered.T @ basis - basis @ filtered.T
        outer = q @ inner - inner @ q
        found -= flat @ outer.reshape(len(states), -1).T / 5
    return found


def laboratory_hamiltonian(laboratory: LaboratorySystem) -> np.ndarray:
    """(2^N, 2^N) H_lab in rad/s, with I·I couplings between all spins."""
    rotating = laboratory.rotating
    everything = SpinSystem(
        rotating.offsets_hz + laboratory.larmor_rad_per_s / (2 * np.pi), rotating.couplings_hz
    )  # of one isotope, so that couplings are I·I
    return hamiltonian(everything).toarray()


def boltzmann_matrix(laboratory: LaboratorySystem, states: ProductStates) -> np.ndarray:
    """(D, D) of ρ → exp(βH_lab)ρ, β = ħ/kT: it turns the Boltzmann state into the unit state, which R leaves alone."""
    from scipy.linalg import expm

    factor = expm(laboratory.beta_s * laboratory_hamiltonian(laboratory))
    basis = states.matrices()
    return basis.reshape(len(states), -1) @ (factor @ basis).reshape(len(states), -1).T


def _fluctuations(laboratory: LaboratorySystem) -> list[np.ndarray]:
    """Every Q_km that is not zero, (2^N, 2^N) in rad/s."""
    there = interactions(laboratory)
    found = []
    for k in RANK_PROJECTIONS:
        operators = [_operator(len(laboratory), one.spins, one.terms[k]) for one in there]
        for m in range(5):
            q = sum((one.components[m] * t for one, t in zip(there, operators, strict=True)), np.zeros(()))
            if q.any():
                found.append(q)
    return found


def _operator(spins: int, where: tuple[int, ...], terms: tuple[tuple[float, Factors], ...]) -> np.ndarray:
    made = np.zeros((2**spins, 2**spins))
    for coefficient, factors in terms:
        single = dict(zip(where, factors, strict=True))
        made += coefficient * reduce(np.kron, [_SINGLE[single.get(k, "1")] for k in range(spins)])
    return made
