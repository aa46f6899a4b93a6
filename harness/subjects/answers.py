"""The answer of a subject for one system, and which exception is a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import InputError
from harness.subjects.format import BadResult


class Refused(BadResult):
    """The subject does not accept such a system or grid; the message is the reason that it gives."""


def is_refusal(error: BaseException) -> bool:
    """True for :class:`harness.errors.InputError` itself: a subject raises it if it does not accept a system.

    A subclass (a damaged cache, a missing engine) or another class with a similar name is not a refusal but a
    failure.
    """
    return type(error) is InputError


@dataclass(frozen=True, eq=False)
class Answer:
    """A trajectory, or the reason why there is none; and the time in seconds from system to trajectory.

    The trajectory is of the class of the task; it always has ``grid``, ``provenance`` and ``arrays`` by name.
    ``refused``: the subject does not accept such a system or grid at all (:func:`is_refusal`). This is not a failure,
    but a planned number is then missing, and the run is not complete.
    """

    trajectory: Any
    problem: str = ""
    wall_s: float = float("nan")
    refused: bool = False

    @property
    def refusal(self) -> str:
        """The reason of a refusal, "" if there is none."""
        if not self.refused:
            return ""
        return self.problem.removeprefix(f"raised {InputError.__name__}").lstrip(": ") or "refused"


def each(results: Any, count: int) -> list[Any]:
    """The results of a batch, one by one: of a Prediction (its ``mean``), a sequence, or an array (batch, …, points).

    Raises
    ------
    BadResult
        If there are not ``count`` of them.
    """
    if hasattr(results, "mean") and isinstance(results.mean, Sequence):
        results = results.mean
    try:
        found = list(results)
    except TypeError:
        raise BadResult(f"returned {type(results).__name__} where one result per system was wanted") from None
    if len(found) != count:
        raise BadResult(f"returned {len(found)} results for {count} systems")
    return found
