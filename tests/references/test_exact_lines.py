"""Composite spins, line lists and long signals against the product basis, closed formulas and direct sums."""

from __future__ import annotations

import tracemalloc
from itertools import combinations
from math import sqrt, tau

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.spins.references import exact_lines, reference
from harness.tasks.spins.references.composite import composites, largest_block
from harness.tasks.spins.references.exact import FEW_POINTS, SMALL, Exact, memory_bytes
from harness.tasks.spins.references.line_list import LineList, from_lines
from harness.tasks.spins.references.stacked import stacked_exact
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.equivalence import equivalent_groups, multiplicity

GRID = TimeGrid(FEW_POINTS + 400, 1e-3)
NAMES = ("m", "i1z", "spin_signals")


def grouped(sizes, isotopes, seed, tagged=0) -> SpinSystem:
    """Groups of these sizes; couplings differ between groups, and inside groups from pair to pair."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(len(sizes)), sizes)
    between = rng.normal(0, 8, (len(sizes),) * 2)
    couplings = (between + between.T)[np.ix_(of, of)]
    inside = rng.normal(-12, 3, couplings.shape)
    couplings = np.where(of[:, None] == of, inside + inside.T, couplings)
    np.fill_diagonal(couplings, 0)
    order = rng.permutation(len(of))
    system = SpinSystem(
        rng.uniform(-150, 150, len(sizes))[of], couplings, isotopes=[isotopes[g] for g in of], observed="1H"
    )
    return system.relabelled(tuple(int(k) for k in order)).with_(tagged_spin=tagged)


def product_basis(system: SpinSystem, grid: TimeGrid) -> dict[str, np.ndarray]:
    """The same from the product basis and the double sum over the grid."""
    rows = [(0, k) for k in system.observed_spins]
    signals, polarisations = stacked_exact([system], grid, rows, [(0, system.tagged_spin)])
    return {"m": signals.mean(axis=0), "i1z": polarisations[0], "spin_signals": signals}


def test_h_is_linear_in_offsets_and_couplings():
    """What H gains with each offset and each coupling, as fits need it, adds up to H."""
    system = grouped((3, 2, 1), ("1H", "13C", "1H"), 5)
    groups = equivalent_groups(system)
    offsets, couplings = system.offsets_hz, system.couplings_hz
    for composite in composites(system, groups):
        for block in range(len(composite.states)):
            total = np.diag(sum(tau * offsets[one[0]] * composite.projection(g, block) for g, one in enumerate(groups)))
            for (g, one), (h, other) in combinations(enumerate(groups), 2):
                total = total + couplings[one[0], other[0]] * composite.coupling_operators(g, h)[block]
            np.testing.assert_allclose(composite.hamiltonian(block), total, atol=1e-11)


@pytest.mark.parametrize(
    ("sizes", "isotopes"),
    [
        ((3, 1, 2), ("1H", "1H", "1H")),
        ((3, 3, 1), ("1H", "1H", "1H")),
        ((2, 3, 1, 1), ("1H", "1H", "13C", "1H")),
        ((2, 2, 2), ("19F", "1H", "1H")),
        ((6, 1), ("1H", "1H")),
        ((1, 1, 1, 1), ("1H", "1H", "1H", "1H")),
    ],
)
@pytest.mark.parametrize("tagged", [0, 3])
def test_composite_spins_give_what_the_product_basis_gives(sizes, isotopes, tagged):
    system = grouped(sizes, isotopes, 7, tagged)
    assert sorted(map(len, equivalent_groups(system))) == sorted(sizes)
    expected = product_basis(system, GRID)
    for names in (NAMES, ("m",), ("i1z",)):
        found = exact_lines.signals(system, GRID, names)
        for name in names:
            assert np.max(np.abs(found[name] - expected[name])) < 2e-11, name


def test_the_couplings_inside_a_group_matter_to_its_own_polarisation_alone():
    """The tagged spin of a group is solved in the product basis: its I_z oscillates with the geminal coupling."""
    system = grouped((3, 1), ("1H", "1H"), 3, tagged=0)
    group = next(g for g in equivalent_groups(system) if 0 in g)
    assert len(group) == 3
    changed = np.array(system.couplings_hz)
    changed[np.ix_(group, group)] *= 1.5
    other = system.with_(couplings_hz=changed)
    one, two = (exact_lines.signals(s, GRID, ("m", "i1z")) for s in (system, other))
    assert np.max(np.abs(one["m"] - two["m"])) < 1e-11
    assert np.max(np.abs(one["i1z"] - two["i1z"])) > 0.1


def test_chemical_equivalence_is_no_magnetic_equivalence():
    """AA'XX': one offset each, but two couplings between the pairs; and values that differ in the last digits."""
    couplings = np.zeros((4, 4))
    for i, j, value in ((0, 1, 12.0), (2, 3, -9.0), (0, 2, 7.0), (1, 3, 7.0), (0, 3, 2.0), (1, 2, 2.0)):
        couplings[i, j] = couplings[j, i] = value
    system = SpinSystem([50, 50, -50, -50], couplings)
    assert equivalent_groups(system) == ((0,), (1,), (2,), (3,))
    couplings[0, 3] = couplings[3, 0] = couplings[1, 2] = couplings[2, 1] = 7.0
    assert equivalent_groups(SpinSystem([50, 50, -50, -50], couplings)) == ((0, 1), (2, 3))
    assert len(equivalent_groups(SpinSystem([50, 50 + 1e-12, -50, -50], couplings))) == 3
    assert equivalent_groups(SpinSystem([1, 1, 1], np.zeros((3, 3))), single=(1,)) == ((0, 2), (1,))


@pytest.mark.parametrize("spins", range(1, 9))
def test_multiplicities_count_all_states(spins):
    totals = [spins / 2 - k for k in range(spins // 2 + 1)]
    assert sum(multiplicity(spins, s) * round(2 * s + 1) for s in totals) == 2**spins


def test_blocks_are_as_large_as_stated():
    system = grouped((3, 2, 1, 2), ("1H", "1H", "13C", "1H"), 1)
    groups = equivalent_groups(system)
    sizes = [len(states) for composite in composites(system, groups) for states in composite.states]
    assert max(sizes) == largest_block(system, groups)


def test_the_lines_of_an_ab_quartet():
    """J. A. Pople, W. G. Schneider, H. J. Bernstein (1959): (±J ± C)/2 about the centre, intensities 1 ± J/C over 4."""
    delta, j = 10.0, 7.0
    c = sqrt(delta**2 + j**2)
    found = exact_lines.line_list(SpinSystem([delta / 2, -delta / 2], [[0, j], [j, 0]]))
    expected = sorted(((s * c + t * j) / 2, (1 - s * t * j / c) / 4) for s in (-1, 1) for t in (-1, 1))
    assert found.frequencies_hz == pytest.approx([f for f, _ in expected], abs=1e-12)
    assert found.intensities == pytest.approx([i for _, i in expected], abs=1e-12)
    assert "4 lines" in repr(found)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-12])
def test_what_is_dropped_bounds_the_error(tolerance):
    rng = np.random.default_rng(5)
    couplings = np.triu(rng.uniform(-12, 15, (7, 7)), 1)
    system = SpinSystem(rng.uniform(-60, 60, 7), couplings + couplings.T)
    grid = TimeGrid(300, 1e-3)
    found = exact_lines.line_list(system, tolerance)
    assert found.dropped <= tolerance
    assert found.intensities.min() >= 0
    assert found.intensities.sum() + found.dropped == pytest.approx(1, abs=1e-12)
    truth = reference("exact").simulate(system, grid).m
    assert np.max(np.abs(found.signal(grid) - truth)) <= found.dropped + 1e-11
    if tolerance == 1e-3:
        assert found.dropped > 1e-7, "with nothing dropped the bound would show nothing"


@pytest.mark.parametrize("tolerance", [1e-1, 1e-3])
@pytest.mark.parametrize("isotopes", [["1H"] * 7, ["1H", "13C"] * 3 + ["1H"]])
def test_a_line_is_dropped_below_its_share_of_the_tolerance(tolerance, isotopes):
    """There are at most 4^N / 2 lines of a total intensity of 1."""
    rng = np.random.default_rng(6)
    couplings = np.triu(rng.uniform(-12, 15, (7, 7)), 1)
    system = SpinSystem(rng.uniform(-60, 60, 7), couplings + couplings.T, isotopes=isotopes, observed="1H")
    every, found = exact_lines.line_list(system, 0.0), exact_lines.line_list(system, tolerance)
    keep = every.intensities > 2 * tolerance / 4**7
    np.testing.assert_array_equal(found.frequencies_hz, every.frequencies_hz[keep])
    assert 0 < found.dropped == pytest.approx(every.intensities[~keep].sum(), rel=1e-9)


def test_uncoupled_parts_count_by_their_observed_spins():
    system = SpinSystem([30.0, -20.0, 5.0], np.zeros((3, 3)), isotopes=["1H", "1H", "13C"])
    found = exact_lines.line_list(system)
    assert found.merged(1e-6).frequencies_hz == pytest.approx([-20, 30])
    assert found.merged(1e-6).intensities == pytest.approx([0.5, 0.5])


def test_merging_keeps_intensity_and_centre():
    found = LineList(np.array([1.0, 1.0 + 1e-9, 4.0]), np.array([0.25, 0.25, 0.5])).merged(1e-6)
    assert found.frequencies_hz == pytest.approx([1.0, 4.0])
    assert found.intensities == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("points", [1, 2, 301, 4096])
def test_the_transform_is_the_direct_sum(points):
    """Also of frequencies beyond 1/(2 dt), which the samples of a direct sum show aliased."""
    rng = np.random.default_rng(points)
    grid = TimeGrid(points, 2e-3)
    omega, weights = rng.uniform(-9e3, 9e3, 500), rng.uniform(0, 1, (3, 500)) / 500
    direct = weights @ np.exp(1j * omega[:, None] * grid.times_s)
    assert np.max(np.abs(from_lines(omega, weights, grid) - direct)) < 3e-11


def test_exact_is_the_same_on_both_sides_of_its_border():
    rng = np.random.default_rng(11)
    couplings = np.triu(rng.uniform(-12, 15, (6, 6)), 1)
    system = SpinSystem(rng.uniform(-60, 60, 6), couplings + couplings.T, tagged_spin=2)
    few, many = TimeGrid(FEW_POINTS, 1e-3), TimeGrid(FEW_POINTS + 1, 1e-3)
    one, two = (Exact().simulate(system, grid, NAMES) for grid in (few, many))
    for name in ("mx", "my", "i1z"):
        assert np.max(np.abs(getattr(one, name) - getattr(two, name)[:-1])) < 2e-11
    assert np.max(np.abs(one.spin_signals - two.spin_signals[:, :-1])) < 2e-11


@pytest.mark.parametrize(
    ("spins", "points", "lines"),
    [(3, FEW_POINTS, 0), (3, FEW_POINTS + 1, 1), (SMALL, 5, 0), (SMALL + 1, 5, 1)],
)
def test_short_signals_of_small_parts_go_by_the_double_sum(spins, points, lines, monkeypatch):
    """Both ways give the same numbers: only the time would show that the wrong one was taken."""
    taken = []
    real = exact_lines.signals
    monkeypatch.setattr(exact_lines, "signals", lambda *words: taken.append(words) or real(*words))
    couplings = np.diag(np.full(spins - 1, 7.0), 1)
    system = SpinSystem(np.linspace(-90, 110, spins) ** 2 / 90, couplings + couplings.T)
    Exact().simulate(system, TimeGrid(points, 1e-3), ("m",))
    assert len(taken) == lines


def test_a_part_of_many_spins_in_groups_fits_where_the_product_basis_does_not():
    system = grouped((3, 3, 3, 3, 3, 3), ("1H",) * 6, 2)
    assert len(system) > SMALL
    assert memory_bytes(system, GRID, ("m",)) < 4e9 < memory_bytes(system, GRID, ("spin_polarisations",))


@pytest.mark.parametrize(
    ("isotopes", "points"),
    [(["1H"] * 9, 2000), (["1H"] * 10, 20), (["1H"] * 6, 20000), (["1H", "13C", "15N"] * 4, 20)],
    ids=["both", "eigenvectors", "signals", "states"],
)
@pytest.mark.parametrize("names", [("spin_polarisations",), ("m", "spin_signals", "spin_polarisations")])
def test_the_estimate_of_memory_bounds_what_is_taken_and_is_of_its_size(isotopes, points, names):
    """Eigenvectors decide for many spins, phases and signals for many points, states for many small blocks."""
    rng, spins = np.random.default_rng(1), len(isotopes)
    couplings = np.triu(rng.uniform(1, 9, (spins, spins)), 1)
    system = SpinSystem(rng.uniform(-200, 200, spins), couplings + couplings.T, isotopes=isotopes)
    grid = TimeGrid(points, 1e-4)
    Exact().simulate(system, TimeGrid(2, 1e-4), names)  # what is kept from call to call
    tracemalloc.start()
    Exact().simulate(system, grid, names)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    estimate = memory_bytes(system, grid, names)
    assert taken <= estimate, f"{taken / estimate:.2f} of the estimate"
    assert estimate <= 8 * taken, f"{taken / estimate:.2f} of the estimate"


def test_a_part_that_is_too_large_is_refused_beforehand():
    rng = np.random.default_rng(0)
    couplings = np.triu(rng.uniform(1, 9, (26, 26)), 1)
    with pytest.raises(InputError, match="bytes"):
        Exact().simulate(SpinSystem(rng.uniform(-200, 200, 26), couplings + couplings.T), GRID, ("m",))


ASYMMETRIC = SpinSystem(
    [40.0, -35.0, 12.0, 77.0],
    [[0, 9, 2, 1], [9, 0, 7, 3], [2, 7, 0, 5], [1, 3, 5, 0]],
    isotopes=["1H", "1H", "13C", "1H"],
    tagged_spin=3,
)
SYMMETRIC = grouped((3, 3, 1), ("1H", "1H", "1H"), 7)


@pytest.mark.parametrize("system", [ASYMMETRIC, SYMMETRIC, grouped((2, 3, 1, 1), ("1H", "1H", "13C", "1H"), 7)])
def test_the_signals_of_some_spins_are_those_of_all_in_any_order(system):
    every = exact_lines.signals(system, GRID, NAMES)["spin_signals"]
    observed = list(system.observed_spins)
    for spins in (observed, observed[::-1], [observed[1]], [observed[2], observed[0]]):
        found = exact_lines.spin_signals(system, GRID, spins)
        assert np.max(np.abs(found - every[[observed.index(k) for k in spins]])) < 2e-11


@pytest.mark.parametrize(("system", "in_product_basis"), [(ASYMMETRIC, True), (SYMMETRIC, False)])
def test_composite_spins_are_taken_where_they_make_the_blocks_smaller(system, in_product_basis, monkeypatch):
    """Both ways give the same numbers: only the time would show that the wrong one was taken."""
    taken = []
    real = exact_lines.bookkeeping_of
    monkeypatch.setattr(exact_lines, "bookkeeping_of", lambda *words: taken.append(words) or real(*words))
    exact_lines.signals(system, GRID, ("m",))
    exact_lines.spin_signals(system, GRID, [system.observed_spins[0]])
    assert len(taken) == (2 if in_product_basis else 0)
