"""Growing clusters in frozen surroundings: exact where nothing is left out, and honest about their error elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.grown_cluster import GrownCluster
from harness.tasks.spins.systems import SpinSystem, TimeGrid, chain

GRID = TimeGrid(500, 1e-3)


def random_graph(spins: int, bonds: int, width_hz: float, seed: int) -> SpinSystem:
    """A connected graph with some bonds more than a tree; a third of the couplings is negative."""
    rng = np.random.default_rng(seed)
    couplings = np.zeros((spins, spins))
    pairs = [(int(rng.integers(k)), k) for k in range(1, spins)]
    pairs += [tuple(sorted(int(k) for k in rng.choice(spins, 2, replace=False))) for _ in range(bonds)]
    for i, j in pairs:
        couplings[i, j] = couplings[j, i] = rng.uniform(3, 14) * rng.choice([1, 1, -1])
    return SpinSystem(rng.uniform(-width_hz, width_hz, spins), couplings)


def relative(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))


def test_a_system_that_fits_into_one_cluster_is_exact():
    system = random_graph(7, 3, 100, 1)
    found = GrownCluster(largest=8).simulate(system, GRID, ("m", "spin_signals"))
    truth = reference("exact").simulate(system, GRID, ("m", "spin_signals"))
    assert found.spin_signals is not None
    assert np.max(np.abs(found.spin_signals - truth.spin_signals)) < 1e-10
    assert found.provenance.details["error_estimate"] == 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("largest", [6, 8])
def test_the_stated_error_holds_against_exact(seed, largest):
    system = random_graph(11, 4, 150, seed)
    truth = reference("exact").simulate(system, GRID, ("m",)).m
    found = GrownCluster(1e-6, largest).simulate(system, GRID, ("m",))
    stated = found.provenance.details["error_estimate"]
    assert relative(found.m, truth) <= stated
    assert stated < 0.9, "an error of 1 says nothing"


def test_it_grows_only_as_far_as_the_tolerance_asks():
    system = chain([40.0 * k for k in range(12)], 7.0)
    coarse, fine = (GrownCluster(t, 10).simulate(system, GRID, ("m",)) for t in (0.2, 1e-6))
    assert coarse.provenance.details["largest_cluster"] < fine.provenance.details["largest_cluster"]
    truth = reference("exact").simulate(system, GRID, ("m",)).m
    assert relative(fine.m, truth) < relative(coarse.m, truth) <= coarse.provenance.details["error_estimate"]


def test_frozen_surroundings_are_worth_having():
    """The plain cluster of the same size drops what a frozen neighbour does to the strong coupling inside."""
    errors = []
    for seed in range(4):
        system = random_graph(11, 4, 150, seed)
        truth = reference("exact").simulate(system, GRID, ("m",)).m
        frozen = GrownCluster(1e-6, 6).simulate(system, GRID, ("m",)).m
        plain = reference("cluster", size=6).simulate(system, GRID, ("m",)).m
        errors.append((relative(frozen, truth), relative(plain, truth)))
    frozen_error, plain_error = np.mean(errors, axis=0)
    assert frozen_error < 0.7 * plain_error


def test_equivalent_outside_spins_are_averaged_with_binomial_weights():
    """A methyl outside the cluster splits k into 1:3:3:1, exactly where its bond is weak."""
    offsets = [0.0, 300.0, 310.0, 330.0, 5000.0, 5000.0, 5000.0]
    couplings = np.zeros((7, 7))
    for i, j, value in ((0, 1, 7.0), (1, 2, 8.0), (2, 3, 9.0), (0, 4, 6.0), (0, 5, 6.0), (0, 6, 6.0)):
        couplings[i, j] = couplings[j, i] = value
    system = SpinSystem(offsets, couplings)
    found = GrownCluster(1e-9, 4).simulate(system, GRID, ("spin_signals",)).spin_signals
    truth = reference("exact").simulate(system, GRID, ("spin_signals",)).spin_signals
    assert found is not None
    assert truth is not None
    assert relative(found[3], truth[3]) < 1e-3


@pytest.mark.parametrize(("options", "word"), [({"largest": 3}, "largest"), ({"tolerance": 2}, "tolerance")])
def test_senseless_options_are_refused(options, word):
    with pytest.raises(InputError, match=word):
        GrownCluster(**options)
