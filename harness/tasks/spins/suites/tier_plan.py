"""The plan of a tier: every suite, its tests, and the numbers that each test judges, as in the code of the suites.

This table does not use what pytest has collected. A suite that pytest does not collect is therefore reported as missing
from the run, with its name. A test or a target that is added to a suite of the harness must be added here as well; a
test compares this table with a real collection and with ``targets.toml``. The counts are those of a subject that
computes everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import cast

from harness.suites.behaviour import placed
from harness.suites.planned import Number, PlannedTest, TierPlan
from harness.task import Tier
from harness.tasks.spins.suites.conservation import plan as conservation
from harness.tasks.spins.suites.conservation.densities import QUANTITIES
from harness.tasks.spins.suites.fresh.plan import CHAINS, MOLECULES, STRONG
from harness.tasks.spins.suites.library import plan as library
from harness.tasks.spins.suites.needs import CHAINS_ONLY, HUNDRED_MS, LIVE, MEASURED, ONE_SECOND, REASONS, SPINACH
from harness.tasks.spins.suites.ood import plan as ood
from harness.tasks.spins.suites.relaxation import plan as relaxation
from harness.tasks.spins.suites.scaling import plan as scaling
from harness.tasks.spins.suites.spinach import plan as spinach
from harness.tasks.spins.suites.spinach.laboratory import is_hard
from harness.tasks.spins.suites.topology import plan as topology
from harness.tasks.spins.suites.truth import planned_cases
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio

M = frozenset({"m"})
I1Z = frozenset({"i1z"})
COMMON = {
    "conservation": "conservation",
    "detection": "detection",
    "inverse": "inverse",
    "ood": "ood",
    "scaling": "cost",
    "uncertainty": "uncertainty",
}
"""Suites of spins with plans for the common suites → the package of the common suites."""
OF_SPINACH = "harness.tasks.spins.suites.spinach.test_spinach"
"""The tests of the suite spinach that its plan for the common suite does not contain."""


@cache
def tier_plan(tier: str) -> TierPlan:
    """All numbers that a run of this tier has to judge."""
    known = cast(Tier, tier)
    suites = (
        _conservation, _detection, _fresh, _inverse, _library, _ood, relaxation.planned, _scaling, _spinach, _topology,
        _uncertainty,
    )  # fmt: skip
    tests = (test for suite in suites for test in suite(known))
    return TierPlan(tier, tuple(test if test.module else _placed(test) for test in tests), REASONS)


def _placed(test: PlannedTest) -> PlannedTest:
    """A test with the module in which pytest finds it; a common suite runs it with the plan of this name."""
    package = COMMON.get(test.suite, "")
    if not package:
        return replace(test, module=f"harness.tasks.spins.suites.{test.suite}.test_{test.suite}")
    return replace(test, module=f"harness.suites.{package}.test_{package}", name=f"{test.name}[{test.suite}]")


def _missed(*targets: str) -> tuple[Number, ...]:
    """One number per target, of a negative control."""
    return tuple(Number(target, expected="miss") for target in targets)


def _conservation(tier: Tier) -> Iterator[PlannedTest]:
    plan = conservation.PLANS[tier]
    grids = len(plan.grids)
    quantities = len(QUANTITIES)
    densities = (
        Number("density_exact", 2 * quantities),  # exact, dense
        Number("density_iterative", 2 * quantities),  # krylov, chebyshev
        # Two integrators; no control can miss the target of hermiticity.
        Number("density_exact", 2 * (quantities - 1), expected="miss"),
    )
    yield PlannedTest("conservation", "test_states", densities)
    both = [Number(target, grids, needs) for target in ("bound", "start") for needs in (M, I1Z)]
    of_m = [Number(target, grids, M) for target in ("slope", "curvature", "reversal", "sign", "frame", "relabelling")]
    richer = (
        Number("sum_of_signals", grids, M | {"spin_signals"}),
        Number("total_polarisation", grids, frozenset({"spin_polarisations"})),
        Number("energy", grids, frozenset({"energy"})),
    )
    yield PlannedTest("conservation", "test_laws", (*both, *of_m, *richer))
    broken = _missed("start", "curvature", "reversal", "frame", "relabelling")
    yield PlannedTest("conservation", "test_controls", broken)


def _detection(tier: Tier) -> Iterator[PlannedTest]:
    yield PlannedTest("detection", "test_matrix", (Number("slipped"), Number("rejected")))
    yield PlannedTest("detection", "test_control", _missed("slipped"))


def _fresh(tier: Tier) -> Iterator[PlannedTest]:
    of_molecules = (Number("molecule_relative_error", 1, M), Number("molecule_i1z_rmse", 1, I1Z))
    yield PlannedTest("fresh", "test_molecules", of_molecules)
    of_chains = [
        number
        for kind in ("chain", "chain_strong")
        for number in (Number(f"{kind}_rmse", 1, M), Number(f"{kind}_i1z_rmse", 1, I1Z))
    ]
    yield PlannedTest("fresh", "test_chains", tuple(of_chains))
    yield PlannedTest("fresh", "test_beside_cached", (Number("over_cached", 2, M),))
    yield PlannedTest("fresh", "test_live_spinach", (Number("live", MOLECULES + CHAINS + STRONG, frozenset({LIVE})),))
    yield PlannedTest("fresh", "test_control", _missed("chain_rmse", "over_cached"))


def _inverse(tier: Tier) -> Iterator[PlannedTest]:
    alone = ("unconverged", "iterations_most", "iterations_median", "seconds", "pooled_ratio")
    numbers = tuple(Number(target, 1, M) for target in (*alone, "right_fraction", "all_ratio"))
    yield PlannedTest("inverse", "test_subject", numbers)
    yield PlannedTest("inverse", "test_controls", _missed("pooled_ratio", "pooled_ratio"))
    there = frozenset({MEASURED})
    measured = (Number("ketobutyrate_j", 1, there), Number("gaba_j", 2, there))
    yield PlannedTest("inverse", "test_measured", measured, "harness.tasks.spins.suites.inverse.test_measured")


def _library(tier: Tier) -> Iterator[PlannedTest]:
    plan = library.PLANS[tier]
    reach = dict(zip(library.WINDOWS, (frozenset[str](), {HUNDRED_MS}, {ONE_SECOND}), strict=True))
    numbers = [
        number
        for grid in plan.windows
        for number in (
            Number("silent_failures", len(plan.fields_t), M | reach[grid]),
            Number("needless", 1, M | reach[grid]),
        )
    ]
    yield PlannedTest("library", "test_library", tuple(numbers))
    yield PlannedTest("library", "test_against_spinach", (Number("silent_failures", 1, M),))
    yield PlannedTest("library", "test_exact_against_spinach", (Number("exact_m"), *_missed("exact_m")))
    yield PlannedTest("library", "test_control_silent", _missed("silent_failures"))
    yield PlannedTest("library", "test_control_needless", _missed("needless"))


def _ood(tier: Tier) -> Iterator[PlannedTest]:
    plan = ood.PLANS[tier]
    outside = len(plan.populations) - 1
    numbers = (Number("in_rmse", 1, M), Number("in_i1z_rmse", 1, I1Z), Number("bounded", outside, M))
    yield PlannedTest("ood", "test_populations", (*numbers, Number("flagged", 1, frozenset({"domain_flag"}))))
    yield PlannedTest("ood", "test_controls", _missed("in_rmse", "bounded", "flagged"))


def _scaling(tier: Tier) -> Iterator[PlannedTest]:
    plan = scaling.PLANS[tier]
    batches = frozenset({"batches"})
    numbers = []
    for target, needs in (("rmse", M), ("largest_rmse", M), ("i1z_rmse", I1Z)):
        numbers += [Number(target, len(plan.sizes), needs)]
        numbers += [Number(target, len(plan.beyond), needs | batches)] if plan.beyond else []
    numbers += [Number(f"asked_n{spins}", 1, M) for spins in plan.sizes if spins in (8, 10, 12)]
    if plan.judges_costs:
        hoped = [f"hoped_speed_up{whose}_n{spins}" for whose in ("", "_own") for spins in (8, 10)]
        numbers += [Number(target, 1, M | batches) for target in hoped]
        numbers.append(Number("dominated", 2, M | batches))  # one system, a batch
    yield PlannedTest("scaling", "test_error_and_cost", tuple(numbers))
    yield PlannedTest("scaling", "test_controls", _missed("rmse", "i1z_rmse"))


def _spinach(tier: Tier) -> Iterator[PlannedTest]:
    yield from placed("spinach", spinach.PLANS[tier])
    for key, item in planned_cases().items():
        if item.role != "laboratory":
            continue
        # The conversion of a molecule to the rotating frame; with couplings of the wrong sign it must miss.
        convention = [Number("laboratory_m", 1, frozenset({SPINACH}))]
        if gyromagnetic_ratio(item.request.system.observed) < 0:
            convention.append(Number("laboratory_m", 1, frozenset({SPINACH}), "miss"))
        of_subject = [Number("molecule_relative_error", 1, M)]
        if is_hard(key):
            of_subject = [Number("unflagged_error", 1, M), Number("unflagged_error", expected="miss")]
        numbers = (*of_subject, *convention)
        yield PlannedTest("spinach", f"test_laboratory_convention[{key}]", numbers, OF_SPINACH)
    yield PlannedTest("spinach", "test_sources", (), OF_SPINACH)
    learned = M | {"untrained"}
    both = (Number("against_untrained", 2, learned), Number("against_untrained", 2, learned, "miss"))
    yield PlannedTest("spinach", "test_what_was_learned", both, OF_SPINACH)


def _topology(tier: Tier) -> Iterator[PlannedTest]:
    plan = topology.PLANS[tier]
    numbers = []
    for kind in ("chain", "ring", "star", "tree"):
        for target, needs in ((f"{kind}_rmse", M), (f"{kind}_i1z_rmse", I1Z)):
            numbers.append(Number(target, len(plan.spins), needs))
            if plan.beyond and kind in ("chain", "ring"):
                numbers.append(Number(target, len(plan.beyond), needs | {"batches"}))
    yield PlannedTest("topology", "test_subject", tuple(numbers))
    family = frozenset({CHAINS_ONLY})
    sizes = (*plan.spins, *plan.beyond)
    relative = [Number(topology.relative_target(spins), 1, family) for spins in sizes]
    # Over weights trained only on rings, and over weights trained on all graphs.
    absolute = (Number("ring_increase", len(sizes), family), Number("ring_training_cost", 2 * len(sizes), family))
    yield PlannedTest("topology", "test_trained_on_chains", (*absolute, *relative))
    cut_open = _missed("ring_increase", "ring_relative_increase_below_20")
    yield PlannedTest("topology", "test_control_of_rings", cut_open)
    two_models = Number("ring_training_cost", 2, expected="miss")
    yield PlannedTest("topology", "test_control_of_training", (two_models,))
    yield PlannedTest("topology", "test_control", _missed("chain_rmse", "ring_rmse", "star_rmse", "tree_rmse"))


def _uncertainty(tier: Tier) -> Iterator[PlannedTest]:
    spread, bands = M | {"standard_deviations"}, M | {"bands"}
    numbers = [Number(target, 1, spread) for target in ("std_gap", "std_ranks", "sparsification")]
    # Pointwise and whole-trajectory bands, of M and of I1z.
    shipped = [f"shipped_coverage_{level}" for level in (50, 68, 90)]
    numbers += [Number(target, 2, needs) for target in ("conformal_law", *shipped) for needs in (bands, bands | I1Z)]
    yield PlannedTest("uncertainty", "test_uncertainty", tuple(numbers))
    missed = ("std_gap", "std_gap", "std_ranks", "sparsification", "shipped_coverage_90")
    yield PlannedTest("uncertainty", "test_controls", _missed(*missed))
