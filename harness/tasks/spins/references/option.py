"""One method on one system: what is known of its error, its time and its memory."""

from __future__ import annotations

from dataclasses import dataclass

JUDGE_S = 2.0
"""Seconds that an accurate method may take to be the reference for the others (estimated)."""
STATED = "stated by itself"
"""Source of an error that a method estimates of itself, from two sizes of its clusters."""
LONGEST_S = 3600.0
"""Seconds of computing that are still recommended (estimated)."""


@dataclass(frozen=True)
class Option:
    """One method on this system: errors of M and how they are known, seconds, bytes, and why not, if not.

    ``error`` is the RMSE, ``relative`` the relative error ‖ΔM‖/‖M‖ (docs/conventions.md).
    """

    label: str
    method: str
    error: float
    relative: float
    error_source: str
    seconds: float
    seconds_source: str
    memory_bytes: float
    refused: str = ""


@dataclass(frozen=True)
class Advice:
    """Every option, cheapest first among the usable ones, and the one to take.

    ``ratio`` is that of the relative error to the RMSE, √2 over the RMS of |M|: one number for all methods.
    """

    options: tuple[Option, ...]
    chosen: Option | None
    ratio: float
    reasons: tuple[str, ...]


def in_words(seconds: float) -> str:
    """A span of time with two digits in the unit that suits it."""
    for unit, size in (("years", 365.25 * 86400), ("days", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        if seconds >= size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds * 1e3:.3g} ms"
