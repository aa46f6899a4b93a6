"""What the task hands to the common suites: one plan of each, the same in every tier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any

import numpy as np

from harness.benchmark.timing import Protocol
from harness.subjects import NamedSubject
from harness.suites import accuracy, conservation, cost, detection, inverse, ood, uncertainty
from harness.suites.asking import Truths
from harness.suites.baseline import Baseline, Control
from harness.suites.metrics import rmse
from harness.task import Metric
from harness.tasks.oscillator.physics import GRID, Euler, Exact, Flagging, Honest, Oscillators, Population, Stepper, times


def error(answer: Any, truth: Any, system: Any) -> float:
    return rmse(answer.arrays["x"] - truth.arrays["x"]) if "x" in answer.arrays else np.nan


RMSE = Metric("rmse_x", "RMSE of x", "root mean square error of the mean displacement", "1", error, ("x",))
EULER = Baseline("euler", "Euler", lambda systems, grid: [Euler().simulate(s, grid) for s in systems],
                 "mean RMSE over that of Euler")  # fmt: skip
INSIDE, FASTER = Population("1-3 per s", 3), Population("4-6 per s", 3, (4.0, 6.0))


def truths() -> Truths:
    return Truths(Exact())


def named(model: Any, kind: str = "reference") -> NamedSubject:
    return NamedSubject(model.name, kind, model, {}, "oscillator")


def faulty(name: str) -> NamedSubject:
    fault = next(one for one in FAULTS if one.name == name)
    return subject(name, detection.Faulty(CARRIERS[fault.carrier](truths()), fault), {})


def subject(name: str, model: Any, details: Any) -> NamedSubject:
    return NamedSubject(name, "surrogate", model, details, "oscillator")


def cases() -> list[accuracy.Case]:
    return [accuracy.Case(f"set {k}", s, GRID, (("rmse_x", "rmse"),)) for k, s in enumerate(INSIDE.draw(4, 1))]


ACCURACY = accuracy.Plan(cases, (RMSE,), (EULER,), ("x", "v"), controls=lambda plan, true: (
    Control("euler", ("rmse",), lambda: accuracy.run(named(Euler()), plan, true).claims),))  # fmt: skip
COST = cost.Plan(
    lambda size: Population(f"{size} oscillators", size), (1, 4), 4, 1, (RMSE,), truths, {"rmse_x": "rmse"}, "largest",
    (cost.Rival("euler", Euler, 4), cost.Rival("exact", Exact, 4)), protocol=Protocol(0, 2, 2, budget_s=0.01),
    panels=(cost.Panel("x", lambda one: one.arrays["x"]),), judges_costs=False, controls=lambda plan, true: (
        Control("euler", ("rmse", "largest"), lambda: cost.run(named(Euler()), plan, true).claims),),
)  # fmt: skip
OOD = ood.Plan((INSIDE, FASTER), 60, (RMSE,), EULER, truths, "x", {"rmse_x": "in_rmse"}, lambda plan, true: (
    Control("euler", ("in_rmse",), lambda: ood.run(named(Euler()), plan, true).claims),
    Control("flag", ("flagged",), lambda: ood.run(faulty("flag always inside"), plan, true).claims)))  # fmt: skip


def beyond_start(answer: Any, system: Oscillators) -> np.ndarray:
    """Damped oscillators that start at rest never go further than where they started."""
    return np.maximum(np.abs(answer.arrays["x"]) - abs(system.start), 0)


def mirrored(system: Oscillators, rng: np.random.Generator) -> conservation.Changed:
    other = replace(system, start=-system.start)
    return conservation.Changed(other, lambda one, two: one.arrays["x"] + two.arrays["x"])


LAWS = (
    conservation.OfAnswer("x(0) = 1", "start", lambda one, s: one.arrays["x"][:1] - s.start, ("x",)),
    conservation.OfAnswer("|x| ≤ |x(0)|", "bound", beyond_start, ("x",)),
    conservation.Symmetry("x → -x", "mirror", mirrored, ("x",)),
)
CONSERVATION = conservation.Plan((INSIDE,), 6, (GRID,), LAWS, truths, controls=lambda plan, true: (
    Control("offset", ("start", "mirror"), lambda: conservation.run(faulty("offset"), plan).claims),
    Control("euler", ("bound",), lambda: conservation.run(named(Euler()), plan).claims)))  # fmt: skip


UNCERTAINTY = uncertainty.Plan(
    INSIDE, FASTER, 300, 300, 40, {"x": "$x$"}, truths, spread_label="std of x",
    shipped_levels=(), controls=lambda plan, true: tuple(
        Control(name, (target,), lambda name=name: uncertainty.run(faulty(name), plan, true).claims, ("std_ranks",))
        for name, target in (("std halved", "std_gap"), ("std of another case", "std_ranks"))),
)  # fmt: skip
CARRIERS = {"exact": lambda true: Flagging(), "honest": lambda true: Honest()}
FAULTS = (
    detection.Fault("frequency", "ω times 1 + size", 0.02, "1",
                    lambda s, x: replace(s, omega=tuple(w * (1 + x) for w in s.omega))),
    detection.Fault("offset", "x plus size", 1e-2, "1",
                    output=lambda one, s, x, rng: replace(one, arrays={**one.arrays, "x": one.arrays["x"] + x})),
    detection.Fault("order", "answers of a batch reversed", batch=lambda found, systems, x: found[::-1]),
    detection.Fault("std halved", "std times a half", carrier="honest",
                    uncertainty=lambda p, x, rng: replace(p, std=p.std and tuple(times(s, 0.5) for s in p.std))),
    detection.Fault("std of another case", "std shuffled", carrier="honest", uncertainty=lambda p, x, rng: replace(
        p, std=p.std and tuple(p.std[k] for k in rng.permutation(len(p.std))))),
    detection.Fault("flag always inside", "no flag",
                    uncertainty=lambda p, x, rng: replace(p, in_domain=[type(c)({}) for c in p.in_domain])),
    detection.Fault("single precision", "rounded", harmless=True, output=lambda one, s, x, rng: replace(
        one, arrays={k: a.astype(np.float32).astype(float) for k, a in one.arrays.items()})),
)  # fmt: skip
DETECTION = detection.Plan(
    {
        "cost": lambda subject, true: cost.run(subject, replace(COST, rivals=()), true).claims,
        "conservation": lambda subject, true: conservation.run(subject, CONSERVATION).claims,
        "ood": lambda subject, true: ood.run(subject, OOD, true).claims,
        "uncertainty": lambda subject, true: uncertainty.run(subject, UNCERTAINTY, true).claims,
    },
    FAULTS, CARRIERS, truths, ("conservation",), correct=lambda true: {"rk4": named(Stepper())}, subject=subject,
)  # fmt: skip


def signal(subject: Any, theta: np.ndarray) -> np.ndarray:
    """x of oscillators with the parameters (γ, ω₁, …)."""
    answer = subject.answer(Oscillators(tuple(theta[1:]), theta[0]), GRID)
    if answer.trajectory is None:
        raise inverse.Broken(answer.problem)
    return answer.trajectory.arrays["x"]


def slopes(subject: Any, theta: np.ndarray) -> np.ndarray:
    """(P, T), central differences."""
    return np.stack([signal(subject, theta + d) - signal(subject, theta - d) for d in 1e-4 * np.eye(len(theta))]) / 2e-4


def fit(subject: Any, case: inverse.Case, most: int, tolerance: float) -> Any:
    """Gauss and Newton's method."""
    begun, cpu, path = perf_counter(), process_time(), [case.start]
    for _ in range(most):
        step = np.linalg.lstsq(slopes(subject, path[-1]).T, case.signal - signal(subject, path[-1]), rcond=None)[0]
        path.append(path[-1] + step)
        if np.abs(step).max() < tolerance:
            break
    converged = bool(np.abs(path[-1] - path[-2]).max() < tolerance)
    return SimpleNamespace(theta=path[-1], path=np.array(path), iterations=len(path) - 1, converged=converged,
                           seconds=perf_counter() - begun, cpu_seconds=process_time() - cpu)  # fmt: skip


