"""Cost and error of chains against the number of spins, compared with every classical method and with the time that
Spinach needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from harness.benchmark.timing import Protocol
from harness.errors import InputError
from harness.suites.asking import Truths
from harness.suites.baseline import Control
from harness.suites.cost import CostPoint, Panel, Plan, Rival, run
from harness.suites.cost.run import point_of
from harness.task import Tier
from harness.tasks.spins.metrics import OF_POPULATIONS, case_errors
from harness.tasks.spins.suites.believed import BELIEVED_CLUSTER, exact_truths
from harness.tasks.spins.suites.populations import chains
from harness.tasks.spins.suites.scaling.spinach_points import spinach_points
from harness.tasks.spins.systems import Trajectory

COSTLY = 2
"""Number of cases for the error of a slow method. A few are enough, because this error differs little from case to
case."""
HOPED = {
    (rival, size): f"{target}_n{size}"
    for rival, target in (("chebyshev order 50", "hoped_speed_up"), ("chebyshev", "hoped_speed_up_own"))
    for size in (8, 10)
}
"""Targets of the hoped speed-up over the required order of 50, and over the order that the tolerance needs; a larger
speed-up is harder to reach over the latter."""


def method(name: str, **options: Any) -> Callable[[], Any]:
    """A function that creates the reference when it is called."""

    def make() -> Any:
        from harness.tasks.spins.references import reference

        return reference(name, **options)

    return make


CLASSICAL = (
    Rival("exact", method("exact"), 12),
    Rival("krylov", method("krylov"), 12, few=COSTLY),
    Rival("chebyshev", method("chebyshev"), 12, few=COSTLY),
    Rival("chebyshev order 50", method("chebyshev", order=50), 10, few=COSTLY),
    # Two products of 2^N x 2^N matrices per step: the time grows by a factor of 8 per spin for large N, and by less for
    # small N, where overheads dominate.
    Rival("dense", method("dense"), 6, grows=8.0, few=COSTLY),
    Rival("cluster 7", method("cluster", size=7), 20),
    Rival("cluster 5", method("cluster", size=5), 20),
    Rival("cluster 3", method("cluster", size=3), 20),
    Rival("pair-product", method("pair-product"), 20),
    Rival("weak-coupling", method("weak-coupling"), 20),
)


def fno_points(plan: Plan, truths: Truths, subject: Any) -> list[CostPoint]:
    """The points of the FNO, if the package has its weights: on chains with one J, the only systems that it accepts."""
    from harness.surrogates import load_surrogate

    if subject.name == "fno":
        return []
    try:
        model = load_surrogate("fno")
    except InputError:
        return []
    points: list[CostPoint] = []
    for spins in plan.sizes:
        regime = replace(chains(spins), one_coupling=True)
        systems = regime.draw(plan.cases, plan.seed)
        try:
            predicted = model.predict(systems, regime.grid).mean
        except InputError:
            continue
        errors = case_errors(systems, predicted, truths.at(spins)(systems, regime.grid))
        for batch in (1, plan.batch):
            call = partial(model.predict, regime.draw(batch, plan.seed), regime.grid)
            points.append(point_of("fno, one J", spins, batch, call, errors, plan, truths))
    return points


def moves_most(truths: Sequence[Trajectory]) -> int:
    """The case whose I1z changes most."""
    return max(range(len(truths)), key=lambda k: float(np.ptp(np.asarray(truths[k].i1z))))


PANELS = tuple(
    Panel(title, lambda one, name=name: getattr(one, name))
    for name, title in (("mx", "$M_x$"), ("my", "$M_y$"), ("i1z", "$I_{1z}$"))
)


def plan_of(sizes: tuple[int, ...], cases: int, batch: int, rivals: tuple[Rival, ...] = CLASSICAL, **more: Any) -> Plan:
    """The plan with these sizes of the chains, this number of cases per size, and this batch size."""
    return Plan(
        chains, sizes, cases, batch, OF_POPULATIONS, exact_truths, {"rmse_m": "rmse", "rmse_i1z": "i1z_rmse"},
        "largest_rmse", rivals, (spinach_points, fno_points), {8: "asked_n8", 10: "asked_n10", 12: "asked_n12"}, HOPED,
        beyond_label=f"clusters of {BELIEVED_CLUSTER}", size_key="spins", size_label="number of spins N",
        panels=PANELS, telling=moves_most, shown_title="the chain of the largest size whose I₁z moves most",
        files=("exp1_scaling", "figure1_scaling", "figure1b_front", "figure1c_observables"), **more,
    )  # fmt: skip


def controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """Weak coupling neglects the terms that make these chains hard: it must miss the error target at some size."""
    from harness.subjects import load_subject

    small = replace(plan, rivals=(), sizes=(4, 6, 8), beyond=())
    return (
        Control(
            "weak-coupling", ("rmse", "i1z_rmse"), lambda: run(load_subject("weak-coupling"), small, truths).claims
        ),
    )


QUICK = plan_of((3, 5), 12, 1, (), protocol=Protocol(0, 1, 1, budget_s=1e-9), seed=81)
"""A few cases of small systems, which are enough to detect a fault."""
PLANS: Mapping[Tier, Plan] = {
    "smoke": plan_of((4, 6, 8), 24, 64, protocol=Protocol(1, 3, 4, budget_s=0.5), judges_costs=False,
                     controls=controls),
    "nightly": plan_of((4, 6, 8, 10, 12), 24, 256, protocol=Protocol(budget_s=60.0), beyond=(16, 20), budget_s=180.0,
                       controls=controls),
    "full": plan_of((4, 6, 8, 10, 12), 50, 256, protocol=Protocol(budget_s=300.0), beyond=(16, 20), budget_s=1800.0,
                    controls=controls),
}  # fmt: skip
