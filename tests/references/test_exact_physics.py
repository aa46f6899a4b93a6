"""What is known exactly about M, I_1z and the spin signals, as properties of the exact method.

Parametrised over further methods where a property is theirs by construction too.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid

GRID = TimeGrid(25, 1.2e-3)
ALL = ("m", "i1z", "spin_signals", "spin_polarisations")
# Blocks of at most 20 states, 30 ms, energies up to 2π·1500 rad/s: rounding stays below 1e-12.
ROUNDING = 1e-11

finite = st.floats(-300, 300, allow_nan=False, width=32)
strength = st.floats(-25, 25, allow_nan=False, width=32)


@st.composite
def systems(draw, largest=5, isotopes=("1H",)) -> SpinSystem:
    n = draw(st.integers(min(2, len(isotopes)), largest))
    matrix = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            if draw(st.booleans()):
                matrix[i, j] = matrix[j, i] = draw(strength)
    offsets = draw(st.lists(finite, min_size=n, max_size=n))
    names = ["1H"] + [draw(st.sampled_from(isotopes)) for _ in range(n - 1)]
    return SpinSystem(offsets, matrix, isotopes=names, tagged_spin=draw(st.integers(0, n - 1)))


mixed = systems(isotopes=("1H", "13C"))
quick = settings(max_examples=25, deadline=None, derandomize=True)


def exact(system, grid=GRID):
    return reference("exact").simulate(system, grid, ALL)


def close(a, b, tolerance=ROUNDING) -> None:
    np.testing.assert_allclose(a, b, atol=tolerance, rtol=0)


def pair(offset_difference_hz: float, coupling_hz: float, grid: TimeGrid) -> tuple[np.ndarray, np.ndarray]:
    """Signal of the spin at 0 Hz in an AB pair, and its i1z, from the closed formula."""
    d, j, t = 2 * np.pi * offset_difference_hz, 2 * np.pi * coupling_hz, grid.times_s
    r = np.hypot(d, j)
    s, c = (j / r, d / r) if r else (0.0, 1.0)
    inner = np.cos(j * t / 2) * np.cos(r * t / 2) + s * np.sin(j * t / 2) * np.sin(r * t / 2)
    inner = inner - 1j * c * np.cos(j * t / 2) * np.sin(r * t / 2)
    return np.exp(0.5j * d * t) * inner, 1 - s**2 * np.sin(r * t / 2) ** 2


@quick
@given(finite)
def test_one_spin_turns_at_its_offset(offset) -> None:
    for method in ("exact", "pair-product", "weak-coupling", "cluster"):
        found = reference(method).simulate(SpinSystem([offset], [[0]]), GRID)
        close(found.m, np.exp(2j * np.pi * offset * GRID.times_s))
        close(found.i1z, 1)


@quick
@given(finite, finite, strength)
def test_a_pair_follows_the_ab_formula(first, second, coupling) -> None:
    system = SpinSystem([first, second], [[0, coupling], [coupling, 0]])
    signal, i1z = pair(system.offsets_hz[1] - system.offsets_hz[0], coupling, GRID)
    for method in ("exact", "pair-product", "cluster"):
        found = reference(method).simulate(system, GRID, ("m", "i1z", "spin_signals"))
        close(found.spin_signals[0], np.exp(2j * np.pi * system.offsets_hz[0] * GRID.times_s) * signal)
        close(found.i1z, i1z)


@quick
@given(mixed)
def test_values_at_zero_and_bounds(system) -> None:
    found = exact(system)
    close(found.m[0], 1)
    close(found.i1z[0], 1)
    close(found.spin_signals[:, 0], 1)
    close(found.spin_signals.mean(axis=0), found.m)
    assert np.all(np.abs(found.m) <= 1 + ROUNDING)
    assert np.all(np.abs(found.i1z) <= 1 + ROUNDING)


@quick
@given(systems())
def test_flipping_the_sign_of_every_coupling_changes_nothing(system) -> None:
    flipped = system.with_(couplings_hz=-system.couplings_hz)
    for method in ("exact", "pair-product", "weak-coupling", "cluster"):
        a, b = (reference(method).simulate(s, GRID, ("m", "i1z", "spin_signals")) for s in (system, flipped))
        close(a.m, b.m)
        close(a.i1z, b.i1z)
        close(a.spin_signals, b.spin_signals)


@quick
@given(mixed)
def test_flipping_all_offsets_and_couplings_conjugates_m(system) -> None:
    mirrored = system.with_(couplings_hz=-system.couplings_hz, offsets_hz=-system.offsets_hz)
    for method in ("exact", "pair-product", "weak-coupling", "cluster"):
        a, b = (reference(method).simulate(s, GRID) for s in (system, mirrored))
        close(a.m, np.conj(b.m))
        close(a.i1z, b.i1z)


@quick
@given(systems(), finite)
def test_shifting_the_frame_turns_m(system, shift) -> None:
    moved = system.with_(offsets_hz=system.offsets_hz + shift)
    turn = np.exp(2j * np.pi * shift * GRID.times_s)
    for method in ("exact", "pair-product", "weak-coupling", "cluster"):
        a, b = (reference(method).simulate(s, GRID) for s in (system, moved))
        # Adding the shift rounds the differences of the offsets.
        close(a.m * turn, b.m, 1e-10)
        close(a.i1z, b.i1z, 1e-10)


@quick
@given(mixed, st.randoms(use_true_random=False))
def test_relabelling_permutes_the_spin_signals(system, random) -> None:
    order = list(range(len(system)))
    random.shuffle(order)
    shuffled = system.relabelled(order).with_(observed=system.observed)
    rows = [system.observed_spins.index(order[k]) for k in shuffled.observed_spins]
    a, b = exact(system), exact(shuffled)
    close(a.m, b.m)
    close(a.i1z, b.i1z)
    close(a.spin_signals[rows], b.spin_signals)
    close(a.spin_polarisations[order], b.spin_polarisations)


@quick
@given(systems(), strength)
def test_equal_offsets_hide_every_coupling(system, offset) -> None:
    level = system.with_(offsets_hz=np.full(len(system), offset))
    for method in ("exact", "pair-product", "weak-coupling", "cluster"):
        close(reference(method).simulate(level, GRID, "m").m, np.exp(2j * np.pi * offset * GRID.times_s))


def derivatives(method: str, system: SpinSystem) -> tuple[complex, complex]:
    """M'(0) and M''(0) from a polynomial through M at Chebyshev-like close times (T odd and even parts are exact)."""
    step = 2e-6
    m = reference(method).simulate(system, TimeGrid(9, step), "m").m
    series = np.polynomial.polynomial.polyfit(np.arange(9) / 8, m, 8)
    return series[1] / (8 * step), 2 * series[2] / (8 * step) ** 2


