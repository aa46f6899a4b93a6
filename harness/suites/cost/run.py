"""Cost and error against the size of the system, for the subject and every rival."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from harness.benchmark.timing import measure
from harness.errors import InputError
from harness.report.records import Measurement
from harness.subjects.capabilities import Batched, Simulates, model_of
from harness.suites.asking import Claim, Truths, ask_within, measured, not_done
from harness.suites.cost.measure import CostPoint, SpeedUp, dominators, dominators_interval, extrapolated, speed_ups
from harness.suites.cost.plan import Plan, Rival
from harness.suites.errors import CaseError, absence, case_errors, mean_claim, mean_of, worst_of
from harness.task import BatchedReference, Grid, Signals

DOMINATED = "classical methods both faster and more accurate"


@dataclass(frozen=True, eq=False)
class Outcome:
    """Cost points of all methods, speed-ups of the subject, one case to look at, claims for the verdicts."""

    points: list[CostPoint]
    ratios: list[SpeedUp]
    shown: tuple[Signals, dict[str, Signals]] | None
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Errors over ``plan.cases`` systems of every size, seconds of one of them, and of a batch for the subject."""
    points, claims = rival_points(plan, truths), []
    for others in plan.others if plan.rivals else ():
        points += others(plan, truths, subject)
    shown = None
    beyond = plan.beyond if subject.kind == "surrogate" else ()
    for size in (*plan.sizes, *beyond):
        population, believed = plan.population(size), truths.at(size)
        systems, grid = population.draw(plan.cases, plan.seed), population.grid
        answers, undone = ask_within(subject, systems, grid, plan.budget_s)
        if answers.refusal:
            why = f"not supported: {answers.refusal}"
            claims.append(Claim(measured(f"mean {plan.main.label}", population.name, subject, None, absent=why)))
            continue
        claims += not_done(subject, population.name, undone)
        systems = systems[: len(answers.trajectories)]
        truth = believed(systems, grid)
        errors = case_errors(plan.metrics, systems, answers.trajectories, truth)
        claims += _error_claims(subject, plan, size, errors, answers.problem, believed.name)
        if answers.problem:
            continue
        if believed is truths:
            telling = plan.telling(truth)
            shown = (truth[telling], {str(subject.name): answers.trajectories[telling]})
        points.append(point_of(subject.name, size, 1, _call(subject, systems[:1], grid), errors, plan, truths))
        if "batches" in subject.offers:
            batch = population.draw(plan.batch, plan.seed)
            points.append(point_of(subject.name, size, plan.batch, _call(subject, batch, grid), errors, plan, truths))
    ratios = speed_ups(points, subject.name)
    costs = _cost_claims(subject, plan, points, ratios, truths)
    claims += costs if plan.judges_costs else [Claim(claim.measurement) for claim in costs]
    return Outcome(points, ratios, shown, claims)


def rival_points(plan: Plan, truths: Truths) -> list[CostPoint]:
    """Every rival at every size it is run on, and its extrapolation where it has one."""
    return [point for rival in plan.rivals for point in _points_of(rival, plan, truths)]


def _points_of(rival: Rival, plan: Plan, truths: Truths) -> list[CostPoint]:
    try:
        method = rival.make()
    except InputError:
        return []
    mine: list[CostPoint] = []
    batched: list[CostPoint] = []
    together = method.simulate_batch if isinstance(method, BatchedReference) else None
    for size in (*plan.sizes, *plan.beyond):
        if size > rival.largest:
            if rival.grows and mine and size <= truths.exact_up_to:
                mine.append(extrapolated(mine, size, rival.grows))
            continue
        population = plan.population(size)
        systems, grid = population.draw(plan.cases, plan.seed), population.grid
        requested = systems[: rival.few]
        found = [method.simulate(system, grid) for system in requested]
        errors = case_errors(plan.metrics, requested, found, truths.at(size)(requested, grid))
        call = partial(method.simulate, systems[0], grid)
        mine.append(point_of(rival.label, size, 1, call, errors, plan, truths))
        if together is not None and plan.batch > 1:
            call = partial(together, population.draw(plan.batch, plan.seed), grid)
            batched.append(point_of(rival.label, size, plan.batch, call, errors, plan, truths))
    return [*mine, *batched]


