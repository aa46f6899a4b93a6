"""What every driver has in common: it reports whether it can run, and answers requests through files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.bridge.engine import CALL_LIMIT_S, START_LIMIT_S, Availability, Engine
from harness.tasks.spins.spinach.contract import Answer, read_answers, write_requests
from harness.tasks.spins.spinach.faults import EngineFault, MFileError, ResultFault
from harness.tasks.spins.spinach.request import Request

__all__ = ["CALL_LIMIT_S", "START_LIMIT_S", "Availability", "Driver", "Exchange", "Outcome", "exchange", "single"]

Outcome = Answer | MFileError | ResultFault


class Driver(Engine, Protocol):
    """One way to run ``harness_run.m``. ``engine`` is the name in cache keys, ``name`` that of the way."""

    engine: str

    def run(
        self, requests: Sequence[Request], method: str, spinach_root: str, limit_s: float = CALL_LIMIT_S
    ) -> list[Outcome]:
        """Answers in the order of the requests; ``method`` is "spinach" or "exact".

        Raises
        ------
        EngineFault
            If the engine cannot start, dies, or does not answer within ``limit_s``.
        """
        ...


@dataclass(frozen=True)
class Exchange:
    """A separate folder for one call: request, result, and Spinach's scratch files. It is removed afterwards."""

    folder: Path

    @property
    def request(self) -> Path:
        """The request file."""
        return self.folder / "request.mat"

    @property
    def result(self) -> Path:
        """The result file."""
        return self.folder / "result.mat"

    def read(self, requests: Sequence[Request], engine: str) -> list[Outcome]:
        """The answers, once the engine has come back.

        Raises
        ------
        EngineFault
            If it left no result.
        """
        if not self.result.exists():
            raise EngineFault(f"{engine} ended without a result")
        return list(read_answers(self.result, requests))


@contextmanager
def exchange(
    requests: Sequence[Request], method: str, spinach_root: str, scratch: Path | None = None, folder: str | None = None
) -> Iterator[Exchange]:
    """Write the requests into a new temporary folder (in ``folder``, if one is named).

    Spinach's scratch folder is in it too, unless an engine that stays open has its own: under MATLAB, Spinach uses the
    same parallel pool only as long as the scratch folder is the same.
    """
    with tempfile.TemporaryDirectory(prefix="spin-harness-", dir=folder, ignore_cleanup_errors=True) as name:
        scratch = scratch or Path(name) / "scratch"
        scratch.mkdir(exist_ok=True)
        files = Exchange(Path(name))
        write_requests(files.request, requests, method, spinach_root, scratch)
        yield files


def single(outcome: Outcome) -> Answer:
    """The answer, or the fault raised."""
    if isinstance(outcome, Answer):
        return outcome
    raise outcome
