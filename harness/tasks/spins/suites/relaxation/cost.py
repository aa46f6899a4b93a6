"""Error against processor time: every Liouville method, and Spinach as its cache entries state it.

The cases are systems that Spinach computed in a complete basis, its answer there is the truth. Spinach's time is what
its stages took for M when the entry was made, perhaps on another machine; the others are timed in this run, once, after
nothing else: processor time varies by some ten per cent, and nothing is judged by it. The errors are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import process_time
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.report import Measurement
from harness.suites.asking import Claim, ask, measured
from harness.suites.cost.measure import CostPoint, front
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.plan import relaxing
from harness.tasks.spins.suites.relaxation.cases import found, relative

CASES = ("redfield 5 spins draw 1", "strychnine fragment redfield complete", "valine t1_t2 14.1 T")
TITLES = {
    CASES[0]: "5 spins, redfield",
    CASES[1]: "6 protons of strychnine, redfield",
    CASES[2]: "valine, 8 spins, t1_t2",
}
TRUNCATED = {CASES[1]: {f"Spinach, space level {n}": f"strychnine fragment redfield space level {n}" for n in (1, 2)}}
"""Of a case: Spinach's answers in smaller bases."""
LEVELS = (3, 4, 5)
LOSSY = "neighbourhoods, rates of the basis"


@dataclass(frozen=True)
class Point:
    """One method on one case; ``stated``: the time was not taken in this run."""

    case: str
    method: str
    seconds: float
    error: float
    stated: bool = False


def methods() -> dict[str, Callable[[], Any]]:
    """The methods of the package, by the names of the figure."""
    made: dict[str, Callable[[], Any]] = {
        "liouville-dense": partial(reference, "liouville-dense"),
        "liouville-krylov": partial(reference, "liouville-krylov"),
    }
    for level in LEVELS:
        name = f"neighbourhoods, {level} spins"
        made[name] = partial(reference, "liouville-neighbourhoods", level=level, complete=0, estimate=False)
    return made


def lossy_method() -> Any:
    """What a program loses that multiplies matrices of a truncated basis: the control."""
    return reference("liouville-neighbourhoods", level=1, rates="basis", estimate=False)


def entries() -> dict[str, Entry]:
    """The answers of Spinach by their cases, of those that are cached."""
    wanted = {*CASES, *(case for others in TRUNCATED.values() for case in others.values())}
    return {entry.case: entry for entry in found([item for item in relaxing() if item.case in wanted])}


def cases_of(molecules: Sequence[str]) -> list[str]:
    """The cases of a tier that takes these amino acids."""
    return [case for case in CASES if not case.startswith("valine") or "valine" in molecules]


def judged_name(name: str) -> str:
    """The label of the method that is judged: with its own settings, where the other rows vary them."""
    return f"{name} (default settings)"


def points(subject: Any, answers: dict[str, Entry], cases: Sequence[str]) -> list[Point]:
    """Every method of the package, Spinach, and the subject, on each case."""
    rows = []
    for case in cases:
        entry = answers[case]
        truth = entry.trajectory().m
        rows.append(Point(case, "Spinach, complete", seconds_of_m(entry), 0.0, stated=True))
        for name, other in TRUNCATED.get(case, {}).items():
            lossy = answers[other]
            error = relative(lossy.trajectory().m, truth)
            rows.append(Point(case, name, seconds_of_m(lossy), error, stated=True))
        for name, make in methods().items():
            rows += _timed(case, name, entry, truth, make)
        rows += _of_subject(subject, case, entry, truth)
    return rows


def _timed(case: str, name: str, entry: Entry, truth: np.ndarray, make: Callable[[], Any]) -> Iterator[Point]:
    method, begun = make(), process_time()
    try:
        m = method.simulate(entry.system_used, entry.grid, ("m",)).m
    except InputError:  # too many spins for it
        return
    yield Point(case, name, process_time() - begun, relative(m, truth))


def _of_subject(subject: Any, case: str, entry: Entry, truth: np.ndarray) -> Iterator[Point]:
    name = judged_name(subject.name)
    if subject.kind == "reference":  # it computes M alone, as the others do
        yield from _timed(case, name, entry, truth, lambda: subject.model)
        return
    begun = process_time()
    (answer,) = ask(subject, [entry.system_used], entry.grid).trajectories
    seconds = process_time() - begun
    if answer is not None:
        yield Point(case, name, seconds, relative(answer.m, truth))


def seconds_of_m(entry: Entry) -> float:
    """Processor time of all stages but those of I_1z, as the entry states it."""
    return sum(cpu for stage, (_, cpu) in entry.answer.stages.items() if not stage.endswith("_i1z"))


def error_claim(rows: Sequence[Point], names: Sequence[str]) -> Claim:
    """Largest error of M of these methods over the cases."""
    mine = [row for row in rows if row.method in names]
    worst = max(mine, key=lambda row: row.error)
    about = "relative L2 error of M, methods of the error-cost front"
    return Claim(
        Measurement(
            about, f"{len({row.case for row in mine})} cases", "liouville methods", "spinach", worst.error,
            worst=f"{worst.method}: {TITLES[worst.case]}",
            subject_provenance={"kind": "reference", "name": "liouville methods"}, cases=len(mine),
        ),
        "reference_front",
    )  # fmt: skip


def lossy_rows(answers: dict[str, Entry]) -> list[Point]:
    """The control on the six protons of strychnine."""
    entry = answers[CASES[1]]
    return list(_timed(CASES[1], LOSSY, entry, entry.trajectory().m, lossy_method))


def subject_claims(subject: Any, rows: Sequence[Point]) -> list[Claim]:
    """Time and rivals of the subject for each case; recorded, not judged."""
    claims = []
    for case in dict.fromkeys(row.case for row in rows):
        here = [row for row in rows if row.case == case]
        mine = next((row for row in here if row.method == judged_name(subject.name)), None)
        if mine is None:
            continue
        better = [r.method for r in here if r.seconds < mine.seconds and r.error < mine.error and not r.stated]
        spinach = next(row for row in here if row.method == "Spinach, complete")
        facts = {
            "processor time": (mine.seconds, "s"),
            "processor time of Spinach over that of the subject": (spinach.seconds / mine.seconds, "1"),
            "methods that are faster and more accurate": (float(len(better)), "1"),
        }
        for metric, (value, unit) in facts.items():
            note = "Spinach's time as its cache entry states it" if "Spinach" in metric else ""
            one = measured(metric, TITLES[case], subject, value, unit=unit, reference="spinach", note=note)
            claims.append(Claim(one))
    return claims


def edge(rows: Sequence[Point]) -> list[CostPoint]:
    """The front of one case: points that no other is left of and below."""
    return front([CostPoint(r.method, 1, 1, r.seconds, 0.0, 1, r.error, r.error) for r in rows])
