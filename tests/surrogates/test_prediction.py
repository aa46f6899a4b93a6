"""A prediction is a batch: it has a length, its parts can be taken, and its signals are arrays."""

import subprocess
import sys

import numpy as np
import pytest

from harness import TimeGrid, load_surrogate
from harness.errors import InputError
from harness.surrogates import SURROGATES
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem
from harness.tasks.spins.systems.topologies import TOPOLOGIES, topology

ROUNDING = 1e-9
SIZES = {"fno": (4, 6, 8), "mlp": (4, 6, 8), "fno-general": (2, 4, 7, 9), "spin-graph": (2, 4, 7, 9)}


def systems(count: int, sizes: tuple[int, ...], seed: int = 4) -> list[SpinSystem]:
    """Topologies and stronger couplings than any model saw."""
    rng = np.random.default_rng(seed)
    return [
        topology(TOPOLOGIES[k % len(TOPOLOGIES)], sizes[k % len(sizes)], rng, 10 ** rng.uniform(1, 2.7))
        for k in range(count)
    ]


def test_a_prediction_has_a_length_parts_and_arrays():
    batch = systems(5, (4,))
    found = load_surrogate("spin-graph").predict(batch, STANDARD_GRID)
    assert len(found) == 5
    assert found[1] is found.mean[1]
    assert found[1:3] == found.mean[1:3]
    assert list(found) == list(found.mean)
    for signal in (found.m, found.mx, found.my, found.i1z):
        assert signal.shape == (5, STANDARD_GRID.points)
    np.testing.assert_array_equal(found.m[2], found.mean[2].m)
    np.testing.assert_array_equal(found.i1z[4], found.mean[4].i1z)


def test_what_was_not_requested_is_named():
    found = load_surrogate("spin-graph").predict(systems(2, (4,)), STANDARD_GRID, observables=("m",))
    with pytest.raises(InputError, match=r"prediction.i1z: .* not requested"):
        found.i1z  # noqa: B018


def test_the_first_answer_of_spin_graph_does_not_import_torch():
    """Importing torch takes four times as long as all the rest."""
    code = (
        "import sys; from harness import SpinSystem, TimeGrid, load_surrogate;"
        "found = load_surrogate('spin-graph').predict([SpinSystem([1.0, 9.0], [[0, 7], [7, 0]])], TimeGrid(300, 1e-4),"
        " 'conformal'); assert found.in_domain[0] and len(found.m); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("name", SURROGATES)
def test_no_packaged_surrogate_leaves_the_unit_disc(name):
    """Crowded offsets and long times, where answers are worst; before the projection they do leave it."""
    model = load_surrogate(name)
    grid = TimeGrid(251, 4e-4) if name == "spin-graph" else STANDARD_GRID
    found = model.predict(systems(120, SIZES[name]), grid)
    assert np.abs(found.m).max() <= 1 + ROUNDING
    if name == "spin-graph":
        assert any("magnitude" in check.exceeded for check in found.in_domain)
