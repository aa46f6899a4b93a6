"""One system at a time: the short way of spin-graph gives what the general, batched way gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from harness import TimeGrid, load_molecule
from harness.tasks.spins.surrogates.spin_graph import load
from harness.tasks.spins.surrogates.spin_graph.fast import FastNetwork
from harness.tasks.spins.surrogates.spin_graph.graphs import bond_parameters, bonds_of, same_graph_batch, watched_bonds
from harness.tasks.spins.surrogates.spin_graph.groups import Group, Memos, grouped
from harness.tasks.spins.surrogates.spin_graph.network import RemainderNetwork
from harness.tasks.spins.surrogates.spin_graph.one.network import OneNetwork
from harness.tasks.spins.surrogates.spin_graph.one.plan import LARGEST, OnePlan
from harness.tasks.spins.surrogates.spin_graph.remainder import Remainder
from harness.tasks.spins.surrogates.spin_graph.surrogate import SpinGraph
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, SpinSystem, topology
from harness.tasks.spins.systems.phases import phases

SEED = 890_001


@pytest.fixture(scope="module")
def model():
    return load()


def drawn(kind: str, n: int, offset_hz: float, count: int, tagged: int = 0) -> list[SpinSystem]:
    """Systems of one graph."""
    rng = np.random.default_rng([SEED, n])
    graph = topology(kind, n, rng)
    found = []
    for _ in range(count):
        factor = rng.uniform(0.5, 1.5, (n, n))
        couplings = graph.couplings_hz * (factor + factor.T) / 2 * rng.choice([-1, 1])
        offsets = rng.uniform(-offset_hz, offset_hz, n)
        found.append(graph.with_(offsets_hz=offsets, couplings_hz=couplings, tagged_spin=tagged))
    return found


def group_of(system: SpinSystem) -> Group:
    (group,) = grouped([system])
    return group


def plan_of(model, group: Group) -> OnePlan | None:
    return OnePlan.of(model.expansion, group, bonds_of(watched_bonds(group)))


@pytest.mark.parametrize(
    ("kind", "n", "offset_hz", "tagged"),
    [
        ("chain", 1, 100.0, 0),
        ("chain", 2, 40.0, 1),
        ("chain", 3, 40.0, 1),
        ("chain", 4, 30.0, 0),
        ("chain", 12, 250.0, 0),
        ("chain", 12, 30.0, 5),
        ("ring", 3, 100.0, 0),
        ("ring", 4, 30.0, 1),
        ("ring", 4, 1000.0, 0),
        ("ring", 8, 30.0, 3),
        ("tree", 8, 60.0, 2),
        ("star", 5, 60.0, 0),
        ("star", 5, 60.0, 1),
    ],
)
@pytest.mark.parametrize(
    "grid", [STANDARD_GRID, LONG_GRID, TimeGrid(7, 4e-3), TimeGrid(1, 1.0)], ids=["30 ms", "100 ms", "7", "1"]
)
def test_the_short_way_is_the_general_way(model, kind, n, offset_hz, tagged, grid):
    for system in drawn(kind, n, offset_hz, 3, tagged):
        assert compared(model, system, grid)


def test_random_graphs(model):
    """Any graph, J of both signs: cycles, chords, isolated spins, several components."""
    used = 0
    for k in range(60):
        rng = np.random.default_rng([SEED, k])
        n = int(rng.integers(1, 9))
        bound = rng.random((n, n)) < rng.uniform(0, 0.7)
        couplings = np.triu(rng.uniform(-20, 20, (n, n)) * bound, 1)
        offsets = rng.uniform(-1, 1, n) * rng.choice([10, 60, 250])
        system = SpinSystem(offsets, couplings + couplings.T, tagged_spin=int(rng.integers(n)))
        used += compared(model, system, STANDARD_GRID)
    assert used > 40


def compared(model, system: SpinSystem, grid: TimeGrid) -> bool:
    """Both ways agree (cosines in the network's part, of order 0.01, are right to 7e-8); False without a plan."""
    group = group_of(system)
    plan = plan_of(model, group)
    if plan is None:
        return False
    remainder = Remainder(model.networks)
    m, i1z, largest = plan.signals(model.expansion, remainder, group, grid)
    (general,) = model.expansion.transverse(group, grid, per_spin=False)
    added = remainder(group, grid)
    if added is not None:
        general = general + added[0] * phases(group.centre, grid)[0]
        assert largest == pytest.approx(np.abs(added).max(), rel=1e-6)
    np.testing.assert_allclose(m, general, rtol=0, atol=1e-11 if added is None else 2e-9)
    (other,) = model.expansion.longitudinal(group, grid, per_spin=False)
    np.testing.assert_allclose(i1z, other, rtol=0, atol=1e-11)
    return True


def test_predict_goes_the_short_way_and_keeps_no_answers(model):
    """Bit-equal to the plan's signals, also for the second system of a graph and the first one again."""
    first, second = drawn("chain", 12, 250.0, 2)
    group = group_of(first)
    plan = plan_of(model, group)
    assert plan is not None
    m, i1z, _ = plan.signals(model.expansion, Remainder(model.networks), group, STANDARD_GRID)
    one, two, again = (model.predict([s], STANDARD_GRID).mean[0] for s in (first, second, first))
    for found in (one, again):
        np.testing.assert_array_equal(found.m, m)
        np.testing.assert_array_equal(found.i1z, i1z)
    assert np.abs(one.m - two.m).max() > 0.1


def test_alone_and_in_a_batch(model):
    """An answer does not depend on the batch that it is in: to 2e-9, the rounding of cosines of the network's part."""
    for kind, n, offset_hz in (("chain", 12, 250.0), ("chain", 8, 30.0), ("ring", 8, 250.0)):
        systems = drawn(kind, n, offset_hz, 12)
        for system, together in zip(systems, model.predict(systems, STANDARD_GRID).mean, strict=True):
            alone = model.predict([system], STANDARD_GRID).mean[0]
            np.testing.assert_allclose(alone.m, together.m, rtol=0, atol=2e-9)
            np.testing.assert_allclose(alone.i1z, together.i1z, rtol=0, atol=1e-11)


def test_without_networks():
    """The expansion alone, and parts of the observables, which go the general way."""
    model = SpinGraph(None, load().domain)
    (system,) = drawn("chain", 6, 60.0, 1)
    both = model.predict([system], STANDARD_GRID).mean[0]
    for name in ("m", "i1z"):
        only = model.predict([system], STANDARD_GRID, observables=(name,)).mean[0]
        np.testing.assert_allclose(getattr(only, name), getattr(both, name), rtol=0, atol=1e-11)


def test_what_has_to_go_the_general_way(model):
    """Unlike isotopes, equivalent spins, clusters with many surroundings: no plan, and the same answers as ever."""
    crowded = drawn("star", 8, 250.0, 1)[0]
    for system in (load_molecule("glycine-13c").at(9.4), load_molecule("alanine").at(9.4, 2.0), crowded):
        assert plan_of(model, group_of(system)) is None
        assert model.predict([system], STANDARD_GRID).mean[0].m[0] == pytest.approx(1.0, abs=1e-12)
    prepared = model.expansion.plan(group_of(crowded), longitudinal=False)
    assert prepared.rest or max(len(table.cluster) for table in prepared.listed) > LARGEST


@pytest.mark.parametrize("kind", ["chain", "star", "ring", "tree"])
def test_network_of_one_system_is_the_training_model(kind):
    torch.manual_seed(0)
    model = RemainderNetwork(width=8, rounds=2, polynomials=5).eval()
    for parameter in model.parameters():  # LayerNorm begins as 1 and 0, which would hide a mistake
        parameter.data += 0.1 * torch.randn(parameter.shape)
    for system in drawn(kind, 7, 60.0, 4):
        group = group_of(system)
        bonds = bonds_of(watched_bonds(group))
        with torch.no_grad():
            real, imag = (c.numpy() for c in model(same_graph_batch(bonds, group)))
        given = (values[:, 0] for values in bond_parameters(bonds, group))
        found = OneNetwork.of(
            FastNetwork.of({name: value.numpy() for name, value in model.state_dict().items()}), bonds, 7
        ).coefficients(*given)
        scale = float(np.abs(real).max())
        assert scale > 0
        np.testing.assert_allclose(found[:, :5], real, rtol=0, atol=2e-6 * scale)
        np.testing.assert_allclose(found[:, 5:], imag, rtol=0, atol=2e-6 * scale)


def test_memos_are_bounded():
    memos = Memos(retained=2)
    first = memos.of("a")
    first["x"] = 1
    memos.of("b")
    assert memos.of("a") is first  # used again: the other one is older now
    memos.of("c")
    assert memos.of("a") is first
    assert memos.of("b") == {}
