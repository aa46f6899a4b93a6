"""<H> from ρ0 = I_1z: conserved by construction; single correlators against dense operators."""

from __future__ import annotations

from math import tau

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, load_surrogate
from harness.tasks.spins.systems import topology

GRID = TimeGrid(50, 6e-4)


@pytest.fixture(scope="module")
def model():
    return load_surrogate("spin-graph")


def dense_correlators(system: SpinSystem, pairs, times):
    """q_ij(t) with full 2^N matrices, independently of the z-blocks."""
    n = len(system)
    half = {"x": np.array([[0, 0.5], [0.5, 0]]), "y": np.array([[0, -0.5j], [0.5j, 0]]), "z": np.diag([0.5, -0.5])}

    def spin(axis, k):
        return np.kron(np.kron(np.eye(2**k), half[axis]), np.eye(2 ** (n - 1 - k)))

    def coupled(i, j):
        axes = "xyz" if system.same_isotope[i, j] else "z"
        return sum(spin(a, i) @ spin(a, j) for a in axes)

    h = sum(tau * system.offsets_hz[k] * spin("z", k) for k in range(n)) + 0j
    for i, j in np.argwhere(np.triu(system.couplings_hz)):
        h = h + tau * system.couplings_hz[i, j] * coupled(i, j)
    values, vectors = np.linalg.eigh(h)
    start = vectors.conj().T @ spin("z", system.tagged_spin) @ vectors
    beat = np.exp(-1j * (values[:, None] - values[None, :])[..., None] * times)
    found = []
    for i, j in pairs:
        operator = vectors.conj().T @ coupled(i, j) @ vectors
        found.append(np.einsum("ab,abt,ba->t", start, beat, operator).real / 2.0 ** (n - 2))
    return np.array(found)


@pytest.mark.parametrize("kind", ["chain", "star", "ring", "tree"])
@pytest.mark.parametrize("grid", [GRID, TimeGrid(50, 2e-3)], ids=["30 ms", "100 ms"])
def test_energy_is_conserved(model, kind, grid):
    systems = [topology(kind, 7, np.random.default_rng(seed), 60.0) for seed in (1, 2)]
    for system, energy in zip(systems, model.energy_budgets(systems, grid), strict=True):
        scale = tau * np.abs(system.offsets_hz).max()
        np.testing.assert_allclose(energy.total, tau * system.offsets_hz[0], rtol=0, atol=1e-10 * scale)
        assert np.ptp(energy.zeeman) > 1e-2 * scale  # it does move between the two terms
        assert np.ptp(model.energy(system, grid)) < 1e-10


def test_a_spin_coupled_to_two_of_three_members_is_no_neighbour_of_the_third(model):
    """Rings of five over 100 ms: clusters of three whose surroundings close the ring."""
    for seed in range(8):
        system = topology("ring", 5, np.random.default_rng(seed), 250.0)
        assert np.ptp(model.energy(system, TimeGrid(50, 2e-3))) < 1e-10


def test_scale_is_the_norm_of_the_hamiltonian(model):
    system = load_molecule("glycine-13c").at(9.4)
    from harness.tasks.spins.systems.zblocks import ZBlocks

    blocks = ZBlocks(system)
    square = sum(float((blocks.hamiltonian(b).toarray() ** 2).sum()) for b in range(len(blocks.states)))
    (energy,) = model.energy_budgets([system], GRID)
    assert energy.scale == pytest.approx(np.sqrt(square / 2.0 ** (len(system) - 2)), rel=1e-12)


@pytest.mark.parametrize(("kind", "n", "tolerance"), [("chain", 4, 1e-11), ("chain", 6, 5e-3), ("star", 6, 2e-2)])
def test_correlators(model, kind, n, tolerance):
    """Exact where all is one cluster, else as good as the clusters (sup over pairs and times at ±60 Hz)."""
    system = topology(kind, n, np.random.default_rng(3), 60.0)
    (energy,) = model.energy_budgets([system], GRID)
    truth = dense_correlators(system, energy.pairs, GRID.times_s)
    assert np.abs(truth).max() > 0.05
    np.testing.assert_allclose(energy.correlators, truth, rtol=0, atol=tolerance)


def test_unlike_isotopes(model):
    system = load_molecule("glycine-13c").at(9.4)
    (energy,) = model.energy_budgets([system], GRID)
    truth = dense_correlators(system, energy.pairs, GRID.times_s)
    np.testing.assert_allclose(energy.correlators, truth, rtol=0, atol=1e-11)
    assert energy.total == pytest.approx(tau * system.offsets_hz[system.tagged_spin], abs=1e-7)


def test_nothing_coupled(model):
    (energy,) = model.energy_budgets([SpinSystem([10.0, -20.0], np.zeros((2, 2)))], GRID)
    assert energy.pairs == ()
    np.testing.assert_allclose(energy.total, tau * 10.0)
