"""Measurements on systems: accuracy of curves and means, cost, laws, seeded faults."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np

from harness.report.records import Measurement
from harness.tasks.echo.cases import CASES, DRAWN, LARGE
from harness.tasks.echo.draws import DRAWS, mean_over_draws
from harness.tasks.echo.faults import FAULTS, NULLS, EchoFault
from harness.tasks.echo.laws import LAWS, MEAN_LAWS
from harness.tasks.echo.methods import Uncoupled
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.offsets import DrawnOffsets
from harness.tasks.echo.plan import CHALLENGE, CONVERGED, EchoPlan
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.signals import DRAW, MEAN, answer_of
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.suites.measured import ABSENT_CURVES, ABSENT_MEANS, measured
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory

SEED = 404
REPEATS = 5
BATCH = 256


def offers(subject: Any, names: Sequence[str]) -> bool:
    """Whether the subject declares these observables."""
    return set(names) <= set(subject.offers)


def single_draws(subject: Any, truth: Any) -> list[Measurement]:
    """RMSE of M on equal offsets, for every stored case; a simulator is to be exact here."""
    if not offers(subject, DRAW):
        return [measured(METRICS["rmse_m"].label, "stored cases", subject, None, absent=ABSENT_CURVES)]
    found = []
    for system, plan in CASES:
        answer = subject.answer(system, plan)
        expected = truth.reference.simulate(system, plan, DRAW)
        value = None if answer.problem else METRICS["rmse_m"].of(answer.trajectory, expected, system)
        found.append(measured(METRICS["rmse_m"].label, f"case {system.name}", subject, value, problem=answer.problem))
    return found


class Means:
    """Mean curves of the first systems of the test set, each computed once in a run."""

    def __init__(self, truth: Any, count: int) -> None:
        self.systems = [system for system, _ in DRAWN[:count]]
        self.truths = [truth.reference.simulate(system, CHALLENGE, MEAN) for system in self.systems]

    def errors(self, subject: Any, key: str) -> tuple[list[float], str]:
        """The metric of every system, and the first problem."""
        answers = subject.answers(self.systems, CHALLENGE)
        problem = next((answer.problem for answer in answers if answer.problem), "")
        metric = METRICS[key]
        return [
            metric.of(answer.trajectory, expected, system)
            for answer, expected, system in zip(answers, self.truths, self.systems, strict=True)
            if not answer.problem
        ], problem


def mean_curves(subject: Any, means: Means) -> list[Measurement]:
    """Median RMSE of the mean curve, and of its echo, over the systems; 128 draws leave an error of about 6e-4."""
    if not offers(subject, MEAN):
        return [measured(METRICS["rmse_mean"].label, "test systems", subject, None, absent=ABSENT_MEANS)]
    found = []
    for key in ("rmse_mean", "echo_mean"):
        errors, problem = means.errors(subject, key)
        value = None if problem else float(np.median(errors))
        found.append(
            measured(
                f"median {METRICS[key].label}", "test systems", subject, value, problem=problem,
                cases=len(errors), note=f"the truth is the mean of {DRAWS} draws",
            )
        )  # fmt: skip
    return found


def uncoupled_means(subject: Any, means: Means) -> Measurement:
    """The same of spins without any coupling: what the subject has to beat."""
    plain = Uncoupled()
    errors = [
        METRICS["rmse_mean"].of(plain.simulate(system, CHALLENGE), expected, system)
        for system, expected in zip(means.systems, means.truths, strict=True)
    ]
    return measured(
        f"median {METRICS['rmse_mean'].label}", "test systems, uncoupled spins", subject, float(np.median(errors)),
        cases=len(errors),
    )  # fmt: skip


def seconds_per_curve(subject: Any) -> Measurement:
    """Wall time of the subject for each system, in a batch of 256 where it is a surrogate, else of one."""
    systems = POPULATIONS["home"].draw(BATCH if subject.kind == "surrogate" else 1, SEED)
    subject.answers(systems, CHALLENGE)
    best = min(_timed(lambda: subject.answers(systems, CHALLENGE)) for _ in range(REPEATS)) / len(systems)
    return measured("seconds per curve", f"batch of {len(systems)}", subject, best, unit="s", cases=len(systems))


def front(subject: Any) -> list[Measurement]:
    """The simulator as a rival: seconds and error of the mean at smaller lattices and longer steps, one draw each."""
    system = DRAWN[0][0]
    expected = answer_of(CHALLENGE, Provenance("mean"), mean=mean_over_draws(system, CHALLENGE))
    rivals = {
        "50 × 50 spins, dt 2": (system, CHALLENGE),
        "25 × 25 spins, dt 2": (system.with_(side=25), CHALLENGE),
        "12 × 12 spins, dt 2": (system.with_(side=12), CHALLENGE),
    }
    found = []
    for name, (rival, plan) in rivals.items():
        batch = [rival.with_(offsets=DrawnOffsets(SEED + k, rival.offsets.line)) for k in range(16)]  # type: ignore[union-attr]
        seconds = _timed(lambda batch=batch, plan=plan: simulate(batch, plan, "float32")) / len(batch)
        curves = simulate(batch, plan, "float32")
        errors = [METRICS["rmse_mean"].of(answer_of(plan, Provenance("draw"), mean=m), expected, rival) for m in curves]
        found.append(measured("seconds per curve of the simulator", name, subject, seconds, unit="s"))
        found.append(measured("RMSE of one draw to the mean", name, subject, float(np.mean(errors))))
    return found


def law_violations(subject: Any, count: int) -> list[tuple[Measurement, str]]:
    """The largest violation of each law that the outputs determine, with the name of its target."""

    def predict(systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Trajectory]:
        answers = subject.answers(systems, plan)
        problem = next((answer.problem for answer in answers if answer.problem), "")
        if problem:
            raise ArithmeticError(problem)
        return [answer.trajectory for answer in answers]

    simulator = offers(subject, DRAW)
    name = "secular coupling" if simulator else "home"
    plan = CONVERGED if simulator else CHALLENGE
    systems = [s.with_(side=20) if simulator else s for s in POPULATIONS[name].draw(count, SEED)]
    found = []
    for law in LAWS if simulator else MEAN_LAWS:
        problem, values = "", []
        for system in systems:
            try:
                values.append(law.violation(predict, system, plan))
            except ArithmeticError as error:
                problem = str(error)
        told = [value for value in values if value is not None]
        found.append(
            (
                measured(
                    f"violation: {law.name}", f"{count} systems, {name}", subject, max(told, default=None),
                    problem=problem, cases=len(told), seed=SEED,
                ),
                law.target,
            )
        )  # fmt: skip
    return found


class Faulty:
    """A simulator with a seeded fault, asked as a subject is."""

    kind = "reference"
    offers = frozenset(DRAW)

    def __init__(self, fault: EchoFault) -> None:
        self.fault, self.name = fault, f"fault: {fault.name}"
        self.provenance = {"kind": "fault", "name": fault.name, "words": fault.words}

    def error(self, system: EchoSystem, plan: EchoPlan, expected: Trajectory) -> float:
        """RMSE of M on equal offsets."""
        m = self.fault.curves([system], plan)[0]
        return METRICS["rmse_m"].of(answer_of(plan, Provenance(self.name), m=m), expected, system)


def seeded_faults(truth: Any) -> list[tuple[Measurement, bool]]:
    """(RMSE of M of each seeded fault on a stored case, whether it is no fault)."""
    system = LARGE
    expected = truth.reference.simulate(system, CHALLENGE, DRAW)
    found = []
    for fault in (*FAULTS, *NULLS):
        subject = Faulty(fault)
        value = subject.error(system, CHALLENGE, expected)
        found.append((measured(METRICS["rmse_m"].label, f"case {system.name}", subject, value), fault.is_null))
    return found


def _timed(call: Any) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun
