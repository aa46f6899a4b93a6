"""What the task hands to the common suites: one plan of each, the same in every tier."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from harness.tasks.oscillator.physics import GRID, Euler, Exact, Oscillators, Population, RungeKutta, Surrogate, answer

from harness.benchmark.timing import Protocol
from harness.subjects import NamedSubject
from harness.suites import accuracy, conservation, cost, detection, inverse, ood, uncertainty
from harness.suites.asking import Truths
from harness.suites.baseline import Baseline, Control
from harness.suites.metrics import rmse
from harness.task import Metric

RMSE = Metric("rmse_x", "RMSE of x", "root mean square error of the mean displacement", "1",
              lambda one, truth, system: rmse(one.arrays["x"] - truth.arrays["x"]), ("x",))  # fmt: skip
METRICS = {"rmse_x": RMSE}
EULER = Baseline("euler", "Euler", lambda systems, grid: [Euler().simulate(s, grid) for s in systems],
                 "mean RMSE over that of Euler")  # fmt: skip
INSIDE, FASTER = Population("1-3 per s", 1), Population("4-6 per s", 1, (4.0, 6.0))
CARRIERS = {"exact": lambda true: Surrogate("exact", 0.0), "honest": lambda true: Surrogate("honest", 1e-3)}
truths = partial(Truths, Exact())


def named(model: Any, kind: str = "reference", name: str = "", details: Any = None) -> NamedSubject:
    return NamedSubject(name or model.name, kind, model, details or {}, "oscillator")


def euler(run: Any, target: str, *given: Any) -> Control:
    """Euler's method misses ``target`` of the suite that ``run`` carries out."""
    return Control("euler", (target,), lambda: run(named(Euler()), *given).claims)


def faulty(run: Any, fault: str, targets: tuple[str, ...], *given: Any, lowest: tuple[str, ...] = ()) -> Control:
    """A correct surrogate with one of :data:`FAULTS` misses ``targets``."""
    one = next(one for one in FAULTS if one.name == fault)
    subject = named(detection.Faulty(CARRIERS[one.carrier](None), one), "surrogate")
    return Control(fault, targets, lambda: run(subject, *given).claims, lowest)


ACCURACY = accuracy.Plan(
    lambda: [accuracy.Case(f"set {k}", s, GRID, (("rmse_x", "rmse"),)) for k, s in enumerate(INSIDE.draw(4, 1))],
    (RMSE,), (EULER,), ("x",), controls=lambda *given: [euler(accuracy.run, "rmse", *given)])  # fmt: skip
COST = cost.Plan(
    lambda size: Population(f"{size} oscillators", size), (1, 4), 4, 1, (RMSE,), truths, {"rmse_x": "rmse"}, "largest",
    (cost.Rival("euler", Euler, 4), cost.Rival("exact", Exact, 4)), protocol=Protocol(0, 2, 2, budget_s=0.01),
    panels=(cost.Panel("x", lambda one: one.arrays["x"]),), judges_costs=False,
    controls=lambda *given: [euler(cost.run, "rmse", *given)])  # fmt: skip
OOD = ood.Plan((INSIDE, FASTER), 60, (RMSE,), EULER, truths, "x", {"rmse_x": "in_rmse"}, lambda *given: [
    euler(ood.run, "in_rmse", *given), faulty(ood.run, "flag always inside", ("flagged",), *given)])  # fmt: skip
LAWS = (
    conservation.OfAnswer("x(0) = start", "start", lambda one, s: one.arrays["x"][:1] - s.start, ("x",)),
    conservation.OfAnswer("|x| ≤ |x(0)|", "bound", lambda one, s: np.maximum(abs(one.arrays["x"]) - abs(s.start), 0)),
    conservation.Symmetry("x → -x", "mirror", lambda s, rng: conservation.Changed(
        replace(s, start=-s.start), lambda one, two: one.arrays["x"] + two.arrays["x"])))  # fmt: skip
CONSERVATION = conservation.Plan((INSIDE,), 6, (GRID,), LAWS, truths, controls=lambda *given: [
    euler(conservation.run, "bound", *given),
    faulty(conservation.run, "offset", ("start", "mirror"), *given)])  # fmt: skip
