"""Surrogates and references of the harness itself, called in this process."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from harness.subjects.answers import Answer, each, is_refusal
from harness.subjects.capabilities import Untrainable, of_model
from harness.subjects.format import AnswerFormat, BadResult, format_of

NOTHING = "nothing"
"""The training data of a model without learned parameters."""


class Subject(Protocol):
    """The subject of a validation run; see :mod:`harness.subjects`."""

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    @property
    def kind(self) -> str:
        """One of "surrogate", "reference", "object" and "executable"."""
        ...

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What it is, as plain JSON values."""
        ...

    @property
    def offers(self) -> frozenset[str]:
        """Its declared capabilities: observables, names of :data:`harness.subjects.capabilities.WORDS`, and others."""
        ...

    @property
    def model(self) -> Any:
        """Its model object, for suites that need more than its answers; None if it is in another process."""
        ...

    def answer(self, system: Any, grid: Any) -> Answer:
        """Compute the answer for one system."""
        ...

    def answers(self, systems: Sequence[Any], grid: Any) -> list[Answer]:
        """Compute many systems on one grid; in a batch if the subject supports it, one by one if a batch fails."""
        ...

    def keep_tracebacks(self, folder: Path) -> None:
        """From now on write the tracebacks of failures into this folder of a run, and name the files in problems."""
        ...

    def close(self) -> None:
        """Stop any child process."""
        ...


@dataclass(frozen=True, eq=False)
class NamedSubject:
    """A surrogate (``model.predict``) or reference (``model.simulate``) of the harness.

    ``model`` is the object itself, for suites that need more of it than trajectories (uncertainties, Jacobians);
    ``task`` the name of its task, "" for the default task.
    """

    name: str
    kind: str
    model: Any
    details: Mapping[str, Any]
    task: str = ""

    @cached_property
    def form(self) -> AnswerFormat:
        """The format of its answers."""
        return format_of(self.task)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Kind, name and details."""
        return {"kind": self.kind, "name": self.name, **self.details}

    @property
    def offers(self) -> frozenset[str]:
        """What the type of the model declares."""
        return of_model(self.kind, self.model)

    def answer(self, system: Any, grid: Any) -> Answer:
        """Compute the answer for one system."""
        return guarded(lambda: self._one(system, grid), grid, self.form)

    def answers(self, systems: Sequence[Any], grid: Any) -> list[Answer]:
        """Compute many systems: surrogates in one batch, references one by one."""
        if self.kind != "surrogate" or not systems:
            return [self.answer(system, grid) for system in systems]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                start = perf_counter()
                found = each(self.model.predict(list(systems), grid), len(systems))
                share = (perf_counter() - start) / len(systems)
            except Exception:
                # One case made the batch fail: if the systems are computed one by one, that case reports its reason.
                return [self.answer(system, grid) for system in systems]
        return [_reply(trajectory, grid, share, self.form) for trajectory in found]

    def keep_tracebacks(self, folder: Path) -> None:
        """Nothing to store: it is code of the harness, and its exceptions are reported in the problem of an answer."""

    def close(self) -> None:
        """Nothing to release."""

    def _one(self, system: Any, grid: Any) -> Any:
        if self.kind == "surrogate":
            return each(self.model.predict([system], grid), 1)[0]
        offered = tuple(self.model.observables)
        return self.model.simulate(system, grid, tuple(o for o in self.form.outputs if o in offered))


def untrained(subject: Subject) -> NamedSubject | None:
    """The subject without learned parameters, as its name states; None if its model does not support this."""
    if not isinstance(subject, NamedSubject) or not isinstance(subject.model, Untrainable):
        return None
    plain = subject.model.untrained()
    return NamedSubject(f"{subject.name} (no network)", "surrogate", plain, {"topologies": NOTHING}, subject.task)


def guarded(call: Callable[[], Any], grid: Any, form: AnswerFormat | None = None) -> Answer:
    """Call, measure the time, and check by the format of the task (by default the default task's).

    Every failure becomes the problem of the answer.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = perf_counter()
        try:
            result = call()
        except Exception as error:
            return Answer(None, raised(error), perf_counter() - start, is_refusal(error))
        wall_s = perf_counter() - start
        return _reply(result, grid, wall_s, form or format_of())


def raised(error: BaseException) -> str:
    """One line about an exception."""
    text = " ".join(str(error).split())
    return f"raised {type(error).__name__}" + (f": {text[:300]}" if text else "")


def _reply(result: Any, grid: Any, wall_s: float, form: AnswerFormat) -> Answer:
    try:
        form.plain(result, grid)
    except BadResult as error:
        return Answer(None, str(error), wall_s)
    return Answer(result, "", wall_s)
