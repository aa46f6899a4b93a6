"""The outcome of a subject's answer for one system of the library: right, wrong and flagged, or wrong in silence."""

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
class LibraryAnswer:
    """A subject's answer for one system: a trajectory or none, whether it was refused or flagged, and its time.

    ``radius`` is that of the subject's band of M for the whole trajectory, if it was requested; ``stated`` is a
    relative L2 error that the method itself estimates; ``i1z_error`` is the largest |ΔI1z|, if it is known.
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
    """The numbers of one answer for one system of the library.

    ``error`` is ‖ΔM‖/‖M‖ over the window, ``largest`` the largest |ΔM|, None without an answer. ``truth_error`` is the
    relative error that the reference method states for itself, 0 if it is exact.
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


def errors_of(answered: LibraryAnswer, truth: Trajectory) -> tuple[float, float]:
    """(‖ΔM‖/‖M‖, largest |ΔM|); infinite if M is not finite."""
    assert answered.trajectory is not None
    largest = float(np.max(np.abs(answered.trajectory.m - truth.m)))
    return error_of(RELATIVE_M, answered.trajectory, truth, None), largest if np.isfinite(largest) else float("inf")


def is_wrong(error: float, truth_error: float = 0.0) -> bool:
    """True if the error is above :data:`WRONG` for every possible truth within the truth's stated error."""
    return not error - truth_error <= WRONG


def outcome_of(answered: LibraryAnswer, error: float, largest: float, truth_error: float = 0.0) -> Outcome:
    """The outcome of an answer with these errors."""
    wrong, good = is_wrong(error, truth_error), error + truth_error <= GOOD
    # A flag is about the whole answer: if M is good but I1z is wrong, the flag is not needless.
    good = good and (answered.i1z_error is None or answered.i1z_error <= GOOD)
    if answered.flagged:
        return "wrong, flagged" if wrong else "good, flagged" if good else "between, flagged"
    if wrong:
        revealed = _reveals(answered.radius, largest) or _reveals(answered.stated, error)
        return "wrong, revealed" if revealed else "wrong, silent"
    return "good" if good else "between"


def _reveals(stated: float | None, error: float) -> bool:
    return stated is not None and error <= stated <= REVEALS * error


def silent_failures(rows: Iterable[LibraryRow]) -> list[LibraryRow]:
    """Wrong answers that neither a flag nor a stated error reveals, the worst first."""
    return sorted((row for row in rows if row.outcome == "wrong, silent"), key=lambda row: -(row.error or 0.0))


def needless(rows: Iterable[LibraryRow]) -> tuple[int, int]:
    """The number of good answers that were flagged, and the number of good answers. A refusal counts in both numbers,
    as a good answer that was not given."""
    outcomes = [row.outcome for row in rows]
    warned = sum(outcome in ("good, flagged", "refused") for outcome in outcomes)
    return warned, warned + outcomes.count("good")
