"""A grid that needs too much memory is refused before anything is allocated; public objects print one line."""

import tracemalloc

import numpy as np
import pytest

from harness import TimeGrid, load_surrogate
from harness.errors import InputError
from harness.surrogates import spin_graph
from harness.surrogates.memory import LARGEST_BYTES
from harness.tasks.spins.surrogates.spin_graph.lines import line_kernel, orders
from harness.tasks.spins.surrogates.spin_graph.memory import predicted_bytes
from harness.tasks.spins.systems import STANDARD_GRID, topology


@pytest.fixture(scope="module")
def model():
    return load_surrogate("spin-graph")


def system(n=8):
    return topology("chain", n, np.random.default_rng(0))


def test_a_whole_fid_is_refused_with_its_bytes_and_the_method_to_use(model):
    tracemalloc.start()
    with pytest.raises(InputError, match=r"32768 points of 0.0001 s, more than .* use the method 'exact' instead"):
        model.predict([system()], TimeGrid(32_768, 1e-4))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6
    with pytest.raises(InputError, match="'cluster'"):
        model.predict([system(18)], TimeGrid(1_000_000, 1e-4))


def test_a_batch_that_is_too_large_is_reported_to_be_smaller(model):
    one = system(3)
    with pytest.raises(InputError, match="fewer than 200000 systems"):
        model.predict([one] * 200_000, STANDARD_GRID)


def test_the_prediction_is_of_the_right_size():
    """The table itself, made in parts: its peak stays below twice what was predicted for both observables."""
    grid, band = TimeGrid(4_000, 1e-4), 2 * np.pi * 300
    tracemalloc.start()
    kernel = line_kernel(grid, band)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    high, low = orders(grid, band)
    assert kernel.size == 8 * grid.points * high * low
    assert peak < kernel.size + 3e8
    assert predicted_bytes([system()], grid) < LARGEST_BYTES


def test_a_table_made_in_parts_is_that_made_at_once(monkeypatch):
    grid, band = TimeGrid(300, 1e-4), 2 * np.pi * 300
    whole = line_kernel(grid, band)
    monkeypatch.setattr("harness.tasks.spins.surrogates.spin_graph.lines.KERNEL_NUMBERS", 2_000)
    parts = line_kernel(grid, band)
    np.testing.assert_allclose(parts.real, whole.real, rtol=0, atol=1e-14)
    np.testing.assert_allclose(parts.imag, whole.imag, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["spin-graph", "fno", "fno-general", "mlp"])
def test_public_objects_print_one_short_line(name):
    model = load_surrogate(name)
    prediction = model.predict([system(4)], STANDARD_GRID, "conformal" if name == "spin-graph" else "none")
    objects = [model, prediction, prediction.in_domain[0]]
    if prediction.bands is not None:
        objects += [prediction.bands[0][0], *spin_graph.load().calibrations, spin_graph.load().untrained()]
    for one in objects:
        assert "\n" not in repr(one)
        assert len(repr(one)) < 200, one
