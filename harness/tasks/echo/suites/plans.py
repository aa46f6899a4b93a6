"""Plans of the common suites for this task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from harness.suites.accuracy.plan import Case
from harness.suites.accuracy.plan import Plan as Accuracy
from harness.suites.accuracy.run import run as run_accuracy
from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Baseline, Control
from harness.suites.conservation.methods import MethodRow, States
from harness.suites.conservation.plan import Plan as Conservation
from harness.suites.conservation.run import run as run_conservation
from harness.task import Drawn, Tier
from harness.tasks.echo.cases import CASES, SMALL
from harness.tasks.echo.faults import FAULTS
from harness.tasks.echo.laws import LAWS, MEAN_LAWS, QUANTITIES, conserved
from harness.tasks.echo.means import AVERAGED
from harness.tasks.echo.methods import Uncoupled
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.plan import CHALLENGE, CONVERGED, EchoPlan
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.signals import DRAW, MEAN
from harness.tasks.echo.suites.faulty import Faulty
from harness.tasks.echo.suites.front import front
from harness.tasks.echo.suites.generalisation import generalisation, uncoupled
from harness.tasks.echo.suites.measured import FRESH
from harness.tasks.echo.suites.sizes import SIZES
from harness.tasks.echo.system import EchoSystem

STATE = SMALL.with_(side=20, strength=0.15, dissipation=0.0, name="20 × 20 spins")

STRONG = 0.04
"""Below this α the formula without coupling is already accurate, and a ratio to its error has no meaning."""


def fault(name: str) -> Faulty:
    """A simulator with the seeded fault of this name."""
    return Faulty(next(one for one in FAULTS if one.name == name))


class UncoupledSubject:
    """Spins that do not feel each other, as a subject: what a surrogate of the mean has to beat."""

    name, kind, model, provenance = "uncoupled spins", "reference", Uncoupled(), {"kind": "control"}
    offers = frozenset(MEAN)

    def answer(self, system: EchoSystem, plan: EchoPlan) -> Any:
        """One system."""
        from harness.subjects import Answer

        return Answer(Uncoupled().simulate(system, plan), wall_s=0.0)

    def answers(self, systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Any]:
        """Many."""
        return [self.answer(system, plan) for system in systems]


def means() -> Accuracy:
    """The stored means over draws, label by label; their median is judged in the suite of means."""
    judged = (("rmse_mean", "rmse_mean"), ("echo_mean", "echo_mean"))

    def cases() -> list[Case]:
        return [Case(s.name, s, CHALLENGE, judged, s.strength >= STRONG) for s in AVERAGED]

    def controls(plan: Accuracy, truths: Truths | None) -> list[Control]:
        def missed() -> list[Claim]:
            return run_accuracy(UncoupledSubject(), plan, truths).claims if truths is not None else []

        return [Control("uncoupled spins", ("rmse_mean",), missed)]

    return Accuracy(
        cases=cases,
        metrics=(METRICS["rmse_mean"], METRICS["echo_mean"]),
        baselines=(Baseline("uncoupled", "uncoupled spins", uncoupled, "RMSE of mean M over that of uncoupled spins"),),
        observables=MEAN,
        controls=controls,
    )


def draws() -> Accuracy:
    """Curves of single draws, on equal offsets: every kernel, coupling and scheme, and systems of the test set."""

    def cases() -> list[Case]:
        judged = (("rmse_m", "rmse_m"),)
        return [Case(f"case {system.name}", system, plan, judged, judges_ratio=False) for system, plan in CASES]

    def controls(plan: Accuracy, truths: Truths | None) -> list[Control]:
        def missed() -> list[Claim]:
            return run_accuracy(fault("α too large"), plan, truths).claims if truths is not None else []

        return [Control("α too large", ("rmse_m",), missed)]

    return Accuracy(
        cases=cases,
        metrics=(METRICS["rmse_m"], METRICS["largest_m"]),
        baselines=(),
        observables=DRAW,
        controls=controls,
        files=("draws",),
    )


def states() -> tuple[list[MethodRow], dict[str, str]]:
    """Our simulator without dissipation: second order must conserve, first order is the control."""
    rows = []
    for plan, is_control in ((CONVERGED, False), (CHALLENGE, True)):
        drifts = conserved(STATE, plan)
        unmissable = frozenset({"length"})
        rows.append(MethodRow(plan.scheme, STATE.name, plan, drifts, "states", is_control, unmissable))
    return rows, {}


def conservation(count: int, seed: int) -> Conservation:
    """Laws of curves and of means."""

    def controls(plan: Conservation, truths: Truths) -> list[Control]:
        def missed() -> list[Claim]:
            return run_conservation(fault("one sample late"), plan).claims

        return [Control("one sample late", ("free_decay",), missed)]

    from harness.tasks.echo.reference import MeanField

    return Conservation(
        populations=(POPULATIONS["home"], POPULATIONS["secular coupling, forward steps"]),
        cases=count,
        grids=(CHALLENGE,),
        laws=(*LAWS, *MEAN_LAWS),
        truths=lambda: Truths(MeanField(), DRAW),
        states=States("spins", QUANTITIES, states, {"second order": "states"}, (("states", 3, 2),)),
        controls=controls,
        seed=seed,
    )


def fresh(make: Callable[[int], Any]) -> Drawn:
    """A plan that is drawn from the seed of the run, counted as in the suites of this task: no training has it."""
    return Drawn(lambda seed: make(FRESH + seed))


def of_tier(tier: Tier) -> dict[str, Any]:
    """Suite → plan."""
    size = SIZES[tier]
    return {
        "accuracy": means(),
        "draws": draws(),
        "front": fresh(front),
        "conservation": fresh(partial(conservation, size.laws)),
        "generalisation": fresh(partial(generalisation, size.outside)),
    }


_TIERS: tuple[Tier, ...] = ("smoke", "nightly", "full")
PLANS = {suite: {tier: of_tier(tier)[suite] for tier in _TIERS} for suite in of_tier("smoke")}
"""Suite → tier → plan; what is not stored is drawn from the seed of the run."""