UNCERTAINTY = uncertainty.Plan(
    INSIDE, FASTER, 300, 300, 40, {"x": "$x$"}, truths, spread_label="std of x", shipped_levels=(),
    controls=lambda *given: [
        faulty(uncertainty.run, "std halved", ("std_gap",), *given),
        faulty(uncertainty.run, "std of another case", ("std_ranks",), *given, lowest=("std_ranks",))])  # fmt: skip
FAULTS = (
    detection.Fault("frequency", "ω times 1 + size", 0.02, "1",
                    lambda s, x: replace(s, omega=tuple(w * (1 + x) for w in s.omega))),
    detection.Fault("offset", "x plus size", 1e-2, "1",
                    output=lambda one, s, x, rng: answer(one.grid, one.arrays["x"] + x)),
    detection.Fault("order", "answers of a batch reversed", batch=lambda found, systems, x: found[::-1]),
    detection.Fault("std halved", "std times a half", carrier="honest", uncertainty=lambda p, x, rng: replace(
        p, std=p.std and tuple(answer(s.grid, s.arrays["x"] / 2) for s in p.std))),
    detection.Fault("std of another case", "std shuffled", carrier="honest", uncertainty=lambda p, x, rng: replace(
        p, std=p.std and tuple(p.std[k] for k in rng.permutation(len(p.std))))),
    detection.Fault("flag always inside", "no flag",
                    uncertainty=lambda p, x, rng: replace(p, in_domain=[type(c)({}) for c in p.in_domain])),
    detection.Fault("single precision", "rounded", harmless=True, output=lambda one, s, x, rng: answer(
        one.grid, one.arrays["x"].astype(np.float32).astype(float))))  # fmt: skip
DETECTION = detection.Plan({
    "cost": lambda subject, true: cost.run(subject, replace(COST, rivals=()), true).claims,
    "conservation": lambda subject, true: conservation.run(subject, CONSERVATION).claims,
    "ood": lambda subject, true: ood.run(subject, OOD, true).claims,
    "uncertainty": lambda subject, true: uncertainty.run(subject, UNCERTAINTY, true).claims,
}, FAULTS, CARRIERS, truths, ("conservation",), correct=lambda true: {"rk4": named(RungeKutta())},
    subject=lambda name, model, details: named(model, "surrogate", name, details))  # fmt: skip


def signal(subject: Any, theta: np.ndarray) -> np.ndarray:
    """x of an oscillator with the parameters (γ, ω)."""
    found = subject.answer(Oscillators((theta[1],), theta[0]), GRID)
    if found.trajectory is None:
        raise inverse.Broken(found.problem)
    return found.trajectory.arrays["x"]


def problems(draws: int, sigma: float = 0.01) -> Iterator[inverse.Case]:
    exact = named(Exact())
    for draw, system in enumerate(INSIDE.draw(draws, 6)):
        truth = np.array([system.gamma, *system.omega])
        noise = sigma * np.random.default_rng([6, draw]).standard_normal(GRID.points)
        yield inverse.Case(
            None, ("γ", "ω"), truth, 1.02 * truth, SOLVER.bound(exact, truth, sigma), signal(exact, truth) + noise,
            {"draw": draw}, f"#{draw}", "" if draw else f"{sigma:g}", partial(np.add, -truth))  # fmt: skip


SOLVER, PROBE = inverse.GaussNewton(signal), INSIDE.draw(1, 0)[0]
INVERSE = inverse.Plan(
    inverse.Single("γ", "γ, one oscillator", 12, 0, problems, 400, PROBE),
    inverse.Joint("γ and ω", (1,), 12, 0, lambda size, draws: problems(draws), str, 1, 1.0, 400, PROBE),
    GRID, "1/s", lambda subject: subject, SOLVER, symbol=r"\gamma", path_label="σ", needs=frozenset({"x"}),
    controls=lambda plan: [euler(inverse.of_subject, "pooled_ratio", plan)])  # fmt: skip
EVERY = {"accuracy": ACCURACY, "cost": COST, "conservation": CONSERVATION, "ood": OOD, "inverse": INVERSE,
         "uncertainty": UNCERTAINTY, "detection": DETECTION}  # fmt: skip
PLANS = {suite: dict.fromkeys(("smoke", "nightly", "full"), plan) for suite, plan in EVERY.items()}
