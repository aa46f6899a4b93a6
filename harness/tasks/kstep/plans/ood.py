"""Out of distribution: hotter starts and other numbers of base steps, by the common suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Baseline, Control
from harness.suites.ood.plan import Plan as OutOfDistribution
from harness.suites.ood.run import run as run_ood
from harness.surrogates import DomainCheck, Prediction
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.model import IntegratorModel
from harness.tasks.kstep.plans.common import JUDGED, RATIO, believed, respa, subject
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.references.ladder import resolve
from harness.tasks.kstep.subject import IntegratorSubject
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.window import MacroGrid, Signals, Window


def out_of_distribution(cases: int) -> OutOfDistribution:
    """Methanol at 600 K and 700 K, of which the correction was trained for the first, and for other k at 300 K."""
    hot = [Starts(f"methanol, {kelvin:g} K", ("methanol",), kelvin, JUDGED) for kelvin in (600.0, 700.0)]
    others = [Starts(f"methanol, k = {k}", ("methanol",), 300.0, MacroGrid(101, k)) for k in (4, 12, 16)]
    return OutOfDistribution(
        populations=(Starts("methanol, 300 K", ("methanol",), 300.0, JUDGED), *hot, *others),
        cases=cases,
        metrics=(METRICS["position_100"], METRICS["bonds"]),
        baseline=Baseline("respa-mmff", "RESPA-MMFF", respa, RATIO),
        truths=believed,
        score="residual",
        targets={"position_100": "in_position", "bonds": "in_bonds"},
        controls=_careless,
    )


def _careless(plan: OutOfDistribution, truths: Truths) -> Sequence[Control]:
    hot = replace(plan, populations=(plan.populations[0], plan.populations[2]))

    def force_field() -> list[Claim]:
        return run_ood(subject("force-field"), replace(plan, populations=plan.populations[:2]), truths).claims

    def careless() -> list[Claim]:
        return run_ood(IntegratorSubject(Careless(Method("kernel", resolve()))), hot, truths).claims

    return [
        Control("MMFF94 alone", ("in_position", "in_bonds", "bounded"), force_field),
        Control("a constant score", ("flagged",), careless, ("flagged",)),
    ]


@dataclass(frozen=True)
class Careless(IntegratorModel):
    """The control of the flag: a model that calls everything known, with the same spread for every window."""

    def predict(self, systems: Sequence[Window], grid: MacroGrid, uncertainty: str = "none") -> Prediction:
        """The right answers with a spread of 1 and no flag."""
        found = super().predict(systems, grid, uncertainty)
        std = None if found.std is None else tuple(
            Signals(grid, {"residual": np.ones(grid.points)}, 0) for _ in found.std
        )  # fmt: skip
        return replace(found, in_domain=[DomainCheck({}) for _ in found.in_domain], std=std)
