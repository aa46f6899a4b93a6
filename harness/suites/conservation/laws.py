"""Laws that every correct answer obeys, whatever the method, and how far the answers of a subject violate them.

No law needs a reference. Where the outputs of a subject do not determine one, the violation is None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.subjects import Subject
from harness.task import Grid, Law, Predict, Signals


@dataclass(frozen=True)
class Violation:
    """One law and one system: the largest violation, or None if the outputs do not determine it, and where it is."""

    law: str
    case: str
    value: float | None
    where: str = ""


@dataclass(frozen=True, eq=False)
class Answered:
    """The systems, the answers of the subject to them (None where one is missing), and how to compute others.

    ``predict`` (systems, grid) → answers, None where one is missing; ``model`` is the subject's model, None where it
    has none; ``rng`` gives the random numbers that a symmetry needs.
    """

    systems: Sequence[Any]
    grid: Grid
    answers: Sequence[Signals | None]
    predict: Predict
    model: Any
    rng: np.random.Generator

    @property
    def cases(self) -> list[str]:
        """The name of each system in records."""
        return [f"{system.name or 'system'} #{k}" for k, system in enumerate(self.systems)]


@dataclass(frozen=True)
class OfAnswer:
    """A bound, a value at the start, a sum rule or a conserved sum of one answer.

    ``deviation`` (answer, system) gives an array whose last axis is time (or a few numbers), zero where the law is
    obeyed; None where the answer or the system does not determine it. ``target`` is a name in the table of targets,
    ``needs`` what a subject must declare, ``lacking`` the reason why there is no number without it ("{subject}" is
    replaced).
    """

    name: str
    target: str
    deviation: Callable[[Any, Any], np.ndarray | None]
    needs: tuple[str, ...] = ()
    lacking: str = ""
    unit: str = "1"

    def violations(self, requested: Answered) -> list[Violation]:
        """One for every system."""
        pairs = zip(requested.answers, requested.systems, requested.cases, strict=True)
        return [
            missing(self.name, case)
            if one is None
            else _violation(self.name, case, self.deviation(one, system), requested.grid)
            for one, system, case in pairs
        ]


@dataclass(frozen=True)
class Changed:
    """A system with a change whose effect on the answer is known.

    ``deviation`` (answer of the plain system, answer of the changed one) gives what must be zero, (…, T).
    """

    system: Any
    deviation: Callable[[Any, Any], np.ndarray | None]


@dataclass(frozen=True)
class Symmetry:
    """A change of the system whose effect on the answer is known exactly; ``change`` gives None where it has none."""

    name: str
    target: str
    change: Callable[[Any, np.random.Generator], Changed | None]
    needs: tuple[str, ...] = ()
    lacking: str = ""
    unit: str = "1"

    def violations(self, requested: Answered) -> list[Violation]:
        """One for every system that the change applies to; all are computed at once."""
        made = [self.change(system, requested.rng) for system in requested.systems]
        there = [(k, one) for k, one in enumerate(made) if one is not None]
        found = requested.predict([one.system for _, one in there], requested.grid) if there else []
        violations = []
        for (k, one), other in zip(there, found, strict=True):
            plain, case = requested.answers[k], requested.cases[k]
            if plain is None or other is None:
                violations.append(missing(self.name, case))
            else:
                violations.append(_violation(self.name, case, one.deviation(plain, other), requested.grid))
        return violations


@dataclass(frozen=True)
class OfModel:
    """A quantity that the subject's model gives besides its answers, such as an energy.

    ``deviation`` (model, system, grid) → (T,) or None where the model does not give it.
    """

    name: str
    target: str
    deviation: Callable[[Any, Any, Any], np.ndarray | None]
    needs: tuple[str, ...] = ()
    lacking: str = ""
    unit: str = "1"

    def violations(self, requested: Answered) -> list[Violation]:
        """One for every system."""
        pairs = zip(requested.systems, requested.cases, strict=True)
        return [
            _violation(self.name, case, self.deviation(requested.model, system, requested.grid), requested.grid)
            for system, case in pairs
        ]


AnyLaw = OfAnswer | Symmetry | OfModel | Law


def violations(law: AnyLaw, requested: Answered) -> list[Violation]:
    """The violations of one law; a plain :class:`harness.task.Law` is called for one system after the other."""
    if not isinstance(law, Law):
        return law.violations(requested)
    values = [law.violation(requested.predict, system, requested.grid) for system in requested.systems]
    return [Violation(law.name, case, value) for case, value in zip(requested.cases, values, strict=True)]


def missing(law: str, case: str) -> Violation:
    """The violation of an answer that is missing: it violates every law."""
    return Violation(law, case, float("inf"), "no answer")


def _violation(law: str, case: str, deviation: np.ndarray | None, grid: Grid) -> Violation:
    if deviation is None:
        return Violation(law, case, None)
    size = np.abs(np.atleast_1d(deviation))
    size = size.reshape(-1, size.shape[-1]).max(axis=0)
    if not np.all(np.isfinite(size)):
        return Violation(law, case, float("inf"), f"not finite at {_time(grid, int(np.argmin(np.isfinite(size))))}")
    step = int(np.argmax(size))
    return Violation(law, case, float(size[step]), _time(grid, step) if size.size == grid.points else "")


def _time(grid: Grid, step: int) -> str:
    return f"t = {step * grid.step:.4g} {grid.unit}"


def worst(rows: Sequence[Violation]) -> dict[str, Violation]:
    """The worst case of every law; a law that no case determines has None."""
    found: dict[str, Violation] = {}
    for row in rows:
        known = found.get(row.law)
        if known is None or (row.value is not None and (known.value is None or row.value > known.value)):
            found[row.law] = row
    return found


def undetermined(laws: Sequence[AnyLaw], subject: Subject) -> Mapping[str, str]:
    """The laws that the declared outputs of a subject cannot determine, and why, by their names."""
    found = {}
    for law in laws:
        if lacking := sorted(set(law.needs) - subject.offers):
            words = getattr(law, "lacking", "") or f"{{subject}} gives no {', '.join(lacking)}"
            found[law.name] = words.format(subject=subject.name)
    return found
