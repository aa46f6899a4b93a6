"""A program in any language as a subject: called once per request with a request file and a result file."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from harness.children import Lost, ending, stop
from harness.errors import InputError
from harness.subjects.answers import Answer
from harness.subjects.format import AnswerFormat, BadResult, format_of
from harness.subjects.requests import request_of, results_of
from harness.subjects.traces import keep
from harness.task import Task
from harness.trajectory import Provenance

LARGEST_RESULT_BYTES = 1 << 28
LARGEST_LOG_BYTES = 1 << 20


@dataclass(eq=False)
class ExecutableSubject:
    """``PROGRAM request.json result.json``; without exit status 0 and a result file the case fails with the reason."""

    name: str
    program: Path
    limit_s: float
    form: AnswerFormat
    kind: str = "executable"
    _run: Path | None = field(default=None, repr=False)

    @classmethod
    def at(cls, path: Path, limit_s: float, task: Task | str = "") -> ExecutableSubject:
        """The program at ``path``, for systems of a task; :class:`InputError` if it cannot be executed."""
        if not path.is_file():
            raise InputError(f"subject {str(path)!r}: there is no such file")
        if not os.access(path, os.X_OK):
            raise InputError(f"subject {str(path)!r}: is not executable (chmod +x it)")
        return cls(path.name, path.resolve(), limit_s, format_of(task))

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Kind, name and the program's SHA-256."""
        import hashlib

        return {"kind": self.kind, "name": self.name, "sha256": hashlib.sha256(self.program.read_bytes()).hexdigest()}

    @property
    def offers(self) -> frozenset[str]:
        """The outputs of the task: a program cannot declare fewer outputs."""
        return frozenset(self.form.outputs)

    @property
    def model(self) -> None:
        """None: the model is not in this process."""

    def keep_tracebacks(self, folder: Path) -> None:
        """From now on the output of a program that fails is written to a file in this folder of a run."""
        self._run = folder

    def answer(self, system: Any, grid: Any) -> Answer:
        """Compute the answer for one system."""
        return self._ask([system], grid)[0]

    def answers(self, systems: Sequence[Any], grid: Any) -> list[Answer]:
        """Compute the answers for many systems in one call, or one by one if this call fails."""
        found = self._ask(list(systems), grid) if systems else []
        if any(answer.problem for answer in found) and len(systems) > 1:
            return [self.answer(system, grid) for system in systems]
        return found

    def close(self) -> None:
        """Nothing to release: each call is a separate process."""

    def _ask(self, systems: list[Any], grid: Any) -> list[Answer]:
        limit = self.limit_s * len(systems)
        with tempfile.TemporaryDirectory(prefix="subject-") as folder:
            request, result = Path(folder) / "request.json", Path(folder) / "result.json"
            request.write_text(json.dumps(request_of(systems, grid, self.form.codec)), encoding="utf-8")
            start = perf_counter()
            try:
                run_limited([str(self.program), str(request), str(result)], folder, limit)
                wall_s = perf_counter() - start
                if not result.is_file():
                    raise BadResult("wrote no result file")
                if result.stat().st_size > LARGEST_RESULT_BYTES:
                    raise BadResult(f"the result file has more than {LARGEST_RESULT_BYTES >> 20} MiB")
                rows = results_of(result.read_bytes(), len(systems), self.form)
            except (BadResult, Lost) as error:
                problem = str(error)
                if isinstance(error, Lost):
                    problem = error.sentence("the program") + keep(self._run, error.output)
                return [Answer(None, problem, perf_counter() - start) for _ in systems]
        source = Provenance(self.name, "executable")
        answers = []
        for row in rows:
            try:
                found = self.form.trajectory(self.form.plain(row, grid), grid, source)
                answers.append(Answer(found, "", wall_s / len(systems)))
            except BadResult as error:
                answers.append(Answer(None, str(error), wall_s / len(systems)))
        return answers


def run_limited(command: list[str], folder: str, limit_s: float) -> None:
    """Run a command in its own session; raises :class:`Lost` unless it ends with status 0 in time."""
    with open(Path(folder) / "stderr.txt", "w+b") as log:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True
            )
        except OSError as error:
            raise Lost(f"could not be started ({error.strerror})") from None
        try:
            how = ending(process.wait(limit_s))
        except subprocess.TimeoutExpired:
            how = f"gave no result within {limit_s:g} s"
        finally:
            stop(process)
        if how != ending(0):
            log.seek(0)
            raise Lost(how, log.read(LARGEST_LOG_BYTES).decode("utf-8", "replace").strip())
