"""Numbers that Spinach's own kernel tests expect, asked of this package.

Each test names the Spinach test (tests/kernel of the Spinach distribution) whose expectation it takes over; inputs and
expected values are the same, the code and the quantity that carries them are ours. Not taken over: pulses, relaxation
superoperators other than T2, powder and solid-state contexts, which this package does not have.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from harness.tasks.spins.references import reference
from harness.tasks.spins.references.krylov import lanczos
from harness.tasks.spins.references.liouville import CoherenceBlock, longitudinal_blocks
from harness.tasks.spins.references.stepping import sandwich
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.hilbert import hamiltonian, raising, z_diagonal
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio, larmor_hz

EXACT_KIND = ("exact", "dense", "krylov", "chebyshev")


def test_ppm_to_frequency() -> None:
    """test_ppm_hz_roundtrip: -2.5, 0, 3 and 12 ppm at 14.1 T, relative 1e-14; 15N keeps the sign of its moment."""
    from harness.tasks.spins.systems.molecule_file import parse_molecule

    ppm = np.array([-2.5, 0.0, 3.0, 12.0])
    proton_hz = 14.1 * 2.6752218744e8 / (2 * np.pi)
    spins = [{"label": f"H{k}", "isotope": "1H", "shift_ppm": float(p)} for k, p in enumerate(ppm)]
    molecule = parse_molecule({"schema": "spin-molecule-1", "name": "four shifts", "spin": spins}, "test")
    np.testing.assert_allclose(molecule.at(14.1, 0.0).offsets_hz, 1e-6 * ppm * proton_hz, rtol=1e-14, atol=1e-9)
    assert gyromagnetic_ratio("15N") < 0
    # Spinach gives negative offsets for positive ppm there; ours follow |γ| (docs/conventions.md).
    assert larmor_hz("15N", 14.1) == pytest.approx(-gyromagnetic_ratio("15N") * 14.1 / (2 * np.pi), rel=1e-15)


def test_scalar_coupling_hamiltonian() -> None:
    """test_scalar_coupling_hamiltonian: two protons, J = 10 Hz, no shifts: 2π·10·(IxSx + IySy + IzSz), 1e-9."""
    j = 2 * np.pi * 10 / 4
    expected = np.array([[j, 0, 0, 0], [0, -j, 2 * j, 0], [0, 2 * j, -j, 0], [0, 0, 0, j]])
    found = hamiltonian(SpinSystem([0.0, 0.0], [[0, 10.0], [10.0, 0]])).toarray()
    np.testing.assert_allclose(found, expected, atol=1e-9, rtol=1e-12)


def test_step_matches_the_matrix_exponential() -> None:
    """test_step_matches_expm: H = 2π·123 Sz, ρ = Sx + Sy/4, dt = 2.5 ms, 1e-13."""
    x, y, z = np.array([[0, 1], [1, 0]]) / 2, np.array([[0, -1j], [1j, 0]]) / 2, np.diag([0.5, -0.5])
    h = hamiltonian(SpinSystem([123.0], [[0.0]])).toarray()
    np.testing.assert_allclose(h, 2 * np.pi * 123 * z, atol=1e-12)
    step = expm(-1j * h * 2.5e-3)
    start = x + 0.25 * y
    *_, after = sandwich(start.astype(complex), step, 2)
    turn = np.exp(-2j * np.pi * 123 * 2.5e-3)
    expected = np.array([[0, start[0, 1] * turn], [start[1, 0] / turn, 0]])
    np.testing.assert_allclose(after, expected, atol=1e-13)


@pytest.mark.parametrize("method", [*EXACT_KIND, "rk4"])
def test_no_time_changes_nothing(method) -> None:
    """test_step_zero_time: propagation over zero time is the identity, 1e-15."""
    one = SpinSystem([3.0, 5.0], [[0, 2.0], [2.0, 0]])
    found = reference(method).simulate(one, TimeGrid(1, 1e-3))
    assert abs(found.m[0] - 1) <= 2e-15
    assert abs(found.i1z[0] - 1) <= 2e-15
    (rho,) = reference(method).density_operators(one, TimeGrid(1, 1e-3))
    np.testing.assert_allclose(rho, np.diag([2, 2, 0, 0]) / 4, atol=1e-15)


def test_the_commutation_superoperator_is_left_minus_right() -> None:
    """test_liouville_commutator and test_commutator_utility: L ρ = Hρ - ρH, 1e-15."""
    block = next(
        b for b in longitudinal_blocks(SpinSystem([1.0, 2.0], [[0, 3.0], [3.0, 0]]), False) if b.start.size == 4
    )
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    h = block.upper.toarray()
    np.testing.assert_allclose(block.apply(a), h @ a - a @ h, atol=1e-14)


@pytest.mark.parametrize("method", [*EXACT_KIND, "cluster", "pair-product", "weak-coupling"])
def test_a_spin_on_resonance_gives_a_constant_fid(method) -> None:
    """test_liquid_single_spin_fid: 8 points at a sweep of 1 kHz, constant to 1e-12."""
    found = reference(method).simulate(SpinSystem([0.0], [[0.0]]), TimeGrid(8, 1e-3))
    np.testing.assert_allclose(found.m, 1, atol=1e-12)


@pytest.mark.parametrize("method", [*EXACT_KIND, "cluster", "pair-product", "weak-coupling"])
def test_an_offset_of_25_hz(method) -> None:
    """test_ctx_liquid_acquire: 4 points at a sweep of 1 kHz and an offset of 25 Hz turn by π/20 each, 1e-12."""
    found = reference(method).simulate(SpinSystem([25.0], [[0.0]]), TimeGrid(4, 1e-3))
    angles = np.pi / 20 * np.arange(4)
    np.testing.assert_allclose(found.m, np.cos(angles) + 1j * np.sin(angles), atol=1e-12)


def test_spin_half_matrices() -> None:
    """test_pauli_spin_half_algebra, test_hilbert_operator, test_hilbert_state: matrices of one proton, 1e-15."""
    one = SpinSystem([0.0], [[0.0]])
    plus, z = raising(one, (0,)).toarray(), np.diag(z_diagonal(one, 0))
    np.testing.assert_allclose(plus, [[0, 1], [0, 0]], atol=1e-15)
    np.testing.assert_allclose(z, [[0.5, 0], [0, -0.5]], atol=1e-15)
    np.testing.assert_allclose(z @ plus - plus @ z, plus, atol=1e-15)
    x, y = (plus + plus.T) / 2, (plus - plus.T) / 2j
    np.testing.assert_allclose(x @ y - y @ x, 1j * z, atol=1e-15)
    np.testing.assert_allclose(x @ x + y @ y + z @ z, 0.75 * np.eye(2), atol=1e-15)


def test_trajectory_of_observables() -> None:
    """test_dynamic_propagation_frontends: ρ0 = Lx + Ly/4 under L = Lz (1 rad/s), 3 steps of 0.25 ms, 1e-12."""
    h = np.diag([0.5, -0.5])
    x, y = np.array([[0, 1], [1, 0]]) / 2, np.array([[0, -1j], [1j, 0]]) / 2
    rhos = list(sandwich((x + 0.25 * y).astype(complex), expm(-1j * h * 2.5e-4), 4))
    t = 2.5e-4 * np.arange(4)
    np.testing.assert_allclose([np.trace(x @ r) for r in rhos], (np.cos(t) - 0.25 * np.sin(t)) / 2, atol=1e-12)
    np.testing.assert_allclose([np.trace(y @ r) for r in rhos], (np.sin(t) + 0.25 * np.cos(t)) / 2, atol=1e-12)


def test_an_exhausted_krylov_space_ends() -> None:
    """test_exponential_krylov_suite: from an eigenvector of diag(5, 7) the space has one dimension, with value 5."""
    from scipy.sparse import csr_array

    block = CoherenceBlock(
        csr_array(np.diag([5.0, 7.0])), csr_array((1, 1)), np.array([[1.0], [0.0]]), csr_array((0, 2))
    )
    basis = lanczos(block, 10.0, 1e-12, autocorrelation=True)
    assert basis.diagonal == [5.0]


def test_t2_decays_the_signal_at_its_rate() -> None:
    """test_relaxation_t2_rate and test_unit_conversion_suite: R2 = 7 /s multiplies M by exp(-7t); linewidth R2/π."""
    from harness.tasks.spins.spectra.windows import exponential_window, linewidth_of_t2

    grid = TimeGrid(50, 1e-2)
    assert np.pi * linewidth_of_t2(1 / 7.0) == pytest.approx(7.0, rel=1e-15)
    np.testing.assert_allclose(exponential_window(grid, 7.0 / np.pi), np.exp(-7.0 * grid.times_s), rtol=1e-13)
