"""Errors, draws, cost points, regimes, topologies and calibration."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from harness.suites.cost.measure import (
    CostPoint,
    dominators,
    dominators_interval,
    extrapolated,
    front,
    speed_ups,
)
from harness.suites.errors import CaseError, mean_of, worst_of
from harness.suites.intervals import relative_increase
from harness.suites.ood.measure import Result, awareness, rows_of
from harness.suites.uncertainty.measure import band_coverage, calibration, uq_result
from harness.tasks.spins.metrics import OF_POPULATIONS, case_errors
from harness.tasks.spins.suites.populations import Regime, chains, shifted_regimes, topologies
from harness.tasks.spins.suites.topology.measure import (
    difference,
    excess_rows,
    inner_increase,
    string_law,
    topology_rows,
)
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.systems import LONG_GRID, Provenance, TimeGrid, Trajectory, topology


def point(method: str, seconds: float, rmse: float, spins: int = 8, batch: int = 1) -> CostPoint:
    return CostPoint(method, spins, batch, seconds, 0.0, 5, rmse, rmse, {"rmse_i1z": rmse}, 3)


def case(rmse: float, spins: int = 6) -> CaseError:
    return CaseError("case", spins, {"rmse_m": rmse, "rmse_i1z": rmse})


def test_errors_of_missing_and_infinite_answers():
    grid = TimeGrid(3, 1e-4)
    system = chains(2).draw(1, 0)[0]
    truth = Trajectory.of(grid, Provenance("t"), np.ones(3, complex), np.ones(3))
    off = Trajectory.of(grid, Provenance("s"), np.array([1, 1, 1 + 0.3j]), None)
    broken = Trajectory.of(grid, Provenance("s"), np.array([1, np.nan, 1]), np.ones(3))
    rows = case_errors([system] * 3, [off, broken, None], [truth] * 3)
    assert rows[0]["rmse_m"] == pytest.approx(math.sqrt(0.09 / 3 / 2))
    assert math.isnan(rows[0]["rmse_i1z"])
    assert rows[1]["rmse_m"] == math.inf
    assert rows[2]["rmse_m"] == math.inf
    assert mean_of(rows[:1], "rmse_i1z") != mean_of(rows[:1], "rmse_i1z")
    assert worst_of(rows, "rmse_m")["rmse_m"] == math.inf


def test_draws_share_offsets_across_topologies_and_do_not_depend_on_the_count():
    kinds = topologies(5)
    drawn = [regime.draw(3, 7) for regime in kinds]
    for systems in drawn[1:]:
        assert all(np.array_equal(a.offsets_hz, b.offsets_hz) for a, b in zip(drawn[0], systems, strict=True))
    assert kinds[0].draw(9, 7)[:3] == drawn[0]
    assert kinds[0].draw(3, 8) != drawn[0]


def test_regimes_leave_the_ranges_they_say():
    found = {regime.name: regime.draw(20, 1) for regime in shifted_regimes(4, 6, LONG_GRID)}
    weak = [s.couplings_hz[s.couplings_hz > 0] for s in found["J 1-5 Hz"]]
    assert max(w.max() for w in weak) <= 5
    far = np.abs([s.offsets_hz for s in found["offsets 250-500 Hz"]])
    assert far.min() >= 250
    assert far.max() <= 500
    assert {len(s) for s in found["N = 6"]} == {6}


def test_a_regime_lies_within_a_domain_only_if_all_of_its_ranges_do():
    domain = Domain(300.0, (0.0, 20.0), (2, 8), 4, 0.03)
    assert chains(6).within(domain)
    assert not chains(9).within(domain)
    assert not Regime("J", 6, couplings_hz=(20.0, 35.0)).within(domain)
    assert not Regime("t", 6, grid=LONG_GRID).within(domain)


def test_a_speed_up_names_its_opponent_and_both_errors():
    points = [point("ours", 1e-3, 1e-4), point("slow", 2.0, 1e-9), point("slow", 9.0, 1e-9, spins=10)]
    (ratio,) = speed_ups(points, "ours")
    assert ratio.factor == pytest.approx(2000)
    assert str(ratio) == "2e+03 × against slow (error 1.0e-09) at an error of 1.0e-04, N = 8"


def test_an_extrapolated_cost_is_marked_and_has_no_error():
    far = extrapolated([point("dense", 0.1, 0.0, spins=4), point("dense", 1.0, 0.0, spins=6)], 8, 8.0)
    assert far.seconds == pytest.approx(64.0)
    assert far.extrapolated
    assert math.isnan(far.error)
    assert "N = 6" in far.note


def test_front_and_dominators():
    fast, good, bad = point("fast", 1e-4, 1e-2), point("good", 1e-2, 1e-6), point("bad", 1e-1, 1e-3)
    assert [p.method for p in front([bad, good, fast])] == ["fast", "good"]
    assert [p.method for p in dominators([fast, good, bad], bad)] == ["good"]
    assert dominators([fast, good, bad], fast) == []


def test_how_many_methods_dominate_is_known_as_far_as_the_times_are():
    """A method 5 % faster whose times scatter by 20 % may or may not dominate; one that is ten times faster does."""
    mine = replace(point("ours", 1e-3, 1e-4), spread_s=1e-4)
    close = replace(point("close", 0.95e-3, 1e-6), spread_s=2e-4)
    sure = point("sure", 1e-4, 1e-6)
    known = dominators_interval([mine, close, sure], mine)
    assert (known.low, known.high) == (1, 2)
    assert len(dominators([mine, close, sure], mine)) == 2
    assert dominators_interval([mine, sure], mine).low == 1


def test_errors_that_are_not_finite_leave_no_increase_and_no_interval():
    rng = np.random.default_rng(0)
    assert relative_increase([1.0, math.inf], [1.0, 1.0], rng) == (math.inf, None)
    assert relative_increase([1.0, 1.0], [0.0, 0.0], rng) == (math.inf, None)
    assert difference([1.0, math.inf], [1.0, math.inf], rng) == (math.inf, None)
    value, interval = difference([2.0, 3.0, 4.0], [1.0, 2.0, 3.0], rng)
    assert interval is not None
    assert (value, interval.low, interval.high) == pytest.approx((1.0, 1.0, 1.0))


def test_topology_increase_is_paired_and_says_what_the_graph_costs_anyone():
    chain, ring = [case(1e-3), case(3e-3)], [case(1.1e-3), case(3.3e-3)]
    rows = topology_rows("s", "chain", {"chain": chain, "ring": ring}, {"chain": chain, "ring": chain},
                         np.random.default_rng(0))  # fmt: skip
    assert rows[1].increase == pytest.approx(0.1)
    assert rows[1].interval is not None
    assert rows[1].interval.low == pytest.approx(0.1)
    assert rows[1].typical_increase == pytest.approx(0.1)
    assert rows[1].difficulty == 0.0


def test_a_ring_is_laid_next_to_the_inner_spins_of_a_chain():
    """Ends that are easy must not make the ring look hard, and an error that really grows must show."""
    chain = np.tile([1.0, 2.0, 3.0, 3.0, 2.0, 1.0], (4, 1))
    rng = np.random.default_rng(0)
    increase, interval = inner_increase(chain, np.full((4, 6), 3.0), rng)
    assert interval is not None
    assert (increase, interval.low, interval.high) == pytest.approx((0.0, 0.0, 0.0))
    assert inner_increase(chain, np.full((4, 6), 3.6), rng)[0] == pytest.approx(0.2)


@pytest.mark.parametrize("length", [2, 4, 6])
@pytest.mark.parametrize("spins", [7, 12])
def test_the_law_of_strings_counts_connected_sets(spins: int, length: int):
    """Counted anew on the graphs: connected sets of a length in a ring over those in a chain, and the root of it."""
    count = {}
    for kind in ("chain", "ring"):
        couplings = topology(kind, spins, np.random.default_rng(0)).couplings_hz
        count[kind] = sum(
            connected_components(couplings[np.ix_(one, one)])[0] == 1 for one in combinations(range(spins), length)
        )
    low, high = string_law(spins, length)
    assert high == pytest.approx(count["ring"] / count["chain"] - 1)
    assert (1 + low) ** 2 == pytest.approx(1 + high)
    assert string_law(length - 1, length) == (math.inf, math.inf)


def test_what_training_costs_is_paired_and_leaves_out_what_the_graph_costs():
    """Rings ten times as hard as chains for both models: the excess says how much worse one of them is, no more."""
    twin = {"chain": [case(1e-4), case(2e-4)], "ring": [case(1e-3), case(5e-3)]}
    mine = {kind: [case(1.2 * one["rmse_m"]) for one in rows] for kind, rows in twin.items()} | {"star": [case(1.0)]}
    rows = excess_rows(mine, twin, np.random.default_rng(0))
    assert [row.topology for row in rows] == ["chain", "ring"]
    for row in rows:
        assert row.interval is not None
        assert (row.interval.low, row.excess, row.interval.high) == pytest.approx((0.2, 0.2, 0.2))
        assert row.mean_rmse_m == pytest.approx(1.2 * row.other_rmse_m)


def test_ood_rows_and_awareness():
    inside = Result("in", True, [case(1e-3), case(2e-3)], [case(1e-2)] * 2, np.array([1.0, 2.0]), np.zeros(2))
    outside = Result("out", False, [case(5e-3), case(4e-2)], [case(1e-2)] * 2, np.array([3.0, 9.0]), np.ones(2))
    first, second = rows_of([inside, outside], OF_POPULATIONS)
    assert first.auroc_flag is None
    assert (second.auroc_flag, second.auroc_uncertainty) == (1.0, 1.0)
    assert second.bound == pytest.approx(2.25)
    assert second.cases_within == 0.5
    found = awareness([inside, outside], "uncertainty", OF_POPULATIONS[0])
    assert found is not None
    assert found.rank_correlation == pytest.approx(1.0)
    assert found.auroc_error == 1.0
    assert (found.inside, found.outside) == (2, 2)
    assert awareness([Result("in", True, [], [])], "uncertainty", OF_POPULATIONS[0]) is None
    with pytest.raises(ValueError, match="first population"):
        rows_of([outside], OF_POPULATIONS)


def test_calibration_of_true_halved_and_zero_widths():
    rng = np.random.default_rng(1)
    std = rng.uniform(0.5, 2.0, size=(4000, 1, 1)) * np.ones((1, 2, 10))
    error = std * rng.normal(size=std.shape)
    assert calibration(error, std).worst_gap < 0.01
    assert calibration(error, std / 2).worst_gap > 0.2
    assert calibration(error, 0 * std).coverage == (0.0,) * 5
    assert calibration(0 * error, 0 * std).coverage == (1.0,) * 5
    result = uq_result("in", "std", error, std, 1.0)
    assert result.case_coverage.mean(axis=0) == pytest.approx(result.calibration.coverage, abs=1e-12)
    gap, order = (found(rng) for found in (result.gap_interval, result.order_interval))
    assert gap is not None
    assert order is not None
    assert gap.low <= result.calibration.worst_gap <= gap.high
    assert order.low < result.sparsification.ause / result.sparsification.ause_random < order.high
    assert result.ranks > 0.6
    assert result.sparsification.ause < result.sparsification.ause_random
    assert math.isnan(uq_result("in", "std", error, np.ones_like(std), 1.0).ranks)


def test_band_coverage_counts_samples_or_whole_trajectories():
    error = np.array([[0.1, 0.1], [0.1, 0.9], [0.1, 0.1], [0.1, 0.1]])
    sup = band_coverage("in", "sup", "m", 0.9, error, np.array([0.5, 0.5]), 100)
    pointwise = band_coverage("in", "pointwise", "m", 0.9, error, np.array([0.5, 0.5]), 100)
    assert sup.coverage == 0.75
    assert sup.inside is True
    assert sup.interval is not None
    assert sup.interval.low < 0.2, "three of four cases tell little"
    assert sup.interval.high > 0.99
    assert pointwise.coverage == 0.875
    assert pointwise.law is None
    assert pointwise.inside is None
