"""The plan of generalisation: other lattices, kernels, lines, couplings, and labels beyond their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.suites.asking import Truths
from harness.suites.baseline import Baseline
from harness.suites.ood.plan import Plan
from harness.tasks.echo.labels import GAUSS_PRIOR, POWER_PRIOR, Label, Prior
from harness.tasks.echo.methods import Uncoupled
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.offsets import OffsetLine
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.populations import HOME, POPULATIONS, EchoPopulation
from harness.tasks.echo.signals import MEAN, answer_of
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory


def beyond(name: str, key: str, low: float, high: float) -> EchoPopulation:
    """Systems like those of the training, but for one label in another range."""
    moved = [
        Label(one.key, one.symbol, one.words, low, high, one.scale) if one.key == key else one
        for one in POWER_PRIOR.labels
    ]
    return EchoPopulation(name, HOME.with_(prior=Prior(tuple(moved))))


OUTSIDE = (
    EchoPopulation("side 25", HOME.with_(side=25)),
    EchoPopulation("gaussian kernel", HOME.with_(prior=GAUSS_PRIOR, family="gauss")),
    EchoPopulation("gaussian line", HOME.with_(line=OffsetLine("gauss"))),
    EchoPopulation("wider line", HOME.with_(line=OffsetLine("lorentz", 0.06))),
    EchoPopulation("secular coupling", HOME.with_(coupling="secular")),
    beyond("α 0.2–0.3", "alpha", 0.2, 0.3),
    beyond("p 4–5", "p", 4.0, 5.0),
    beyond("d 2.5–3", "d", 2.5, 3.0),
)


@dataclass(frozen=True)
class OneDraw:
    """One draw of our simulator in single precision, in place of the mean over draws, which would be too costly."""

    name: str = "one draw of echo-torch"
    observables: tuple[str, ...] = MEAN

    def simulate_batch(
        self, systems: Sequence[EchoSystem], grid: EchoPlan, observables: Sequence[str] = MEAN
    ) -> list[Trajectory]:
        """Many systems at once."""
        source = Provenance(self.name, "torch")
        return [answer_of(grid, source, mean=m) for m in simulate(systems, grid, "float32")]

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = MEAN) -> Trajectory:
        """One system."""
        return self.simulate_batch([system], grid)[0]


def uncoupled(systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Any]:
    """The formula without training: spins that do not feel each other."""
    return [Uncoupled().simulate(system, plan) for system in systems]


def generalisation(cases: int, seed: int) -> Plan:
    """Mean curves against single draws, the same ones for every method."""
    return Plan(
        populations=(POPULATIONS["home"], *OUTSIDE),
        cases=cases,
        metrics=(METRICS["rmse_draw"],),
        baseline=Baseline("uncoupled", "uncoupled spins", uncoupled, "mean error over that of uncoupled spins"),
        truths=lambda: Truths(OneDraw(), MEAN),
        score="mean_mx",
        targets={"rmse_draw": "rmse_draw"},
        seed=seed,
        files=("generalisation", "generalisation"),
    )
