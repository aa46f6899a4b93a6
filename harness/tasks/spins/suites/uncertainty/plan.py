"""Uncertainty of chains of the trained ranges, and of chains outside them with couplings of 20-35 Hz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Control
from harness.suites.uncertainty import Plan, run
from harness.task import Tier
from harness.tasks.spins.suites.believed import cluster_truths
from harness.tasks.spins.suites.populations import Regime, chains

SYMBOLS = {"m": "$M$", "i1z": "$I_{1z}$"}


def plan_of(spins: int, calibration: int, test: int, outside: int, **more: Any) -> Plan:
    """The plan with this size of the chains, and these numbers of fresh calibration cases, test cases and cases out of
    distribution."""
    beyond = Regime("J 20-35 Hz", spins, couplings_hz=(20.0, 35.0))
    return Plan(
        chains(spins), beyond, calibration, test, outside, SYMBOLS, cluster_truths, spread_label="std of M",
        files=("exp7_uq", "figure7_uq"), **more,
    )  # fmt: skip


FAULTS = (
    ("std halved", "std_gap"),
    ("std doubled", "std_gap"),
    ("std of another case", "std_ranks"),
    ("std of another case", "sparsification"),
    ("bands of another level", "shipped_coverage_90"),
)
LOWEST = ("std_ranks", "shipped_coverage_90")


def controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """An exact subject that states its true uncertainty, with one fault in what it states."""
    from harness.tasks.spins.suites.faults.correct import faulty

    believed = cluster_truths(9)

    @cache
    def claims(name: str) -> list[Claim]:
        return run(faulty(name, believed), QUICK, believed).claims

    return tuple(Control(name, (target,), partial(claims, name), LOWEST) for name, target in FAULTS)


QUICK = plan_of(3, 400, 400, 60, seed=85)
"""A few cases of small systems, which are enough to detect a fault in the stated uncertainty."""
LIGHT = plan_of(3, 60, 60, 20, seed=86)
"""The plan for subjects that state no uncertainty. For these the suite can judge only the bands that it computes."""
# A tenth of the calibration cases determines the shape of the band: of 11 200 cases more than 10 000 scores remain.
PLANS: Mapping[Tier, Plan] = {
    "smoke": plan_of(4, 1000, 2000, 400, budget_s=240.0, controls=controls),
    "nightly": plan_of(5, 11_200, 10_000, 1000, controls=controls),
    "full": plan_of(6, 11_200, 10_000, 2000, controls=controls),
}