@quick
@given(systems())
def test_sum_rules_of_one_isotope(system) -> None:
    omega = 2 * np.pi * system.offsets_hz
    first, second = derivatives("exact", system)
    # The ninth-degree remainder and rounding/(8·2e-6 s)² bound the numerical derivative.
    assert abs(first - 1j * omega.mean()) < 1e-4
    assert abs(second + np.mean(omega**2)) < 1


@quick
@given(systems(largest=4, isotopes=("1H", "13C")))
def test_sum_rules_gain_the_heteronuclear_couplings(system) -> None:
    omega = 2 * np.pi * system.offsets_hz
    observed = list(system.observed_spins)
    other = ~system.same_isotope[observed]
    extra = np.sum(other * (np.pi * system.couplings_hz[observed]) ** 2, axis=1)
    first, second = derivatives("exact", system)
    assert abs(first - 1j * omega[observed].mean()) < 1e-4
    assert abs(second + np.mean(omega[observed] ** 2 + extra)) < 1


@quick
@given(st.lists(finite, min_size=2, max_size=4), strength, strength)
def test_different_isotopes_couple_as_the_product_of_cosines(offsets, one, two) -> None:
    n = len(offsets)
    matrix = np.zeros((n, n))
    values = [one, two, one + two][: n - 1]
    matrix[0, 1:] = matrix[1:, 0] = values
    system = SpinSystem(offsets, matrix, isotopes=["1H", "13C", "15N", "31P"][:n])
    splitting = np.prod([np.cos(np.pi * j * GRID.times_s) for j in values], axis=0)
    expected = np.exp(2j * np.pi * system.offsets_hz[0] * GRID.times_s) * splitting
    for method in ("exact", "pair-product", "weak-coupling", "cluster"):
        found = reference(method).simulate(system, GRID)
        close(found.m, expected)
        close(found.i1z, 1)


