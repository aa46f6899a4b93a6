"""The parts of spin-graph against plain formulas: clusters, surroundings, lines, small eigenproblems, the network."""

from __future__ import annotations

from math import tau

import numpy as np
import pytest
import torch

from harness.tasks.spins.surrogates.spin_graph.environment import EXACT_SPINS, shift_nodes
from harness.tasks.spins.surrogates.spin_graph.families import (
    Pattern,
    cluster_plan,
    connected_subsets,
    inclusion_exclusion,
)
from harness.tasks.spins.surrogates.spin_graph.fast import FastGraph, FastNetwork
from harness.tasks.spins.surrogates.spin_graph.graphs import (
    bond_parameters,
    bonds_of,
    graph_batch,
    same_graph_batch,
    watched_bonds,
)
from harness.tasks.spins.surrogates.spin_graph.groups import grouped
from harness.tasks.spins.surrogates.spin_graph.jacobi import SMALL_BATCH, small_eigh
from harness.tasks.spins.surrogates.spin_graph.lines import band_for, line_kernel, moment_products
from harness.tasks.spins.surrogates.spin_graph.network import RemainderNetwork
from harness.tasks.spins.surrogates.spin_graph.remainder import nodes_of
from harness.tasks.spins.systems import TimeGrid, topology


def test_connected_subsets_of_a_chain():
    chain = np.eye(5, k=1, dtype=bool) | np.eye(5, k=-1, dtype=bool)
    found = connected_subsets(chain, 3)
    assert [c for c in found if len(c) == 3] == [(0, 1, 2), (1, 2, 3), (2, 3, 4)]
    assert len(found) == 5 + 4 + 3
    assert connected_subsets(chain, 3, anchor=0) == [(0,), (0, 1), (0, 1, 2)]


@pytest.mark.parametrize("kind", ["chain", "ring", "star", "tree"])
def test_every_spin_and_every_bond_counts_once(kind):
    """Σ μ_C over the clusters that hold a spin, a pair of bound spins, or any smaller cluster, is 1."""
    system = topology(kind, 7, np.random.default_rng(1))
    family = connected_subsets(system.couplings_hz != 0, 3)
    mu = inclusion_exclusion(family)
    for inner in family:
        assert sum(m for c, m in zip(family, mu, strict=True) if set(inner) <= set(c)) == 1


def test_a_chosen_cluster_takes_back_what_the_base_made_of_it():
    system = topology("star", 6, np.random.default_rng(2))
    coupled = system.couplings_hz != 0
    plan = cluster_plan(Pattern(6, coupled.tobytes(), coupled.tobytes(), tuple(range(6)), -1, 3, 4))
    assert len(plan.chosen) == 1
    assert len(plan.chosen[0]) == 10  # three of five leaves
    np.testing.assert_array_equal(plan.correction.sum(axis=1) + 1, np.zeros(10))  # all of one quantity: T = 1


@pytest.mark.parametrize("count", [3, EXACT_SPINS, EXACT_SPINS + 1, 8, 11])
@pytest.mark.parametrize("horizon_s", [0.03, 0.1])
def test_surroundings_average_to_a_product_of_cosines(count, horizon_s):
    couplings = tau * np.random.default_rng(count).uniform(1, 20, (2, count))
    couplings[1] = couplings[1, 0]  # equal couplings: few atoms, so the Gauss rule ends early
    nodes, weights = shift_nodes(couplings, horizon_s)
    times = np.linspace(0, horizon_s, 40)
    mean = np.sum(weights[..., None] * np.exp(1j * nodes[..., None] * times), axis=-2)
    np.testing.assert_allclose(mean, np.prod(np.cos(0.5 * couplings[..., None] * times), axis=-2), rtol=0, atol=1e-9)


@pytest.mark.parametrize("grid", [TimeGrid(300, 1e-4), TimeGrid(1000, 1e-4), TimeGrid(2, 1e-5), TimeGrid(1, 1e-3)])
@pytest.mark.parametrize("width_hz", [5.0, 270.0, 2000.0])
def test_lines_become_signals(grid, width_hz):
    rng = np.random.default_rng(3)
    omega, weights = tau * rng.uniform(-width_hz, width_hz, (3, 50)), rng.normal(size=(3, 50))
    kernel = line_kernel(grid, band_for(float(np.abs(omega).max())))
    moments = moment_products(omega / kernel.band, weights, kernel.order)
    signal = kernel.signals(moments, complex_valued=True)
    direct = np.einsum("bl,blt->bt", weights, np.exp(1j * omega[..., None] * grid.times_s))
    np.testing.assert_allclose(signal, direct, rtol=0, atol=1e-10)


