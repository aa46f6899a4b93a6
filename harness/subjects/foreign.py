"""A foreign Python object as a subject, in a process of its own that can be stopped and started again."""

from __future__ import annotations

import json
import os
import pickle
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from harness.errors import InputError
from harness.spins import Provenance, SpinSystem, TimeGrid
from harness.subjects.answers import Answer, BadResult, Refused, trajectory
from harness.subjects.capabilities import OUTPUTS
from harness.subjects.executable import stop
from harness.subjects.requests import request_of

START_LIMIT_S = 300.0


class ForeignSubject:
    """``package.module:object`` behind a pipe.

    The object lives in a child process: it can hang, crash, print, exit or change what it was given without touching
    the run. A child that overruns the limit or dies is replaced before the next question.
    """

    kind = "object"

    def __init__(self, spec: str, limit_s: float, name: str = "") -> None:
        self.name = name or spec
        self.spec = spec
        self.limit_s = limit_s
        self._child: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the subject
        self._about: dict[str, Any] = {}

    @classmethod
    def start(cls, spec: str, limit_s: float, name: str = "") -> ForeignSubject:
        """Load the object (called ``name`` in reports); raises :class:`InputError` with the reason if that fails."""
        subject = cls(spec, limit_s, name)
        try:
            subject._running()
        except BadResult as error:
            subject.close()
            raise InputError(f"subject {spec!r}: {error}") from None
        return subject

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Kind, name, and what the object says of itself (type, ``version`` if it has one)."""
        return {"kind": self.kind, "name": self.name, **self._about}

    @property
    def offers(self) -> frozenset[str]:
        """M and I1z, or what the object's attribute ``declared_outputs`` declares."""
        return frozenset(self._about.get("outputs") or OUTPUTS)

    def answer(self, system: SpinSystem, grid: TimeGrid) -> Answer:
        """Ask about one system."""
        return self.answers([system], grid)[0]

    def answers(self, systems: Sequence[SpinSystem], grid: TimeGrid) -> list[Answer]:
        """Ask about many in one call, and one by one if that fails."""
        if not systems:
            return []
        start = time.perf_counter()
        try:
            reply = self._ask(request_of(systems, grid), self.limit_s * len(systems))
            rows, wall_s = reply["results"], reply["wall_s"] / len(systems)
        except BadResult as error:
            if len(systems) > 1:
                return [self.answer(system, grid) for system in systems]
            return [Answer(None, str(error), time.perf_counter() - start, isinstance(error, Refused))]
        source = Provenance(self.name, "object", str(self._about.get("version", "")))
        answers = []
        for row in rows:
            try:
                if isinstance(row, str):
                    raise BadResult(row)
                answers.append(Answer(trajectory(row, grid, source), "", wall_s))
            except BadResult as error:
                answers.append(Answer(None, str(error), wall_s))
        return answers

    def close(self) -> None:
        """Stop the child."""
        self._drop()
        self._log.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        if self._child is not None:
            self._drop()
        path = os.pathsep.join(dict.fromkeys([os.getcwd(), *(p for p in sys.path if p)]))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "harness.subjects.worker", self.spec],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        self._about = self._receive(self._child, max(START_LIMIT_S, self.limit_s))["about"]
        return self._child

    def _ask(self, request: Mapping[str, Any], limit_s: float) -> dict[str, Any]:
        child = self._running()
        assert child.stdin is not None
        payload = json.dumps(request).encode()
        try:
            child.stdin.write(len(payload).to_bytes(8, "big") + payload)
            child.stdin.flush()
        except (BrokenPipeError, OSError):
            raise BadResult(self._death(child)) from None
        return self._receive(child, limit_s)

    def _receive(self, child: subprocess.Popen[bytes], limit_s: float) -> dict[str, Any]:
        deadline = time.monotonic() + limit_s
        size = int.from_bytes(self._read(child, 8, deadline, limit_s), "big")
        reply = pickle.loads(self._read(child, size, deadline, limit_s))
        if "problem" in reply:
            raise (Refused if reply.get("refused") else BadResult)(reply["problem"])
        return reply

    def _read(self, child: subprocess.Popen[bytes], size: int, deadline: float, limit_s: float) -> bytes:
        assert child.stdout is not None
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while len(received) < size:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self._drop()
                    raise BadResult(f"gave no result within {limit_s:g} s")
                chunk = os.read(child.stdout.fileno(), min(size - len(received), 1 << 20))
                if not chunk:
                    raise BadResult(self._death(child))
                received += chunk
        return bytes(received)

    def _death(self, child: subprocess.Popen[bytes]) -> str:
        status = child.wait()
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace").strip().splitlines()
        self._drop()
        how = f"its process was killed by signal {-status}" if status < 0 else f"its process ended with status {status}"
        return how + (f": {said[-1].strip()[:200]}" if said else "")

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            stop(child)
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
        self._log.seek(0)
        self._log.truncate()
