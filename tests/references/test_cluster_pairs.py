"""Clusters of one spin: what is left are the pair factors, which of two coupled spins are the whole truth."""

from __future__ import annotations

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.cluster import Cluster

GRID = TimeGrid(400, 1e-4)


@pytest.mark.parametrize("offsets_hz", [(10.0, -5.0), (-5.0, 10.0), (200.0, -30.0)])
def test_two_strongly_coupled_spins_by_pair_factors_alone(offsets_hz: tuple[float, float]) -> None:
    """The factor is complex where the coupling is strong: its conjugate would mirror the multiplet about its offset."""
    system = SpinSystem(list(offsets_hz), [[0.0, 12.0], [12.0, 0.0]])
    parts = ("m", "i1z", "spin_signals")
    ours, truth = Cluster(1).simulate(system, GRID, parts), reference("exact").simulate(system, GRID, parts)
    assert ours.spin_signals is not None
    np.testing.assert_allclose(ours.spin_signals, truth.spin_signals, atol=1e-12)
    np.testing.assert_allclose(ours.m, truth.m, atol=1e-12)
    np.testing.assert_allclose(ours.i1z, truth.i1z, atol=1e-12)
    turned = ours.spin_signals[0] * np.exp(-2j * np.pi * offsets_hz[0] * GRID.times_s)
    assert np.abs(turned.imag).max() > 1e-3, "or a conjugate could not be told"