def problems(size: int, draws: int, sigma: float = 0.01) -> Iterator[inverse.Case]:
    exact = named(Exact())
    for draw, system in enumerate(Population("", size).draw(draws, 6)):
        truth, rng = np.array([system.gamma, *system.omega]), np.random.default_rng([6, draw])
        jacobian = slopes(exact, truth)
        bound = sigma * np.sqrt(np.diag(np.linalg.pinv(jacobian @ jacobian.T)))
        noisy = signal(exact, truth) + sigma * rng.standard_normal(GRID.points)
        names = ("γ", *(f"ω{k + 1}" for k in range(size)))
        yield inverse.Case(None, names, truth, 1.02 * truth, bound, noisy, {"draw": draw}, f"#{draw}",
                           "0.01" if not draw else "", lambda theta, truth=truth: theta - truth)  # fmt: skip


PROBE = Population("", 1).draw(1, 0)[0]
INVERSE = inverse.Plan(
    inverse.Single("γ and ω", "γ and ω", 12, 0, lambda draws: problems(1, draws), 400, PROBE),
    inverse.Joint("all", (1,), 12, 0, problems, lambda size: f"{size} oscillators", 1, 1.0, 400, PROBE),
    GRID, "1/s", lambda subject: subject, fit, symbol=r"\gamma", path_label="σ", needs=frozenset({"x"}),
    controls=lambda plan: (Control("euler", ("pooled_ratio",), lambda: inverse.of_subject(named(Euler()), plan).claims),),
)  # fmt: skip
PLANS = {
    name: dict.fromkeys(("smoke", "nightly", "full"), plan)
    for name, plan in (("accuracy", ACCURACY), ("cost", COST), ("conservation", CONSERVATION), ("ood", OOD),
                       ("inverse", INVERSE), ("uncertainty", UNCERTAINTY), ("detection", DETECTION))
}  # fmt: skip
METRICS = {"rmse_x": RMSE}
