"""A foreign Python object as a subject, in a separate process that can be stopped and started again."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from harness.children import Child, Lost, frame, one_line
from harness.errors import InputError
from harness.subjects.answers import Answer, Refused
from harness.subjects.format import BadResult, format_of
from harness.subjects.replies import Failed, Malformed, Row, decoded, most_bytes
from harness.subjects.requests import request_of
from harness.subjects.traces import keep
from harness.trajectory import Provenance

START_LIMIT_S = 300.0


class CannotStart(InputError):
    """A foreign subject exists, but dies, hangs or raises before its first request; ``reason`` is a sentence."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"subject {name!r}: {reason}")
        self.reason = reason


class _Crashed(BadResult):
    """The object exists, but its process died or was stopped, or its import or creation raised an exception."""


@dataclass(frozen=True)
class Made:
    """How the child process creates its object: ``package.module:object`` with options, after importing some packages.

    ``known_as`` begins the sentence that reports its failure: "its process", or name and version of a package. ``task``
    is the name of the task whose systems it receives, "" for the default task.
    """

    spec: str
    options: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    known_as: str = "its process"
    task: str = ""


class ForeignSubject:
    """``package.module:object`` in a child process, connected by pipes.

    The object can hang, crash, print, exit or change its inputs without any effect on the run. A child process that
    exceeds the time limit or dies is replaced before the next request. Times are measured by the main process, from the
    request to the complete answer.
    """

    kind = "object"

    def __init__(self, made: Made, limit_s: float, name: str = "", start_limit_s: float = START_LIMIT_S) -> None:
        self.name = name or made.spec
        self.made = made
        self.form = format_of(made.task)
        self.limit_s = limit_s
        self.start_limit_s = max(start_limit_s, limit_s)
        self._child: Child | None = None
        self._about: dict[str, Any] = {}
        self._run: Path | None = None

    @classmethod
    def start(cls, made: Made, limit_s: float, name: str = "", start_limit_s: float = START_LIMIT_S) -> ForeignSubject:
        """Load the object (called ``name`` in reports).

        Raises
        ------
        InputError
            If there is no such object, or it has no method to call.
        CannotStart
            If it dies, hangs or raises before the first request.
        """
        subject = cls(made, limit_s, name, start_limit_s)
        try:
            subject._running()
        except _Crashed as error:
            raise CannotStart(subject.name, str(error)) from None
        except BadResult as error:
            raise InputError(f"subject {subject.name!r}: {error}") from None
        return subject

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Kind, name, and the properties that the object states (type, ``version`` if it has one)."""
        return {"kind": self.kind, "name": self.name, **self._about}

    @property
    def offers(self) -> frozenset[str]:
        """The outputs of the task, or what the object's attribute ``declared_outputs`` declares."""
        return frozenset(self._about.get("outputs", self.form.outputs))

    @property
    def model(self) -> None:
        """None: the object is in another process."""

    def keep_tracebacks(self, folder: Path) -> None:
        """From now on tracebacks are written to files in this folder of a run; problems name these files."""
        self._run = folder

    def answer(self, system: Any, grid: Any) -> Answer:
        """Compute the answer for one system."""
        return self.answers([system], grid)[0]

    def answers(self, systems: Sequence[Any], grid: Any) -> list[Answer]:
        """Compute the answers for many systems in one call, or one by one if this call fails."""
        if not systems:
            return []
        start = perf_counter()
        try:
            rows, wall_s = self._ask(systems, grid)
        except BadResult as error:
            if len(systems) > 1:
                return [self.answer(system, grid) for system in systems]
            return [Answer(None, str(error), perf_counter() - start, isinstance(error, Refused))]
        return [self._answer(row, grid, wall_s / len(systems)) for row in rows]

    def close(self) -> None:
        """Stop the child."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def _answer(self, row: Row, grid: Any, wall_s: float) -> Answer:
        if row.problem:
            return Answer(None, row.problem, wall_s)
        source = Provenance(self.name, "object", self._about.get("version", ""), row.details)
        try:
            return Answer(self.form.trajectory(self.form.plain(row.arrays, grid), grid, source), "", wall_s)
        except BadResult as error:
            return Answer(None, str(error), wall_s)

    def _running(self) -> Child:
        """The child, started if there is none; raises :class:`BadResult` if it does not start."""
        if self._child is not None and self._child.alive:
            return self._child
        self.close()
        path = os.pathsep.join(dict.fromkeys([os.getcwd(), *(p for p in sys.path if p)]))
        child = self._child = Child("harness.subjects.worker", {**os.environ, "PYTHONPATH": path})
        to_child = {"spec": self.made.spec, "options": dict(self.made.options), "imports": list(self.made.imports)}
        to_child["task"] = self.made.task
        doing = "importing"
        try:
            child.send(to_child, self.start_limit_s)
            reply = child.receive(self.start_limit_s)
            if "imported" in reply:
                doing = "being made"
                reply = child.receive(self.start_limit_s)
        except Lost as lost:
            raise self._gone(lost, doing) from None
        about = reply.get("about")
        if not isinstance(about, dict):
            self.close()
            problem, traceback = one_line(reply.get("problem", "sent no description")), reply.get("traceback")
            if isinstance(traceback, str) and traceback:
                raise _Crashed(problem + keep(self._run, traceback))
            raise BadResult(problem)
        outputs_named = about.get("outputs")
        outputs = [name for name in self.form.outputs if isinstance(outputs_named, list) and name in outputs_named]
        if not outputs:
            raise self._gone(child.nonsense("no list of its outputs"), doing)
        self._about = {key: one_line(about.get(key, ""), 60) for key in ("type", "version")} | {"outputs": outputs}
        return child

    def _ask(self, systems: Sequence[Any], grid: Any) -> tuple[list[Row], float]:
        """(rows, seconds from the request to the complete answer)."""
        child, request = self._running(), frame(request_of(systems, grid, self.form.codec))
        count, limit_s = len(systems), self.limit_s * len(systems)
        start = perf_counter()
        try:
            child.send_bytes(request, limit_s)
            message = child.receive(limit_s, most_bytes(count))
            reply = decoded(message, count, grid, self.form, lambda size: child.receive_raw(size, limit_s))
        except Lost as lost:
            raise self._gone(lost, "answering") from None
        except Malformed as error:
            raise self._gone(child.nonsense(str(error)), "answering") from None
        wall_s = perf_counter() - start
        if isinstance(reply, Failed):
            raise (Refused if reply.refused else BadResult)(reply.problem + keep(self._run, reply.traceback))
        return reply, wall_s

    def _gone(self, lost: Lost, doing: str) -> BadResult:
        self._child = None
        return _Crashed(lost.sentence(self.made.known_as, doing) + keep(self._run, lost.output))
