"""Coupling graphs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.tasks.spins.systems import chain, random_tree, ring, star, topology
from harness.tasks.spins.systems.topologies import TOPOLOGIES, edges_of


def degrees(system: object) -> list[int]:
    return sorted((system.couplings_hz != 0).sum(axis=0).tolist())  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TOPOLOGIES), st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_drawn_systems(kind: str, n: int, seed: int) -> None:
    system = topology(kind, n, np.random.default_rng(seed), offset_range_hz=250.0, coupling_range_hz=(5.0, 20.0))
    values = system.couplings_hz[np.triu(system.couplings_hz) != 0]
    assert len(system) == n
    assert len(system.components()) == 1
    assert len(values) == (n if kind == "ring" and n > 2 else n - 1)
    assert np.all(np.abs(system.offsets_hz) <= 250)
    assert np.all((values >= 5) & (values <= 20))
    assert system == topology(kind, n, np.random.default_rng(seed))
    assert system.name == f"{kind}-{n}"


def test_shapes() -> None:
    assert degrees(chain([1, 2, 3, 4], 7.0)) == [1, 1, 2, 2]
    assert degrees(ring([1, 2, 3, 4], 7.0)) == [2, 2, 2, 2]
    assert degrees(star([1, 2, 3, 4], 7.0)) == [1, 1, 1, 3]
    assert sum(degrees(random_tree(6, np.random.default_rng(1)))) == 10
    assert ring([1, 2], 7.0) == chain([1, 2], 7.0)


def test_couplings_in_the_order_of_the_edges() -> None:
    closed = ring([1, 2, 3], [5.0, 6.0, 7.0]).couplings_hz
    assert (closed[0, 1], closed[1, 2], closed[2, 0]) == (5, 6, 7)
    with pytest.raises(ValueError, match="broadcast"):
        chain([1, 2, 3], [5.0, 6.0, 7.0])


def test_uniform_coupling() -> None:
    system = topology("chain", 6, np.random.default_rng(0), uniform_coupling=True)
    assert len(np.unique(system.couplings_hz)) == 2


def test_refusals() -> None:
    with pytest.raises(InputError, match=r"'moebius' is unknown \(known: chain, ring, star, tree\)"):
        edges_of("moebius", 4)
    with pytest.raises(InputError, match="random: give it a numpy Generator"):
        edges_of("tree", 4)
