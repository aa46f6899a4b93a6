"""Which of two programs carries the difference of 1.1e-8 in a thermal polarisation: a third evaluation decides.

The longitudinal signals are computed here from matrices of the Hilbert space in 80-bit arithmetic (rounding 1e-19), by
Taylor series and without code of the package beyond the list of product states. They agree with the dense reference to
1e-12 of the polarisation. Spinach is 1.1e-8 off, which is 5e-13 of the state: its propagator drops elements below
``prop_chop`` = 2.2e-16 (the unit state feeds orders of two spins with 1e-15 and less per step); with 1e-22 it agrees.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, reduce
from itertools import combinations, product

import numpy as np
import pytest

from harness.tasks.spins.references import reference, simulate
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.plan import relaxing
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import SpinSystem, TimeGrid

WORST = "t1_t2 5 spins draw 8"
LONG, COMPLEX = np.longdouble, np.clongdouble
PI = LONG("3.14159265358979323846264338327950288")
HBAR, BOLTZMANN = LONG("6.62607015e-34") / (2 * PI), LONG("1.380649e-23")
POINTS = 40
"""Samples: 0.16 s, by which the difference has grown to 1e-9."""

pytestmark = pytest.mark.skipif(bool(np.finfo(LONG).eps > 1e-18), reason="this machine has no 80-bit arithmetic")


def entry(case: str) -> Entry:
    found = SpinachCache.open([], packaged=True).find(next(i.request for i in relaxing() if i.case == case))
    assert found is not None
    return found


def operator(spins: int, k: int, axis: str) -> np.ndarray:
    half = LONG(0.5)
    single = {"x": [[0, half], [half, 0]], "y": [[0, -half], [half, 0]], "z": [[half, 0], [0, -half]]}[axis]
    return reduce(np.kron, [np.array(single, LONG) if n == k else np.eye(2, dtype=LONG) for n in range(spins)])


def polarisation(system: SpinSystem, grid: TimeGrid) -> np.ndarray:
    """(T,) I_1z of a system with ``t1_t2`` towards thermal equilibrium, in units of its start."""
    it, n = system.relaxation, len(system)
    assert it is not None
    assert it.r1_per_s is not None
    assert it.r2_per_s is not None
    assert it.temperature_k is not None
    gamma = LONG(it.gamma("1H"))
    z = [operator(n, k, "z") for k in range(n)]
    # In the frame of the laboratory offsets of protons have the other sign. I_y is i times a real matrix.
    rotating = sum(-2 * PI * LONG(system.offsets_hz[k]) * z[k] for k in range(n))
    for i, j in combinations(range(n), 2):
        scalar = z[i] @ z[j] + operator(n, i, "x") @ operator(n, j, "x") - operator(n, i, "y") @ operator(n, j, "y")
        rotating = rotating + 2 * PI * LONG(system.couplings_hz[i, j]) * scalar
    whole = rotating - gamma * LONG(it.field_t) * sum(z)
    beta = HBAR / (BOLTZMANN * LONG(it.temperature_k))
    states, numbers = order_zero(n)
    flat = states.reshape(len(states), -1)
    rates = (numbers == 2) @ it.r1_per_s.astype(LONG) + ((numbers == 1) | (numbers == 3)) @ it.r2_per_s.astype(LONG)
    warmed = flat @ (series(beta * whole) @ states).reshape(len(states), -1).T
    turned = flat @ (rotating @ states - states @ rotating).reshape(len(states), -1).T
    generator = -1j * turned.astype(COMPLEX) - rates[:, None] * warmed
    tagged = np.zeros(n, int)
    tagged[system.tagged_spin] = 2
    coil, unit = (numbers == tagged).all(axis=1), ~numbers.any(axis=1)
    share = np.tanh(beta * -gamma * LONG(it.field_t) / 2)
    state = coil * share + unit.astype(COMPLEX)
    signal = [state[coil][0].real / share]
    pieces = int(np.ceil(float(np.abs(generator).sum(axis=1).max()) * grid.dt_s))
    small = generator * LONG(grid.dt_s) / pieces
    for _ in range(grid.points - 1):
        for _ in range(pieces):
            state = applied(small, state)
        signal.append(state[coil][0].real / share)
    return np.array(signal)


def order_zero(spins: int) -> tuple[np.ndarray, np.ndarray]:
    """(D, 2^N, 2^N) products of 1/√2, I_+, √2 I_z, I_- with as many I_+ as I_-, and (D, N) their numbers."""
    root = np.sqrt(LONG(2))
    single = [np.array(m, LONG) for m in ([[1 / root, 0], [0, 1 / root]], [[0, 1], [0, 0]],
                                          [[1 / root, 0], [0, -1 / root]], [[0, 0], [1, 0]])]  # fmt: skip
    numbers = np.array([row for row in product(range(4), repeat=spins) if row.count(1) == row.count(3)])
    return np.array([reduce(np.kron, [single[a] for a in row]) for row in numbers]), numbers


def series(matrix: np.ndarray) -> np.ndarray:
    total = term = np.eye(len(matrix), dtype=LONG)
    for n in range(1, 12):  # the norm is below 1e-3
        term = term @ matrix / n
        total = total + term
    return total


def applied(small: np.ndarray, state: np.ndarray) -> np.ndarray:
    total = term = state
    for n in range(1, 30):  # the norm is at most 1
        term = small @ term / n
        total = total + term
    return total


@cache
def third_answer(case: str) -> np.ndarray:
    there = entry(case)
    return polarisation(there.system_used, there.grid.prefix(POINTS))


@pytest.mark.parametrize("case", ["t1_t2 3 spins draw 4", WORST])
def test_the_dense_reference_is_right_to_1e_11_of_the_polarisation(case: str) -> None:
    there = entry(case)
    grid = there.grid.prefix(POINTS)
    ours = simulate(there.system_used, grid, "liouville-dense").i1z
    assert ours is not None
    assert np.abs(ours - third_answer(case)).max() < 1e-11


def test_spinach_carries_the_difference() -> None:
    predicted = entry(WORST).trajectory().i1z
    assert predicted is not None
    assert np.abs(predicted[:POINTS] - third_answer(WORST)).max() > 1e-9


@pytest.mark.spinach
def test_spinach_agrees_where_its_propagator_keeps_small_elements() -> None:
    there = entry(WORST)
    options: SpinachOptions = replace(there.request.options, prop_chop=1e-22)
    predicted = reference("spinach", live=True, options=options).simulate(there.system, there.grid)
    ours = simulate(there.system_used, there.grid, "liouville-dense").i1z
    assert predicted.i1z is not None
    assert ours is not None
    assert Request.of(there.system, there.grid, options=options).family != there.request.family
    assert np.abs(predicted.i1z - ours).max() < 1e-11
