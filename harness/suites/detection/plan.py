"""What the suite of detection power is handed by a task."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from harness.subjects import NamedSubject
from harness.suites.asking import Claim, Truths
from harness.suites.detection.faults import Fault
from harness.suites.planned import Number, PlannedTest


def surrogate(name: str, model: Any, details: Mapping[str, Any]) -> NamedSubject:
    """A model of the default task as a subject."""
    return NamedSubject(name, "surrogate", model, details)


def nobody(truths: Truths) -> dict[str, Any]:
    """No subject."""
    return {}


def nothing(subject: Any) -> Collection[str]:
    """No suite."""
    return ()


@dataclass(frozen=True)
class Plan:
    """Faults, the correct models that they are wrapped round, and the suites that are to catch them.

    Parameters
    ----------
    suites
        Name of a suite → (subject, truths) → its claims, of a few cases: enough to see a fault.
    faults, carriers
        The faults, and by the name in :attr:`Fault.carrier` what makes the correct model.
    truths
        Makes who is believed; shared by all faults.
    blind
        Suites that alone let many faults slip through: the control.
    replaced, correct
        truths → whole methods that are wrong (name → (what, subject)), and subjects that are right (name → subject).
    spared
        subject → suites that it is not run through.
    not_correctness
        Targets that do not say whether a subject is right: what it costs, what it was trained on.
    with_subject
        The subject of the run, if it is a surrogate, is one of those that are right.
    bisections, bisections_s
        More than 0: the smallest caught size of every fault that has one, in so many steps; of the faults whose turn
        comes after that many seconds spent on it, it is not measured, and the row says so.
    control
        The plan of the control, None for this one.
    subject
        (name, model with ``predict``, details) → subject of the task.
    files
        Names of the table and document, and of the figure.
    """

    suites: Mapping[str, Callable[[Any, Truths], list[Claim]]]
    faults: tuple[Fault, ...]
    carriers: Mapping[str, Callable[[Truths], Any]]
    truths: Callable[[], Truths]
    blind: tuple[str, ...]
    replaced: Callable[[Truths], Mapping[str, tuple[str, Any]]] = nobody
    correct: Callable[[Truths], Mapping[str, Any]] = nobody
    spared: Callable[[Any], Collection[str]] = nothing
    not_correctness: frozenset[str] = frozenset()
    with_subject: bool = False
    bisections: int = 0
    bisections_s: float = 0.0
    control: Plan | None = None
    subject: Callable[[str, Any, Mapping[str, Any]], Any] = surrogate
    files: tuple[str, str] = ("fault_matrix", "faults")


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    return (
        PlannedTest("", "test_matrix", (Number("slipped"), Number("rejected"))),
        PlannedTest("", "test_control", (Number("slipped", expected="miss"),)),
    )
