"""What all suites share: claims, the memory of truths, and how subjects are called."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

import numpy as np

from harness.errors import InputError
from harness.report import Interval, Measurement
from harness.subjects import Answer
from harness.subjects.capabilities import Batched, model_of
from harness.task import BatchedReference, Grid

PROBE = 2
"""Cases by which the time that a subject needs is measured."""


@dataclass(frozen=True)
class Claim:
    """A measurement and the target that it is compared with; None: it is recorded and not judged."""

    measurement: Measurement
    target: str | None = None


@dataclass(eq=False)
class Truths:
    """True answers, each computed once; ``reference`` is any method that is exact (or exact enough) here.

    ``reference.simulate(system, grid, observables)`` gives one answer; where there is a ``simulate_batch``, it is
    called with many systems at once. Without ``remembers`` nothing is stored: a fit never needs the same system twice.
    Systems larger than ``exact_up_to`` are computed by the method that ``beyond`` makes.
    """

    reference: Any
    observables: tuple[str, ...] = ()
    remembers: bool = True
    exact_up_to: float = math.inf
    beyond: Callable[[], Any] | None = None
    _known: dict[tuple[str, Any], Any] = field(default_factory=dict, repr=False)
    _larger: Truths | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Name of the reference method, with the size of its clusters where it has one."""
        size = getattr(self.reference, "size", None)
        return str(self.reference.name) if size is None else f"{self.reference.name} {size}"

    def at(self, size: int) -> Truths:
        """The reference for systems of this size."""
        if size <= self.exact_up_to or self.beyond is None:
            return self
        if self._larger is None:
            self._larger = Truths(self.beyond(), self.observables, self.remembers)
        return self._larger

    def forgetful(self) -> Truths:
        """The same method without a memory."""
        return Truths(self.reference, self.observables, remembers=False)

    def __call__(self, systems: Sequence[Any], grid: Grid) -> list[Any]:
        """The truth of every system on ``grid``."""
        missing = [s for s in systems if (s.fingerprint, grid) not in self._known]
        if missing:
            found = (
                self.reference.simulate_batch(missing, grid, self.observables)
                if isinstance(self.reference, BatchedReference)
                else [self.reference.simulate(s, grid, self.observables) for s in missing]
            )
            self._known.update(zip([(s.fingerprint, grid) for s in missing], found, strict=True))
        answers = [self._known[s.fingerprint, grid] for s in systems]
        if not self.remembers:
            self._known.clear()
        return answers


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of a subject to a batch: trajectories (None where it failed), problems, and refusals ("" if none).

    ``refusal`` is the reason of a subject that does not take such systems or grids at all; that is no failure.
    """

    trajectories: list[Any]
    problems: list[str]
    refusals: list[str]

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Answers:
        """The answers of a subject, in their order."""
        return cls([a.trajectory for a in answers], [a.problem for a in answers], [a.refusal for a in answers])

    @property
    def refusal(self) -> str:
        """One line if every system was refused as not supported, else ""."""
        return self.refusals[0] if self.refusals and all(self.refusals) else ""

    def and_then(self, others: Answers) -> Answers:
        """These answers, followed by ``others``."""
        return Answers(
            [*self.trajectories, *others.trajectories],
            [*self.problems, *others.problems],
            [*self.refusals, *others.refusals],
        )

    @property
    def problem(self) -> str:
        """The first failure and how many there are, or ""."""
        failed = [(k, p) for k, p in enumerate(self.problems) if p]
        if not failed or self.refusal:
            return ""
        return f"{len(failed)} of {len(self.problems)} cases failed, first #{failed[0][0]}: {failed[0][1]}"


def ask(subject: Any, systems: Sequence[Any], grid: Grid) -> Answers:
    """The answer to every system; never raises for what the subject does wrong."""
    return Answers.of(subject.answers(list(systems), grid))


def ask_within(subject: Any, systems: Sequence[Any], grid: Grid, budget_s: float) -> tuple[Answers, str]:
    """Call :func:`ask` for the first systems, as many as about ``budget_s`` seconds allow, and say why not for all.

    Two systems are computed first. The shorter of the two times (the first call may load or compile) is the estimate
    for all others. Surrogates get all systems in one batch, however long it takes: smaller batches would not be what
    a user gets.
    """
    if subject.kind == "surrogate":
        return ask(subject, systems, grid), ""
    found, seconds = Answers([], [], []), math.inf
    for system in systems[:PROBE]:
        begun = perf_counter()
        found = found.and_then(ask(subject, [system], grid))
        seconds = min(seconds, perf_counter() - begun)
        if found.refusal or seconds > budget_s:
            break
    done = len(found.trajectories)
    if not found.refusal and seconds <= budget_s:
        affordable = min(len(systems), max(done, int(budget_s / max(seconds, 1e-9))))
        found = found.and_then(ask(subject, systems[done:affordable], grid))
    done = len(found.trajectories)
    if found.refusal or done == len(systems):
        return found, ""
    pace = f"a case takes {seconds:.2g} s, and this tier allows {budget_s:g} s"
    return found, f"{len(systems) - done} of {len(systems)} cases not done: {pace}"


def not_done(subject: Any, case: str, why: str) -> list[Claim]:
    """What is recorded of cases that were too slow: nothing where all were computed."""
    return [Claim(measured("cases not done", case, subject, None, absent=why))] if why else []


def ask_fully(subject: Any, systems: Sequence[Any], grid: Grid, more: Collection[str]) -> Answers:
    """Like :func:`ask`, with the observables named in ``more`` where the subject's model offers them."""
    model = model_of(subject)
    offered = tuple(getattr(model, "observables", ()))
    if model is None or not set(more) & set(offered):
        return ask(subject, systems, grid)
    from harness.subjects.named import guarded

    on: Any = grid
    if not isinstance(model, Batched):
        return Answers.of([guarded(lambda s=s: model.simulate(s, grid, offered), on) for s in systems])
    if "observables" not in inspect.signature(model.predict).parameters:
        return ask(subject, systems, grid)
    return ask(replace(subject, kind="surrogate", model=_Full(model, offered)), systems, grid)


