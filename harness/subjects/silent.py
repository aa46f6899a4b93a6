"""A subject that could not be started, in a run with others that could: every answer contains the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.subjects.answers import Answer
from harness.subjects.format import format_of


@dataclass(frozen=True)
class Silent:
    """Represents a subject of this name in a run of several subjects that must continue without it."""

    name: str
    problem: str
    kind: str = "object"
    task: str = ""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Kind, name and why it was not started."""
        return {"kind": self.kind, "name": self.name, "not started": self.problem}

    @property
    def offers(self) -> frozenset[str]:
        """The default outputs of every subject."""
        return frozenset(format_of(self.task).outputs)

    @property
    def model(self) -> None:
        """None: it was not started."""

    def answer(self, system: Any, grid: Any) -> Answer:
        """The reason."""
        return Answer(None, self.problem, 0.0)

    def answers(self, systems: Sequence[Any], grid: Any) -> list[Answer]:
        """The reason, for each."""
        return [self.answer(system, grid) for system in systems]

    def keep_tracebacks(self, folder: Path) -> None:
        """Nothing to store."""

    def close(self) -> None:
        """Nothing to release."""