@quick
@given(st.floats(1, 25), st.floats(-25, 25, allow_nan=False), finite)
def test_coupling_inside_an_equivalent_group(outer, inner, offset) -> None:
    """CH2-CH: the coupling inside CH2 is invisible in M and in the sum over the group, visible in i1z of a member."""
    with_inner = np.array([[0, inner, outer], [inner, 0, outer], [outer, outer, 0.0]])
    without = with_inner.copy()
    without[0, 1] = without[1, 0] = 0
    offsets = [50.0, 50.0, offset]
    a, b = exact(SpinSystem(offsets, with_inner, tagged_spin=2)), exact(SpinSystem(offsets, without, tagged_spin=2))
    close(a.m, b.m)
    close(a.spin_signals[:2].sum(axis=0), b.spin_signals[:2].sum(axis=0))
    close(a.spin_signals[2], b.spin_signals[2])
    close(a.i1z, b.i1z)


def test_coupling_inside_a_group_shows_in_i1z_of_a_member() -> None:
    lone = exact(SpinSystem([50.0, 50.0], [[0, 0], [0, 0]]))
    geminal = exact(SpinSystem([50.0, 50.0], [[0, -12.4], [-12.4, 0]]))
    close(lone.m, geminal.m)
    assert np.max(np.abs(lone.i1z - geminal.i1z)) > 0.5


@quick
@given(mixed)
def test_longitudinal_polarisation_of_each_isotope_is_conserved(system) -> None:
    found = exact(system)
    home = system.isotopes[system.tagged_spin]
    for isotope in set(system.isotopes):
        members = [k for k, name in enumerate(system.isotopes) if name == isotope]
        close(found.spin_polarisations[members].sum(axis=0), 1.0 if isotope == home else 0.0)


def test_flipping_one_bond_is_barely_visible() -> None:
    """One sign in a chain changes M by 1e-6 … 3e-4 only: signs are not to be judged from M."""
    from harness.tasks.spins.systems import topology

    rng = np.random.default_rng(4)
    for _ in range(5):
        system = topology("chain", 6, rng)
        couplings = system.couplings_hz.copy()
        couplings[2, 3] = couplings[3, 2] = -couplings[2, 3]
        a = reference("exact").simulate(system, STANDARD_GRID, "m").m
        b = reference("exact").simulate(system.with_(couplings_hz=couplings), STANDARD_GRID, "m").m
        assert 0 < np.sqrt(np.mean(np.abs(a - b) ** 2) / 2) < 5e-4


@pytest.mark.parametrize("n", [2, 5])
def test_disconnected_copies_are_the_mean_of_their_parts(n) -> None:
    rng = np.random.default_rng(n)
    one = SpinSystem(rng.uniform(-100, 100, n), np.zeros((n, n)))
    ring = np.zeros((n, n))
    for k in range(n - 1):
        ring[k, k + 1] = ring[k + 1, k] = 9.0
    two = SpinSystem(rng.uniform(-100, 100, n), ring)
    zero = np.zeros((n, n))
    both = SpinSystem(
        np.concatenate([one.offsets_hz, two.offsets_hz]), np.block([[zero, zero], [zero, ring]]), tagged_spin=n
    )
    found = exact(both)
    close(found.m, (exact(one).m + exact(two).m) / 2)
    close(found.i1z, exact(two).i1z)
