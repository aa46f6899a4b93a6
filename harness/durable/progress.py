"""``progress.json``: the finished parts and the current part of a long job, for people and for other programs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.durable.atomic import write_json

PHASES = ("dataset_generation", "training", "benchmark", "done")


@dataclass
class Progress:
    """Writer of one ``progress.json``, which holds ``completed_N``, ``current_N``, ``current_phase`` and ``percent``.

    ``completed`` are the finished sizes (or names), ``current`` the size in progress (None between them). The file is
    written whole and renamed, at most every ``interval_s`` seconds unless the phase or the size changes.
    """

    path: Path
    interval_s: float = 1.0
    completed: list[Any] = field(default_factory=list)
    current: Any = None
    phase: str = PHASES[0]
    percent: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)
    _written: float = field(default=-1e9, repr=False)

    def start(self, current: Any, phase: str) -> None:
        """Begin a phase of a size."""
        if phase not in PHASES:
            raise ValueError(f"phase {phase!r} is none of {', '.join(PHASES)}")
        self.current, self.phase, self.percent, self.details = current, phase, 0.0, {}
        self.write()

    def update(self, fraction: float, **details: Any) -> None:
        """Record the fraction done (0 … 1) of the phase, and further JSON values."""
        self.percent, self.details = round(100 * fraction, 2), details
        if time.monotonic() - self._written >= self.interval_s:
            self.write()

    def complete(self, item: Any) -> None:
        """Record a finished size."""
        if item not in self.completed:
            self.completed.append(item)
        self.current, self.percent, self.details = None, 100.0, {}
        self.write()

    def finish(self) -> None:
        """Record that everything is done."""
        self.current, self.phase, self.percent, self.details = None, "done", 100.0, {}
        self.write()

    def write(self) -> None:
        """Write the file now."""
        self._written = time.monotonic()
        write_json(
            self.path,
            {
                "completed_N": list(self.completed),
                "current_N": self.current,
                "current_phase": self.phase,
                "percent": self.percent,
                **self.details,
                "updated": datetime.now(UTC).isoformat(timespec="seconds"),
            },
        )


def read_progress(path: str | Path) -> dict[str, Any]:
    """The content of a ``progress.json``; empty if there is none or it is not JSON."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
