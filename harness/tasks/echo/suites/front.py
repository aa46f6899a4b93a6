"""The plan of the front of cost and error: other surrogates, and the simulator on smaller lattices, with longer steps,
and averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from harness.benchmark.timing import Protocol
from harness.suites.asking import Truths
from harness.suites.cost.measure import CostPoint
from harness.suites.cost.plan import Panel, Plan, Rival
from harness.suites.cost.run import point_of
from harness.suites.errors import case_errors
from harness.tasks.echo.means import AVERAGED
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.offsets import DrawnOffsets
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.populations import POPULATIONS, EchoPopulation
from harness.tasks.echo.reference import MeanField
from harness.tasks.echo.signals import MEAN, answer_of, curve_of
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory

SPINS = 2500
BATCH = 256
FEW = 4
"""Cases over which the errors of the rivals are averaged."""


@dataclass(frozen=True)
class Averaged(EchoPopulation):
    """The systems whose mean over draws is stored, whatever the seed; more than these are drawn like them."""

    def draw(self, count: int, seed: int) -> list[EchoSystem]:
        """The first ``count``."""
        stored = list(AVERAGED[:count])
        return stored + super().draw(count - len(stored), seed)


@dataclass(frozen=True)
class CheaperSimulator:
    """Our simulator on ``side`` × ``side`` spins, the mean of ``draws`` draws, with steps ``longer`` times as long.

    Longer steps give fewer samples, between which cubic splines interpolate, one before and one after the second pulse.
    """

    side: int = 50
    longer: int = 1
    draws: int = 1
    observables: tuple[str, ...] = MEAN

    @property
    def name(self) -> str:
        """What was changed, in few words."""
        steps = f", dt {2 * self.longer}" if self.longer > 1 else ""
        draws = f", {self.draws} draws" if self.draws > 1 else ""
        return f"L {self.side}{draws}{steps}"

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = MEAN) -> Trajectory:
        """What stands for the mean over draws."""
        coarse = stretched(grid, self.longer)
        systems = [system.with_(side=self.side, offsets=DrawnOffsets(k)) for k in range(self.draws)]
        mean = simulate(systems, coarse, "float32").mean(0)
        if self.longer > 1:
            mean = interpolated(mean, coarse, grid)
        return answer_of(grid, Provenance(self.name), mean=mean)


def stretched(plan: EchoPlan, longer: int) -> EchoPlan:
    """The plan with steps about ``longer`` times as long, a whole number of which fills the delay."""
    return replace(plan, dt=plan.delay / max(1, round(plan.delay / plan.dt / longer)))


def interpolated(m: np.ndarray, coarse: EchoPlan, plan: EchoPlan) -> np.ndarray:
    """(T,) the curve ``m`` of a coarser plan at the samples of ``plan``, for pulses 90x and 180y.

    M(0) = −i/2 after the first pulse, and the second turns M into −M*.
    """
    from scipy.interpolate import CubicSpline

    last = coarse.pulse_sample
    before = CubicSpline(np.append(0.0, coarse.times[: last + 1]), np.append(-0.5j, m[: last + 1]))
    after = CubicSpline(coarse.times[last:], np.append(-np.conj(m[last]), m[last + 1 :]))
    return np.where(plan.times <= plan.delay, before(plan.times), after(plan.times))


CHEAPER = (
    CheaperSimulator(),
    CheaperSimulator(longer=2),
    CheaperSimulator(longer=4),
    CheaperSimulator(25),
    CheaperSimulator(12),
    CheaperSimulator(12, draws=16),
)


def other_surrogates(plan: Plan, truths: Truths, subject: Any) -> list[CostPoint]:
    """The points of the other forward surrogates of the package, one system and a batch each."""
    from harness.tasks.echo.model import PACKAGED

    population, points = plan.population(SPINS), []
    systems, grid = population.draw(plan.cases, plan.seed), population.grid
    batch = population.draw(plan.batch, plan.seed)
    for name, load in PACKAGED.items():
        if name == subject.name:
            continue
        model = load()
        errors = case_errors(plan.metrics, systems, model.predict(systems, grid).mean, truths.at(SPINS)(systems, grid))
        for some in (systems[:1], batch):
            call = partial(model.predict, some, grid)
            points.append(point_of(name, SPINS, len(some), call, errors, plan, truths))
    return points


def size_of(answer: Any) -> np.ndarray | None:
    """|M| of the mean over its value at t = 0, 1/2."""
    mean = curve_of(answer.arrays, MEAN)
    return None if mean is None else np.abs(mean) / 0.5


def front(seed: int) -> Plan:
    """50 × 50 spins, the subject compared with other surrogates and with cheaper simulators.

    The truth is the stored mean over draws.
    """
    population = Averaged("home", POPULATIONS["home"].recipe)
    return Plan(
        population=lambda size: population,
        sizes=(SPINS,),
        cases=len(AVERAGED),
        batch=BATCH,
        metrics=(METRICS["rmse_mean"], METRICS["echo_mean"]),
        truths=lambda: Truths(MeanField(), MEAN),
        targets={"rmse_mean": "rmse_mean"},
        largest="largest",
        rivals=tuple(Rival(one.name, partial(_itself, one), SPINS, few=FEW) for one in CHEAPER),
        others=(other_surrogates,),
        protocol=Protocol(warmups=1, runs=3, most_runs=5, budget_s=5.0),
        truth_label="1,024 draws",
        seed=seed,
        size_key="spins",
        size_label="number of spins N",
        panels=(Panel("|M|, mean over draws", size_of),),
        shown_title="the first stored system",
        files=("front", "front_cost", "front", "front_curves"),
    )


def _itself(method: CheaperSimulator) -> CheaperSimulator:
    return method
