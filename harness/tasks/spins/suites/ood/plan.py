"""Out of distribution: chains of the trained ranges, and one regime outside these for each changed quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Control
from harness.suites.ood import Plan, run
from harness.task import Tier
from harness.tasks.spins.metrics import OF_POPULATIONS
from harness.tasks.spins.suites.believed import PAIR_PRODUCT, exact_truths, rich_truths
from harness.tasks.spins.suites.populations import shifted_regimes
from harness.tasks.spins.systems import LONG_GRID, TimeGrid

TARGETS = {"rmse_m": "in_rmse", "rmse_i1z": "in_i1z_rmse"}


def plan_of(spins: int, larger: int, cases: int, longer: TimeGrid = LONG_GRID, **more: Any) -> Plan:
    """The plan with this size in distribution, this larger size, this number of cases per regime, and this longer
    grid."""
    regimes = tuple(shifted_regimes(spins, larger, longer))
    return Plan(
        regimes, cases, OF_POPULATIONS, PAIR_PRODUCT, exact_truths, "m", TARGETS, files=("exp5_ood", "figure5_ood"),
        **more,
    )  # fmt: skip


def controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """Weak coupling, which has larger errors than the pair product in all regimes, and an exact subject whose domain
    check never raises a flag."""
    from harness.subjects import load_subject
    from harness.tasks.spins.suites.faults.correct import faulty

    rich = rich_truths()

    def unbounded() -> list[Claim]:
        return run(load_subject("weak-coupling"), plan, truths).claims

    def unflagged() -> list[Claim]:
        return run(faulty("flag always inside", rich), QUICK, rich).claims

    return (
        Control("weak-coupling", ("in_rmse", "bounded"), unbounded),
        Control("flag always inside", ("flagged",), unflagged),
    )


QUICK = plan_of(4, 9, 4, TimeGrid(400, 1e-4), seed=84)
"""A few cases of small systems, which are enough to detect a fault."""
PLANS: Mapping[Tier, Plan] = {
    # With 300 cases of one regime outside, an AUROC of 0.98 is significantly above 0.95 (Clopper-Pearson, 95 %).
    "smoke": plan_of(6, 9, 300, controls=controls),
    "nightly": plan_of(6, 10, 400, budget_s=90.0, controls=controls),
    "full": plan_of(8, 12, 400, budget_s=600.0, controls=controls),
}
