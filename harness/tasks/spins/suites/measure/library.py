"""What a subject's answer about one system of the library is worth: right, wrong and said so, or wrong in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.suites.errors import error_of
from harness.tasks.spins.metrics import RELATIVE_M
from harness.tasks.spins.systems import Trajectory

WRONG = 1e-2
"""Relative L2 error of M above which an answer is wrong."""
GOOD = 1e-3
"""Relative L2 error of M up to which an answer is good."""
REVEALS = 5.0
"""A stated error reveals the true one if it is at least as large and at most this many times larger."""

Outcome = Literal["good", "between", "good, flagged", "between, flagged", "wrong, flagged", "wrong, revealed",
                  "wrong, silent", "refused", "failed"]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a subject said of one system: a trajectory or none, whether it refused, flagged, and its time.

    ``radius`` is that of the subject's band of M for the whole trajectory where it was asked for; ``stated`` a relative
    L2 error that the method itself estimates; ``i1z_error`` the largest |ΔI1z| where it is known.
    """

    trajectory: Trajectory | None
    refused: bool = False
    flagged: bool = False
    seconds: float | None = None
    problem: str = ""
    radius: float | None = None
    stated: float | None = None
    i1z_error: float | None = None


@dataclass(frozen=True)
class LibraryRow:
    """One answer about one system of the library, in numbers.

    ``error`` is ‖ΔM‖/‖M‖ over the window, ``largest`` the largest |ΔM|, None without an answer. ``truth_error`` is the
    relative error that the believed method states for itself, 0 where it is exact.
    """

    system: str
    spins: int
    largest_part: int
    field_t: float
    window_s: float
    hardness: float
    error: float | None
    largest: float | None
    seconds: float | None
    outcome: Outcome
    band_radius: float | None
    truth: str
    truth_error: float

    @property
    def place(self) -> str:
        """System, field and error, for a report."""
        return f"{self.system} at {self.field_t:g} T" + ("" if self.error is None else f": {self.error:.2e}")


def errors_of(said: Said, truth: Trajectory) -> tuple[float, float]:
    """(‖ΔM‖/‖M‖, largest |ΔM|), infinite for what is not finite."""
    assert said.trajectory is not None
    largest = float(np.max(np.abs(said.trajectory.m - truth.m)))
    return error_of(RELATIVE_M, said.trajectory, truth, None), largest if np.isfinite(largest) else float("inf")


def is_wrong(error: float, truth_error: float = 0.0) -> bool:
    """True if the error is above :data:`WRONG` whatever the truth is within its own stated error."""
    return not error - truth_error <= WRONG


def outcome_of(said: Said, error: float, largest: float, truth_error: float = 0.0) -> Outcome:
    """What an answer with these errors amounts to."""
    wrong, good = is_wrong(error, truth_error), error + truth_error <= GOOD
    # A flag is about the whole answer: one of a wrong I1z beside a good M is not raised in vain.
    good = good and (said.i1z_error is None or said.i1z_error <= GOOD)
    if said.flagged:
        return "wrong, flagged" if wrong else "good, flagged" if good else "between, flagged"
    if wrong:
        revealed = _reveals(said.radius, largest) or _reveals(said.stated, error)
        return "wrong, revealed" if revealed else "wrong, silent"
    return "good" if good else "between"


def _reveals(stated: float | None, error: float) -> bool:
    return stated is not None and error <= stated <= REVEALS * error


def silent_failures(rows: Iterable[LibraryRow]) -> list[LibraryRow]:
    """Wrong answers that neither a flag nor a stated error reveals, the worst first."""
    return sorted((row for row in rows if row.outcome == "wrong, silent"), key=lambda row: -(row.error or 0.0))


def needless(rows: Iterable[LibraryRow]) -> tuple[int, int]:
    """How many good answers were flagged, and how many there are; a refusal counts as both, a good answer not given."""
    outcomes = [row.outcome for row in rows]
    warned = sum(outcome in ("good, flagged", "refused") for outcome in outcomes)
    return warned, warned + outcomes.count("good")
