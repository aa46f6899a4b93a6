"""The plan that a task gives to the suite of detection power."""

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
    """Faults, the correct models to which they are added, and the suites that have to detect them.

    Parameters
    ----------
    suites
        Name of a suite → (subject, truths) → its claims, for a few cases: enough to detect a fault.
    faults, carriers
        The faults, and by the name in :attr:`Fault.carrier` what makes the correct model.
    truths
        Makes the reference; all faults share it.
    blind
        Suites that alone do not detect many faults: the control.
    replaced, correct
        truths → whole methods that are wrong (name → (what, subject)), and subjects that are correct (name → subject).
    spared
        subject → suites that are not run on it.
    not_correctness
        Targets that say nothing about whether a subject is correct: its cost, its training.
    with_subject
        The subject of the run, if it is a surrogate, is one of the correct ones.
    bisections, bisections_s
        More than 0: find the smallest detected size of every fault that has one, in so many steps. When that many
        seconds are used, the sizes of the remaining faults are not measured, and their rows say so.
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