@dataclass(frozen=True, eq=False)
class _Full:
    """A surrogate that always has to compute every observable that it offers."""

    model: Any
    observables: tuple[str, ...]

    def predict(self, systems: Sequence[Any], grid: Grid) -> Any:
        return self.model.predict(systems, grid, observables=self.observables)


def ask_uncertainty(
    subject: Any, systems: Sequence[Any], grid: Grid, kind: Literal["none", "mc", "conformal"]
) -> tuple[Any, str]:
    """(Prediction, "") with the requested kind of uncertainty, or (None, the reason why there is none)."""
    if not isinstance(model_of(subject), Batched):
        return None, f"{subject.name} offers no uncertainty and no domain check"
    try:
        prediction = model_of(subject).predict(list(systems), grid, kind)
    except InputError as error:
        return None, str(error)
    except Exception as error:
        from harness.subjects.named import raised

        return None, raised(error)
    if kind == "mc" and prediction.std is None:
        return None, f"{subject.name} gives no standard deviations"
    if kind == "conformal" and prediction.bands is None:
        return None, f"{subject.name} gives no conformal bands"
    return prediction, ""


def measured(
    metric: str,
    case: str,
    subject: Any,
    value: float | None,
    *,
    reference: str = "exact",
    unit: str = "1",
    worst: str = "",
    problem: str = "",
    absent: str = "",
    note: str = "",
    seed: int | None = None,
    interval: Interval | None = None,
    cases: int | None = None,
) -> Measurement:
    """One measurement with the subject's provenance; ``absent`` is the reason why its outputs do not determine it.

    ``interval`` is the sampling interval of a statistic, ``cases`` over how many cases it was taken.
    """
    silent = bool(absent or problem)
    return Measurement(
        metric=metric,
        case=case,
        subject=subject.name,
        reference=reference,
        value=None if silent else value,
        unit=unit,
        worst=worst,
        problem="" if absent else problem,
        determined=not absent,
        note=absent or note,
        subject_provenance=dict(subject.provenance),
        seeds={} if seed is None else {"draw": seed},
        interval=None if silent else interval,
        cases=cases,
    )


def finite(value: float | None) -> float | None:
    """None for what is not finite: JSON and CSV know no infinity."""
    return float(value) if value is not None and np.isfinite(value) else None


def plain_row(row: Any) -> dict[str, Any]:
    """A frozen row, or a mapping, as plain values fit for CSV and JSON; arrays are left out."""
    plain = dict(row) if isinstance(row, Mapping) else asdict(row)
    return {
        key: finite(value) if isinstance(value, float) else value
        for key, value in plain.items()
        if not isinstance(value, np.ndarray)
    }
