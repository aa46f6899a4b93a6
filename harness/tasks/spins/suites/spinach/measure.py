"""Measurement of one case: the subject, the subject without its network, and two formulas compared with the truth.

Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from harness.report.records import Measurement
from harness.subjects import Answer, NamedSubject, Subject, untrained
from harness.suites.metrics import relative_error, rmse, worst_time
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
from harness.tasks.spins.suites.truth import Case, Truth
from harness.tasks.spins.systems import Trajectory

BASELINES = ("pair-product", "weak-coupling")
# Relative errors below single-precision rounding over a few hundred steps cannot be distinguished.
ROUNDING = 1e-6
SLOW_S = 5.0
STILL = 2e-3
VACUOUS = (
    "M of this system is one undamped line, which any method that has the offset gets right: "
    "it shows nothing of couplings"
)


@dataclass(frozen=True, eq=False)
class Compared:
    """A case with its truth, the subject's answer, and the answer of each baseline.

    Baselines are those of :data:`BASELINES` and, if this variant exists, the subject without its network.
    """

    case: Case
    truth: Truth
    subject: Subject
    answer: Answer
    latency_s: float
    baselines: Mapping[str, Answer]

    def answers(self) -> Iterator[tuple[str, str, Mapping[str, Any], Answer]]:
        """(whose, name, provenance, answer): the subject ("subject") first, then each baseline by its name."""
        yield "subject", self.subject.name, self.subject.provenance, self.answer
        for name, answer in self.baselines.items():
            yield name, name, {"kind": "reference" if name in BASELINES else "surrogate", "name": name}, answer


def compare(case: Case, truth: Truth, subject: Subject) -> Compared:
    """Compute a case with the subject and the baselines.

    The first call may load, plan or compile, so that it is not timed if there is time for another call. Then up to
    three calls are timed, as long as they take less than one second in total; the latency is their median.
    """
    from harness.tasks.spins.references import reference
    from harness.tasks.spins.systems.checks import refuse_aliased

    refuse_aliased(case.system, case.grid)
    system: Any = case.system
    answer = subject.answer(system, case.grid)
    times: list[float] = []
    while not answer.problem and answer.wall_s < SLOW_S and len(times) < 3 and sum(times) < 1.0:
        times.append(subject.answer(system, case.grid).wall_s)
    others = {
        name: NamedSubject(name, "reference", reference(name), {}).answer(system, case.grid) for name in BASELINES
    }
    bare = untrained(subject)
    if bare is not None:
        others[bare.name] = bare.answer(system, case.grid)
    return Compared(case, truth, subject, answer, median(times or [answer.wall_s]), others)


def errors(compared: Compared) -> dict[tuple[str, str], Measurement]:
    """(metric, whose) → measurement, for the subject ("subject") and each baseline by its name.

    The metrics are the relative error of M and the RMSE of M and of I1z, by their labels.
    """
    found: dict[tuple[str, str], Measurement] = {}
    for whose, name, provenance, answer in compared.answers():
        for metric, value in _errors_of(compared.case, answer).items():
            found[metric, whose] = _measurement(compared, metric, name, provenance, answer, **value)
    return found


def against_pair_product(found: Mapping[tuple[str, str], Measurement]) -> Measurement:
    """Relative error of M of the subject over that of the pair product; both are at least the rounding error."""
    ours, formula = found[RELATIVE_M.label, "subject"], found[RELATIVE_M.label, "pair-product"]
    value, note = None, ours.note
    if ours.value is not None and formula.value is not None:
        value = max(ours.value, ROUNDING) / max(formula.value, ROUNDING)
        if formula.value < ROUNDING:
            predicted = f"the pair product's error of {formula.value:.2g} counts as {ROUNDING:g}"
            note = "; ".join(filter(None, (predicted, note)))
    return Measurement(
        "error of M over that of the pair product",
        ours.case,
        ours.subject,
        ours.reference,
        value,
        worst=ours.worst,
        problem=ours.problem or formula.problem,
        determined=ours.determined,
        note=note,
        subject_provenance=ours.subject_provenance,
        reference_provenance=ours.reference_provenance,
        seeds=ours.seeds,
    )


def against_untrained(kind: str, cases: Sequence[Compared]) -> Measurement | None:
    """Mean RMSE of M of the subject over that of the subject without its network, on all cases of a kind.

    None if there are no cases, or if the subject has no variant without its network.
    """
    bare = untrained(cases[0].subject) if cases else None
    if bare is None:
        return None
    pairs = [(found[RMSE_M.label, "subject"], found[RMSE_M.label, bare.name]) for found in map(errors, cases)]
    like = pairs[0][0]
    there = [(a.value, b.value) for a, b in pairs if a.value is not None and b.value is not None]
    mine, other = (float(np.mean([pair[k] for pair in there])) if there else 0.0 for k in (0, 1))
    return Measurement(
        "mean RMSE of M over that without its network",
        f"{len(there)} {kind}",
        like.subject,
        like.reference,
        mine / other if other else None,
        problem="" if len(there) == len(pairs) else "some cases have no answer",
        note=f"{mine:.2e} and {other:.2e}",
        subject_provenance=like.subject_provenance,
        reference_provenance=like.reference_provenance,
    )


def times(compared: Compared) -> list[Measurement]:
    """Seconds of the subject, seconds of the truth (all stages), and their ratio."""
    case, answer = compared.case, compared.answer
    name, provenance = compared.subject.name, compared.subject.provenance
    note = "the reference's time is the one recorded when it was computed, start of the engine included"
    ours = _measurement(compared, "time of the subject", name, provenance, answer, value=compared.latency_s, unit="s")
    if case.wall_s is None or answer.problem:
        return [ours]
    theirs = _measurement(compared, "time of the reference", name, provenance, answer, value=case.wall_s, unit="s")
    ratio = case.wall_s / max(compared.latency_s, 1e-9)
    return [ours, theirs, _measurement(compared, "time ratio", name, provenance, answer, value=ratio, note=note)]


def source_difference(one: Case, other: Case, subject: str) -> Measurement:
    """Relative difference between the truths of two parameter sources for one molecule, field and carrier."""
    assert one.truth is not None
    assert other.truth is not None
    delta = one.truth.m - other.truth.m
    return Measurement(
        "difference of M between sources",
        f"{one.molecule} {one.field_t:g} T, {one.source} and {other.source}",
        subject,
        one.truth.provenance.method,
        relative_error(delta, other.truth.m),
        worst=worst_time(delta, one.grid.dt_s),
        note="what the choice of published parameters does, to be compared with the subject's error",
        reference_provenance=brief(one.truth),
    )


def brief(trajectory: Trajectory) -> dict[str, Any]:
    """Provenance of a trajectory as plain JSON values, without the matrices of parameters."""
    whole = trajectory.provenance.as_dict()
    whole["details"] = {k: v for k, v in whole["details"].items() if k != "couplings_used_hz"}
    return whole


def _errors_of(case: Case, answer: Answer) -> dict[str, dict[str, Any]]:
    """Metric → fields of its measurement."""
    metrics = (RELATIVE_M.label, RMSE_M.label, RMSE_I1Z.label)
    if case.truth is None or answer.trajectory is None:
        return {metric: {"value": None} for metric in metrics}
    predicted, truth = answer.trajectory, case.truth
    fields: dict[str, dict[str, Any]] = {}
    if predicted.mx is None:
        fields |= {metric: {"value": None, "determined": False, "note": "it gives no M"} for metric in metrics[:2]}
    else:
        delta = predicted.m - truth.m
        common = {"worst": worst_time(delta, case.grid.dt_s), "note": VACUOUS if case.vacuous else ""}
        fields[RELATIVE_M.label] = {"value": relative_error(delta, truth.m), **common}
        fields[RMSE_M.label] = {"value": rmse(delta), **common}
    if predicted.i1z is None or truth.i1z is None:
        fields[RMSE_I1Z.label] = {"value": None, "determined": False, "note": "it gives no I1z"}
    else:
        gap = predicted.i1z - np.asarray(truth.i1z)
        note = "" if case.judges_i1z else "never judged: it hangs on a geminal coupling that is a placeholder"
        moves = float(np.abs(np.asarray(truth.i1z) - 1).max())
        if not note and moves < STILL:
            note = f"I1z moves by {moves:.1g} only: a constant would pass, so this shows little"
        fields[RMSE_I1Z.label] = {"value": rmse(gap), "worst": worst_time(gap, case.grid.dt_s), "note": note}
    return fields


def _measurement(
    compared: Compared,
    metric: str,
    name: str,
    provenance: Mapping[str, Any],
    answer: Answer,
    value: float | None,
    unit: str = "1",
    **more: Any,
) -> Measurement:
    case = compared.case
    problem = f"no truth: {case.problem}" if case.problem else answer.problem
    if not case.problem and answer.refusal:
        problem, more = "", {**more, "determined": False, "note": f"refused by {name}: {answer.refusal}"}
    seed = case.parameters.get("seed")
    return Measurement(
        metric,
        case.id,
        name,
        compared.truth.name,
        value,
        unit,
        problem=problem,
        subject_provenance=provenance,
        reference_provenance=brief(case.truth) if case.truth is not None else {},
        seeds={f"seed_{k}": int(part) for k, part in enumerate(seed)} if seed else {},
        **more,
    )