def _call(subject: Any, systems: Sequence[Any], grid: Grid) -> Callable[[], object]:
    """From the system to its answer, without the checks that the suites put around the harness's own subjects."""
    model = model_of(subject)
    if isinstance(model, Batched):
        return partial(model.predict, systems, grid)
    if isinstance(model, Simulates):
        return partial(model.simulate, systems[0], grid)
    return partial(subject.answers, systems, grid)


def point_of(
    label: str,
    size: int,
    batch: int,
    call: Callable[[], object],
    errors: Sequence[CaseError],
    plan: Plan,
    truths: Truths,
) -> CostPoint:
    """Measure the time of ``call``, which answers ``batch`` systems, and combine it with the errors."""
    timing, main = measure(call, plan.protocol), plan.main.key
    beyond = f"error against {plan.beyond_label}" if size > truths.exact_up_to else ""
    return CostPoint(
        label, size, batch, timing.wall_s / batch, timing.wall_std_s / batch, timing.runs, mean_of(errors, main),
        worst_of(errors, main)[main], {m.key: mean_of(errors, m.key) for m in plan.metrics[1:]}, len(errors),
        note="; ".join(filter(None, [timing.flagged, beyond])),
    )  # fmt: skip


def _error_claims(
    subject: Any, plan: Plan, size: int, errors: Sequence[CaseError], problem: str, reference: str
) -> list[Claim]:
    """The mean of every metric, and the largest value of the first."""
    case, main = plan.population(size).name, plan.main
    about: dict[str, Any] = {"reference": reference, "seed": plan.seed, "problem": problem}
    means = [mean_claim(m, errors, case, subject, plan.targets.get(m.key), **about) for m in plan.metrics]
    worst = worst_of(errors, main.key)
    value = worst[main.key]
    largest = measured(
        f"largest {main.label}", case, subject, value, unit=main.unit, worst=f"{worst.case}: {value:.2e}",
        absent=absence(main, value), cases=len(errors), **about,
    )  # fmt: skip
    claims = [means[0], Claim(largest, plan.largest), *means[1:]]
    return claims + ([Claim(means[0].measurement, plan.at_size[size])] if size in plan.at_size else [])


def speed_target(subject: Any, plan: Plan, ratio: SpeedUp) -> str | None:
    """The target of a speed-up: for surrogates in a batch, where the plan names one."""
    if subject.kind != "surrogate" or "(batch" not in ratio.subject:
        return None
    return plan.speed_targets.get((ratio.opponent, ratio.size))


def _cost_claims(
    subject: Any, plan: Plan, points: Sequence[CostPoint], ratios: Sequence[SpeedUp], truths: Truths
) -> list[Claim]:
    claims = []
    for ratio in ratios:
        found = measured(
            f"speed-up of {ratio.subject} against {ratio.opponent}", plan.population(ratio.size).name, subject,
            ratio.factor, reference=ratio.opponent, note=str(ratio), interval=ratio.interval,
        )  # fmt: skip
        claims.append(Claim(found, speed_target(subject, plan, ratio)))
    for found in _dominated(subject, subject.name, plan, points, truths):
        claims.append(Claim(found, "dominated" if subject.kind == "surrogate" else None))
    for name in plan.watched:
        if name != subject.name:
            rows = _dominated(subject, name, plan, points, truths)
            claims += [Claim(replace(found, subject=name, subject_provenance={})) for found in rows]
    return claims


def _dominated(
    subject: Any, method: str, plan: Plan, points: Sequence[CostPoint], truths: Truths
) -> Iterator[Measurement]:
    """How many methods are at once faster and more accurate than this one, for one system and for a batch."""
    for batch in sorted({p.batch for p in points if p.method == method}):
        mine = [p for p in points if p.method == method and p.batch == batch]
        largest = max((p for p in mine if p.size <= truths.exact_up_to), key=lambda p: p.size, default=mine[0])
        better = dominators(points, largest)
        names = ", ".join(f"{p.label} ({p.seconds * 1e3:.2g} ms, {p.error:.1e})" for p in better)
        how = "one system" if batch == 1 else f"batch {batch}"
        yield measured(
            f"{DOMINATED}, {how}", plan.population(largest.size).name, subject,
            float(len(better)), reference="all methods", worst=names,
            note=f"{largest.seconds * 1e3:.3g} ms per system at an error of {largest.error:.1e}; "
                 f"better: {names or 'none'}",
            interval=dominators_interval(points, largest),
        )  # fmt: skip