@pytest.mark.parametrize("d", [2, 3, 4, 6])
@pytest.mark.parametrize("count", [7, 2 * SMALL_BATCH])
@pytest.mark.parametrize("size", [1.0, 1e-6])
def test_small_eigenproblems(d, count, size):
    """Two matrices per case, made of a list of elements; some degenerate, some diagonal."""
    rng = np.random.default_rng(4)
    triangle = d * (d + 1) // 2
    elements = rng.normal(size=(2 * triangle, count))
    square = np.zeros((d, d, 2), dtype=int)
    for b in range(2):
        square[*np.triu_indices(d), b] = square[*np.triu_indices(d)[::-1], b] = b * triangle + np.arange(triangle)
        off = square[*np.triu_indices(d, 1), b]
        elements[off] *= size
        elements[off, 2:5] = 0.0
        elements[square[range(d), range(d), b], :3] = 1.0
    energies, vectors = small_eigh(elements, square)
    h = elements[square.transpose(2, 0, 1)].transpose(0, 3, 1, 2).reshape(-1, d, d)
    # What may be left off the diagonal is 1e-12 of the largest element.
    np.testing.assert_allclose(np.sort(energies.T, axis=1), np.linalg.eigvalsh(h), rtol=0, atol=1e-11)
    residual = np.einsum("xij,jax->xia", h, vectors) - np.einsum("iax,ax->xia", vectors, energies)
    np.testing.assert_allclose(residual, 0, atol=1e-11)


def network() -> RemainderNetwork:
    torch.manual_seed(0)
    return RemainderNetwork(width=8, rounds=2, polynomials=5).eval()


@pytest.mark.parametrize("kind", ["chain", "star", "ring", "tree"])
@pytest.mark.parametrize("count", [1, 5])
def test_fast_network_is_the_training_model(kind, count):
    rng = np.random.default_rng(5)
    edges = topology(kind, 7, rng)
    systems = [
        edges.with_(offsets_hz=rng.uniform(-60, 60, 7), couplings_hz=edges.couplings_hz * rng.uniform(0.5, 1.5))
        for _ in range(count)
    ]
    (group,) = grouped(systems)
    bonds = bonds_of(watched_bonds(group))
    model = network()
    with torch.no_grad():
        real, imag = model(same_graph_batch(bonds, group))
        ragged = model(graph_batch([bonds] * count, [s.offsets_hz for s in systems], [s.couplings_hz for s in systems]))
    fast = FastNetwork.of({name: value.numpy() for name, value in model.state_dict().items()}).coefficients(
        FastGraph.of(bonds, 7), *bond_parameters(bonds, group)
    )
    scale = float(real.abs().max())
    assert scale > 0
    for quick, trained, other in zip(fast, (real, imag), ragged, strict=True):
        np.testing.assert_allclose(quick.reshape(-1, 5), trained.numpy(), rtol=0, atol=2e-6 * scale)
        turned = other.numpy().reshape(count, 7, 5).transpose(1, 0, 2).reshape(-1, 5)
        np.testing.assert_allclose(turned, trained.numpy(), rtol=0, atol=2e-6 * scale)


def test_network_parity_and_limits():
    """Reversed signs: real parts stay, imaginary parts change sign; small components and J = 0 give nothing."""
    rng = np.random.default_rng(6)
    system = topology("chain", 6, rng, 40.0)
    bonds, model = bonds_of(system.couplings_hz != 0), network()
    with torch.no_grad():
        real, imag = model(graph_batch([bonds], [system.offsets_hz], [system.couplings_hz]))
        same, other = model(graph_batch([bonds], [-system.offsets_hz], [-system.couplings_hz]))
        none = model(graph_batch([bonds], [system.offsets_hz], [0 * system.couplings_hz]))
        three = topology("chain", 3, rng, 40.0)
        small = model(graph_batch([bonds_of(three.couplings_hz != 0)], [three.offsets_hz], [three.couplings_hz]))
    assert float(imag.abs().max()) > 0
    torch.testing.assert_close(same, real)
    torch.testing.assert_close(other, -imag)
    for zero in (*none, *small):
        assert torch.count_nonzero(zero) == 0


def test_remainder_nodes_interpolate():
    grid = TimeGrid(300, 1e-4)
    nodes = nodes_of(grid, 48, 0.03, 4)
    for frequency in (0.0, 100.0, 250.0):
        at_nodes = np.exp(1j * tau * frequency * (tau * nodes.turns - 0.015))
        np.testing.assert_allclose(
            at_nodes @ nodes.to_grid, np.exp(1j * tau * frequency * (grid.times_s - 0.015)), rtol=0, atol=5e-6
        )
    assert nodes_of(TimeGrid(5, 1e-4), 48, 0.03, 4).to_grid.shape == (5, 5)
