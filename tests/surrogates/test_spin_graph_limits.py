"""What spin-graph must get right by construction: exact limits, symmetries, conservation."""

from __future__ import annotations

from math import tau

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, load_surrogate, simulate
from harness.tasks.spins.systems import topology

GRID = TimeGrid(60, 5e-4)
EVERYTHING = ("m", "i1z", "spin_signals", "spin_polarisations")
ROUNDING = 1e-12  # double precision, a few hundred terms of order one
SINGLE = 5e-9  # cosines of the learned remainder, of order 0.01, are right to 7e-8


@pytest.fixture(scope="module")
def model():
    return load_surrogate("spin-graph")


def predict(model, system, grid=GRID, observables=EVERYTHING):
    return model.predict([system], grid, observables=observables).mean[0]


def assert_same(guess, truth, tolerance):
    for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations"):
        np.testing.assert_allclose(getattr(guess, name), getattr(truth, name), rtol=0, atol=tolerance, err_msg=name)


def exactly_known():
    rng = np.random.default_rng(1)
    yield "one spin", SpinSystem([37.0], [[0.0]])
    yield "pair", topology("chain", 2, rng, 40.0)
    yield "three spins", topology("chain", 3, rng, 30.0)
    yield "triangle", topology("ring", 3, rng, 60.0)
    yield "no couplings", SpinSystem(rng.uniform(-200, 200, 6), np.zeros((6, 6)))
    blocks = np.zeros((7, 7))
    for i, j in ((0, 1), (1, 2), (3, 4), (5, 6)):
        blocks[i, j] = blocks[j, i] = rng.uniform(5, 20)
    yield "separate small components", SpinSystem(rng.uniform(-30, 30, 7), blocks)
    mixed = np.zeros((5, 5))
    for i, j, value in ((0, 1, 140.0), (0, 2, -8.0), (1, 3, 30.0), (2, 3, 5.0), (3, 4, -47.0), (1, 4, 9.0)):
        mixed[i, j] = mixed[j, i] = value
    yield (
        "all isotopes different",
        SpinSystem(
            rng.uniform(-50, 50, 5), mixed, isotopes=["1H", "13C", "15N", "19F", "31P"], observed="13C", tagged_spin=1
        ),
    )
    yield "labelled glycine", load_molecule("glycine-13c").at(14.1)


@pytest.mark.parametrize(("name", "system"), list(exactly_known()), ids=lambda x: x if isinstance(x, str) else "")
def test_exact_where_the_answer_is_known(model, name, system):
    assert_same(predict(model, system), simulate(system, GRID, observables=EVERYTHING), ROUNDING)


def test_weak_coupling_becomes_exact_with_the_square_of_j(model):
    rng = np.random.default_rng(2)
    system = topology("chain", 6, rng, 250.0, (1.0, 2.0))
    errors = []
    for factor in (1.0, 0.25):
        weaker = system.with_(couplings_hz=system.couplings_hz * factor)
        errors.append(np.abs(predict(model, weaker).m - simulate(weaker, GRID).m).max())
    assert errors[1] < errors[0] / 16 + ROUNDING


def test_start_and_its_slopes(model):
    """At t = 0 all are 1; M'(0) = i·mean Ω and M''(0) = -mean Ω²: the remainder begins with t³."""
    system = topology("chain", 8, np.random.default_rng(3), 30.0)
    step = 1e-6
    found = predict(model, system, TimeGrid(5, step))
    omega = tau * system.offsets_hz
    assert found.mx[0] == pytest.approx(1.0, abs=ROUNDING)
    assert found.i1z[0] == pytest.approx(1.0, abs=ROUNDING)
    times = TimeGrid(5, step).times_s
    series = 1 + 1j * omega.mean() * times - 0.5 * np.mean(omega**2) * times**2
    np.testing.assert_allclose(found.m, series, rtol=0, atol=np.mean(np.abs(omega) ** 3) * times[-1] ** 3)


@pytest.mark.parametrize("kind", ["chain", "star", "ring"])
def test_shift_of_the_frame(model, kind):
    system = topology(kind, 7, np.random.default_rng(4), 60.0)
    moved = system.with_(offsets_hz=system.offsets_hz + 123.4)
    first, second = predict(model, system), predict(model, moved)
    turn = np.exp(1j * tau * 123.4 * GRID.times_s)
    np.testing.assert_allclose(second.m, first.m * turn, rtol=0, atol=SINGLE)
    np.testing.assert_allclose(second.i1z, first.i1z, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("kind", ["chain", "tree", "ring"])
def test_relabelling(model, kind):
    rng = np.random.default_rng(5)
    system = topology(kind, 7, rng, 60.0)
    order = rng.permutation(7)
    first, second = predict(model, system), predict(model, system.relabelled(order))
    np.testing.assert_allclose(second.m, first.m, rtol=0, atol=SINGLE)
    np.testing.assert_allclose(second.i1z, first.i1z, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(second.spin_signals, first.spin_signals[order], rtol=0, atol=5 * SINGLE)
    np.testing.assert_allclose(second.spin_polarisations, first.spin_polarisations[order], rtol=0, atol=ROUNDING)


def test_the_sign_of_all_couplings_is_invisible(model):
    system = topology("tree", 7, np.random.default_rng(6), 40.0)
    first = predict(model, system)
    second = predict(model, system.with_(couplings_hz=-system.couplings_hz))
    assert_same(second, first, 5 * SINGLE)  # signals of single spins are N times M
    np.testing.assert_allclose(second.i1z, first.i1z, rtol=0, atol=1e-11)


def test_reversing_all_signs_conjugates(model):
    system = topology("ring", 6, np.random.default_rng(7), 40.0)
    mirror = system.with_(offsets_hz=-system.offsets_hz, couplings_hz=-system.couplings_hz)
    first, second = predict(model, system), predict(model, mirror)
    np.testing.assert_allclose(second.m, first.m.conj(), rtol=0, atol=SINGLE)
    np.testing.assert_allclose(second.i1z, first.i1z, rtol=0, atol=1e-11)


def test_couplings_inside_a_methyl_group_are_invisible_in_m(model):
    alanine = load_molecule("alanine", "govindaraju").at(9.4, 2.6)
    couplings = alanine.couplings_hz.copy()
    group = [k for k, label in enumerate(alanine.labels) if label.startswith("HB")]
    assert len(group) == 3
    couplings[np.ix_(group, group)] = -12.5 * (1 - np.eye(3))
    first, second = predict(model, alanine), predict(model, alanine.with_(couplings_hz=couplings))
    np.testing.assert_allclose(second.m, first.m, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("kind", ["chain", "star", "tree"])
@pytest.mark.parametrize("grid", [GRID, TimeGrid(100, 1e-3)], ids=["30 ms", "100 ms"])
def test_polarisation_is_conserved_and_signals_add_up(model, kind, grid):
    system = topology(kind, 7, np.random.default_rng(8), 50.0)
    found = predict(model, system, grid)
    np.testing.assert_allclose(found.spin_polarisations.sum(axis=0), 1.0, rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.spin_polarisations[system.tagged_spin], found.i1z, rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.spin_signals.mean(axis=0), found.m, rtol=0, atol=ROUNDING)
    alone = predict(model, system, grid, ("m", "i1z"))
    np.testing.assert_allclose(alone.m, found.m, rtol=0, atol=SINGLE)
    np.testing.assert_allclose(alone.i1z, found.i1z, rtol=0, atol=1e-11)
