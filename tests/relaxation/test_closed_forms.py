"""Relaxation that textbooks know in closed form: single spins, two dipolar spins, shift anisotropy, equilibrium."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.tasks.spins.references import simulate
from harness.tasks.spins.relaxation.dense_matrix import relaxation_matrix
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import ProductStates
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.relaxation import Relaxation
from tests.relaxation.made import GAMMA, HBAR, dipolar_pair, solomon

METHODS = ("liouville-dense", "liouville-krylov", "liouville-neighbourhoods")
GRID = TimeGrid(200, 5e-3)
T = GRID.times_s
ALL = ("m", "i1z", "spin_signals", "spin_polarisations")


@pytest.mark.parametrize("method", METHODS)
def test_single_spin_decays_with_r1_and_r2(method: str) -> None:
    system = SpinSystem(
        [35.0], [[0.0]], relaxation=Relaxation("t1_t2", r1_per_s=np.array([0.7]), r2_per_s=np.array([2.5]))
    )
    found = simulate(system, GRID, method)
    assert np.abs(found.m - np.exp((2j * np.pi * 35.0 - 2.5) * T)).max() < 1e-10
    assert found.i1z is not None
    assert np.abs(found.i1z - np.exp(-0.7 * T)).max() < 1e-10


@pytest.mark.parametrize("method", METHODS)
def test_damping_multiplies_everything(method: str) -> None:
    couplings = [[0, 7.0, 2.0], [7.0, 0, -4.0], [2.0, -4.0, 0]]
    still = SpinSystem([30.0, -10.0, 12.0], couplings)
    damped = still.with_(relaxation=Relaxation("damp", damp_rate_per_s=3.0))
    plain, found = simulate(still, GRID), simulate(damped, GRID, method)
    assert np.abs(found.m - plain.m * np.exp(-3.0 * T)).max() < 1e-10
    assert plain.i1z is not None
    assert np.abs(found.i1z - plain.i1z * np.exp(-3.0 * T)).max() < 1e-10


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tau_c_s", [2e-11, 2e-10, 5e-9])
def test_two_dipolar_spins_follow_solomon(method: str, tau_c_s: float) -> None:
    """Auto and cross relaxation; I_1z and I_2z mix with rates auto ± cross (I. Solomon, Phys. Rev. 99, 559 (1955)).

    The Larmor frequencies of the two spins differ by their shifts, which the formulas for like spins neglect.
    """
    auto, cross, transverse = solomon(2.0, tau_c_s, 14.1)
    found = simulate(dipolar_pair(tau_c_s=tau_c_s), GRID, method, ALL)
    plus, minus = np.exp(-(auto + cross) * T), np.exp(-(auto - cross) * T)
    assert found.spin_polarisations is not None
    assert found.spin_signals is not None
    assert np.abs(found.spin_polarisations - np.array([plus + minus, plus - minus]) / 2).max() < 1e-8
    expected = np.exp((2j * np.pi * np.array([0.3, -0.3])[:, None] - transverse) * T)
    assert np.abs(found.spin_signals - expected).max() < 1e-8


def test_solomon_without_shifts_is_exact() -> None:
    auto, cross, _ = solomon(2.0, 2e-10, 14.1)
    system = dipolar_pair().with_(offsets_hz=[0.0, 0.0])
    found = simulate(system, GRID, "liouville-dense", ("i1z",)).i1z
    assert found is not None
    assert np.abs(found - (np.exp(-(auto + cross) * T) + np.exp(-(auto - cross) * T)) / 2).max() < 1e-10


@pytest.mark.parametrize(("tau_c_s", "sign"), [(2e-11, -1), (5e-9, 1)])
def test_noe_changes_sign_with_the_correlation_time(tau_c_s: float, sign: int) -> None:
    """What spin 1 loses appears on spin 2 upside down in small molecules, upright in large ones; at ωτ = √5/2 not."""
    grid = TimeGrid(50, 0.01)
    found = simulate(dipolar_pair(tau_c_s=tau_c_s), grid, "liouville-dense", ("spin_polarisations",))
    assert found.spin_polarisations is not None
    build_up = found.spin_polarisations[1]
    _, cross, _ = solomon(2.0, tau_c_s, 14.1)
    assert np.sign(build_up[-1]) == sign
    assert build_up[1] == pytest.approx(-cross * grid.dt_s, rel=0.05)
    null = dipolar_pair(tau_c_s=np.sqrt(5) / 2 / (GAMMA * 14.1))
    nothing = simulate(null, grid, "liouville-dense", ("spin_polarisations",)).spin_polarisations
    assert nothing is not None
    assert np.abs(nothing[1]).max() < 1e-6 * np.abs(build_up).max()


def test_shift_anisotropy_of_one_spin() -> None:
    """R1 = (2/15) c² J(ω), R2 = (1/45) c² (4 J(0) + 3 J(ω)) of an axial tensor, c = γB0·Δσ, J(ω) = τ/(1 + ω²τ²)."""
    field_t, tau_c_s, anisotropy = 9.4, 1e-9, 150.0
    tensor = np.diag([-anisotropy / 3, -anisotropy / 3, 2 * anisotropy / 3]) + 20.0 * np.eye(3)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    tensor = turn @ tensor @ turn.T
    system = SpinSystem([0.0], [[0.0]], relaxation=Relaxation(
        "redfield", positions_angstrom=np.zeros((1, 3)), csa_ppm=(tensor + tensor.T)[None] / 2, tau_c_s=tau_c_s,
        field_t=field_t,
    ))  # fmt: skip
    found = simulate(system, GRID, "liouville-dense")
    c, omega = GAMMA * field_t * anisotropy * 1e-6, GAMMA * field_t
    j = tau_c_s / (1 + (omega * tau_c_s) ** 2)
    assert np.abs(found.m - np.exp(-(c**2 / 45) * (4 * tau_c_s + 3 * j) * T)).max() < 1e-10
    assert found.i1z is not None
    assert np.abs(found.i1z - np.exp(-(2 * c**2 / 15) * j * T)).max() < 1e-10


@pytest.mark.parametrize("model", ["t1_t2", "redfield"])
@pytest.mark.parametrize("method", METHODS)
def test_polarisation_goes_to_the_stated_equilibrium(model: str, method: str) -> None:
    """Turned over at the start, I_1z ends at -1 of it; towards "zero" it ends at 0."""
    grid = TimeGrid(400, 0.5)
    pair = dipolar_pair()
    if model == "t1_t2":
        rates = Relaxation("t1_t2", r1_per_s=np.full(2, 0.5), r2_per_s=np.full(2, 1.0), field_t=14.1)
        pair = pair.with_(relaxation=rates)
    assert pair.relaxation is not None
    warm = pair.with_(relaxation=replace(pair.relaxation, equilibrium="dibari", temperature_k=298.0))
    there, nothing = (simulate(one, grid, method, ("i1z",)).i1z for one in (warm, pair))
    assert there is not None
    assert nothing is not None
    assert there[0] == 1.0
    assert there[-1] == pytest.approx(-1.0, abs=1e-6)
    assert abs(nothing[-1]) < 1e-6


@pytest.mark.parametrize("rlx_keep", ["kite", "secular", "labframe"])
def test_boltzmann_state_does_not_move(rlx_keep: str) -> None:
    """Detailed balance: R ρ_eq = 0, ρ_eq = exp(-βH)/Z, computed here from the Larmor frequencies alone."""
    temperature, field_t = 300.0, 14.1
    pair = dipolar_pair(equilibrium="dibari", temperature_k=temperature, rlx_keep=rlx_keep)
    laboratory = LaboratorySystem.of(pair.with_(offsets_hz=[0.0, 0.0]))
    states = ProductStates.complete(2)
    half = HBAR * GAMMA * field_t / (2 * 1.380649e-23 * temperature)
    single = np.diag([np.exp(half), np.exp(-half)]) / (2 * np.cosh(half))
    equilibrium = np.einsum("dab,ba->d", states.matrices().transpose(0, 2, 1), np.kron(single, single))
    matrix = relaxation_matrix(laboratory, states)
    assert np.abs(matrix @ equilibrium).max() < 1e-12 * np.abs(matrix).max()
    cold = relaxation_matrix(LaboratorySystem.of(dipolar_pair(rlx_keep=rlx_keep)), states)
    assert np.abs(cold @ equilibrium).max() > 1e-6 * np.abs(cold).max()  # the negative control


@pytest.mark.parametrize("rlx_keep", ["secular", "labframe"])
def test_trace_stays_and_states_stay_positive(rlx_keep: str) -> None:
    """No matrix element of R leads to or from the unit state, and 200 random pure states stay states for a second."""
    from scipy.linalg import expm

    laboratory = LaboratorySystem.of(dipolar_pair(tau_c_s=1e-9, rlx_keep=rlx_keep))
    states = ProductStates.complete(2)
    matrix = relaxation_matrix(laboratory, states)
    assert np.abs(matrix[0]).max() < 1e-12
    assert np.abs(matrix[:, 0]).max() < 1e-12
    basis = states.matrices()
    rng = np.random.default_rng(3)
    for time_s in (0.01, 0.1, 1.0):
        step = expm(matrix * time_s)
        for _ in range(60):
            psi = rng.normal(size=4) + 1j * rng.normal(size=4)
            rho = np.outer(psi, psi.conj()) / np.vdot(psi, psi)
            after = np.einsum("d,dab->ab", step @ np.einsum("dab,ab->d", basis, rho), basis)
            assert np.linalg.eigvalsh(after).min() > -1e-12
            assert np.trace(after).real == pytest.approx(1.0, abs=1e-12)
