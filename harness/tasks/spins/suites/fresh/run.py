"""Systems that are in no cache: is the subject as accurate there as on cached systems, whose answers it may store?

Each run draws new systems from ``--fresh-seed``, of the same kinds and ranges as the cached test cases, and judges
them by the same absolute targets. A subject that returns stored answers, and estimates where it has none, misses these
targets, and its errors on fresh systems are much larger than its errors on the cached cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.subjects import Answer
from harness.suites.asking import Answers, Claim, ask, measured
from harness.suites.intervals import bootstrap, quotient
from harness.suites.metrics import relative_error, rmse, worst_time
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
from harness.tasks.spins.suites.fresh.cached import cached_like
from harness.tasks.spins.suites.fresh.plan import KINDS, ROLES, Fresh
from harness.tasks.spins.suites.truth import Truth
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid, Trajectory

FLOOR = 1e-5
"""Errors below this value are set to this value, which is far below every target: smaller errors have no meaning."""


def claims_of(subject: Any, cases: Sequence[Fresh], seed: int) -> list[Claim]:
    """Per kind of system the RMS error over all fresh systems, with the target of the cached cases of that kind.

    The error of each system is recorded. The RMS is judged and not the largest error: the systems differ from run to
    run, and one unusual draw must not determine the verdict.
    """
    answers = subject.answers([case.system for case in cases], STANDARD_GRID)
    requested = list(zip(cases, answers, strict=True))
    found = []
    for role in dict.fromkeys(case.role for case in cases):
        of_m, of_i1z, words = ROLES[role]
        mine = [(case, answer) for case, answer in requested if case.role == role]
        for signal, target in (("m", of_m), ("i1z", of_i1z)):
            single = [_error(subject, case, answer, seed, signal) for case, answer in mine]
            found.append(Claim(_pooled(subject, words, single, seed), target))
            found += [Claim(one) for one in single]
    return found


def _pooled(subject: Any, words: str, single: Sequence[Measurement], seed: int) -> Measurement:
    metric, case = f"RMS over systems of the {single[0].metric}", f"{len(single)} fresh {words}"
    problem = next((one.problem for one in single if one.problem), "")
    absent = next((one.note for one in single if not one.determined), "")
    values = {one.case: one.value for one in single if one.value is not None}
    if problem or absent or len(values) < len(single):
        return measured(metric, case, subject, None, problem=problem, absent="" if problem else absent, seed=seed)
    worst = max(values, key=lambda name: values[name])
    errors = np.array(list(values.values()))
    interval = bootstrap(_rms, [errors], np.random.default_rng(seed))
    return measured(
        metric, case, subject, _rms(errors), worst=f"{worst}: {values[worst]:.2e}", seed=seed, interval=interval,
        cases=len(errors),
    )  # fmt: skip


def _rms(errors: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))


def _error(subject: Any, case: Fresh, answer: Answer, seed: int, signal: str) -> Measurement:
    relative = case.role == "molecule-variant-test" and signal == "m"
    metric = (RELATIVE_M if relative else RMSE_M if signal == "m" else RMSE_I1Z).label
    if answer.trajectory is None:
        absent = f"refused by {subject.name}: {answer.refusal}" if answer.refused else ""
        return measured(metric, case.name, subject, None, problem=answer.problem, absent=absent, seed=seed)
    given = answer.trajectory.mx if signal == "m" else answer.trajectory.i1z
    if given is None:
        return measured(metric, case.name, subject, None, absent=f"it gives no {signal}", seed=seed)
    predicted, truth = (getattr(one, signal) for one in (answer.trajectory, case.truth))
    value = relative_error(predicted - truth, truth) if relative else rmse(predicted - truth)
    worst = worst_time(predicted - truth, STANDARD_GRID.dt_s)
    return measured(metric, case.name, subject, value, worst=worst, seed=seed)


def against_cached(subject: Any, cases: Sequence[Fresh], truth: Truth, seed: int) -> list[Claim]:
    """Per kind the typical error of M on fresh systems over that on cached ones, both at least :data:`FLOOR`."""
    claims = []
    for kind, known in cached_like(truth).items():
        new = [case for case in cases if case.role in KINDS[kind]]
        on_fresh = ask(subject, [case.system for case in new], STANDARD_GRID)
        on_cached = ask(subject, [case.system for case in known], STANDARD_GRID)
        fresh_errors = _errors(on_fresh, [case.truth for case in new])
        cached_errors = _errors(on_cached, [case.truth for case in known])
        absent = "" if known else f"{truth.name} says nothing of the cached {kind} here"
        if refusal := on_fresh.refusal or on_cached.refusal:
            absent = f"refused by {subject.name}: {refusal}"
        problem = "" if absent else on_fresh.problem or on_cached.problem
        both = bool(len(fresh_errors) and len(cached_errors))
        if not (both or absent or problem):
            absent = "it gives no M of some systems"
        note = f"{len(new)} fresh: {_summary(fresh_errors)}; {len(known)} cached: {_summary(cached_errors)}"
        found = measured(
            "error of M on fresh systems over that on cached ones", kind, subject,
            _typical(fresh_errors) / _typical(cached_errors) if both else None,
            reference=f"exact, {truth.name}", note=note, seed=seed, problem=problem, absent=absent,
            interval=quotient(_typical, fresh_errors, cached_errors, np.random.default_rng(seed)) if both else None,
            cases=len(new),
        )  # fmt: skip
        claims.append(Claim(found, "over_cached"))
    return claims


def _summary(errors: np.ndarray) -> str:
    return f"{_typical(errors):.2e}" if len(errors) else "no error"


def _typical(errors: np.ndarray) -> float:
    """Geometric mean, because the errors of different systems differ by orders of magnitude."""
    return float(np.exp(np.mean(np.log(errors))))


def _errors(answers: Answers, truths: Sequence[Trajectory | None]) -> np.ndarray:
    """RMSE of M of every system, at least :data:`FLOOR`; empty if an answer is missing."""
    pairs = zip(answers.trajectories, truths, strict=True)
    errors = [
        max(rmse(one.m - truth.m), FLOOR)
        for one, truth in pairs
        if one is not None and one.mx is not None and truth is not None
    ]
    return np.array(errors if len(errors) == len(truths) else [])


def live_claims(cases: Sequence[Fresh], live: Callable[[SpinSystem, TimeGrid], Trajectory], seed: int) -> list[Claim]:
    """``exact`` compared with live Spinach on every fresh system, with the offsets and couplings that Spinach used."""
    from harness.tasks.spins.references import reference
    from harness.tasks.spins.spinach import system_used
    from harness.tasks.spins.suites.truth import brief

    exact, claims = reference("exact"), []
    for case in cases:
        theirs = live(case.system, STANDARD_GRID)
        ours = exact.simulate(system_used(case.system, theirs), STANDARD_GRID)
        found = Measurement(
            f"{RMSE_M.label} of exact", case.name, "exact", "spinach", rmse(ours.m - theirs.m),
            worst=worst_time(ours.m - theirs.m, STANDARD_GRID.dt_s), seeds={"draw": seed},
            subject_provenance={"kind": "reference", "name": "exact"}, reference_provenance=brief(theirs),
        )  # fmt: skip
        claims.append(Claim(found, "live"))
    return claims
