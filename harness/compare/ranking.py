"""From measured answers to a leaderboard and a front. No measuring is done here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import Any

from harness.compare.measure import Answered
from harness.task import Metric


@dataclass(frozen=True)
class Place:
    """One subject's line: errors and time over the cases that every ranked subject answered.

    ``errors`` are medians, one for each metric; ``worst`` is the largest of the first metric, in ``worst_case``.
    ``answered``, ``refused`` and ``failed`` count all cases. ``on_front``: no other subject is both faster and more
    accurate (median time, median error).
    """

    rank: int
    subject: str
    answered: int
    refused: int
    failed: int
    errors: tuple[float | None, ...]
    worst: float | None
    worst_case: str
    seconds: float | None
    on_front: bool
    reason: str = ""

    @property
    def error(self) -> float | None:
        """The error that decides the rank: the median of the first metric."""
        return self.errors[0] if self.errors else None


@dataclass(frozen=True)
class Board:
    """The leaderboard: ``places`` by the median of the first metric, ``cases`` the number of all cases, ``common`` the
    number of cases that all ranked subjects answered.

    Subjects without any answer come last, have no rank (0) and do not reduce the common cases.
    """

    places: tuple[Place, ...]
    cases: int
    common: int
    metrics: tuple[Metric, ...] = ()


def rank(answers: Sequence[Answered], metrics: Sequence[Metric]) -> Board:
    """Rank subjects by the median of the first metric over the cases that all of them answered; ties by time."""
    names = list(dict.fromkeys(a.subject for a in answers))
    by_case = {(a.subject, a.case): a for a in answers}
    cases = list(dict.fromkeys(a.case for a in answers))
    active = [name for name in names if any(a.subject == name and a.error is not None for a in answers)]
    common = [c for c in cases if active and all(by_case[name, c].error is not None for name in active)]
    lines = [_line(name, answers, [by_case[name, c] for c in common], len(metrics)) for name in names]
    points = {p.subject: (p.seconds, p.error) for p in lines if p.seconds is not None and p.error is not None}
    lines.sort(key=lambda p: (_last(p.error), _last(p.seconds), p.subject))
    placed = []
    for number, line in enumerate(lines, 1):
        has = line.subject in points
        front = has and not any(
            s <= points[line.subject][0] and e <= points[line.subject][1] and (s, e) != points[line.subject]
            for name, (s, e) in points.items()
            if name != line.subject
        )
        placed.append(Place(**{**vars(line), "rank": number if has else 0, "on_front": front}))
    return Board(tuple(placed), len(cases), len(common), tuple(metrics))


def _line(name: str, answers: Sequence[Answered], common: Sequence[Answered], metrics: int) -> Place:
    mine = [a for a in answers if a.subject == name]
    errors = [[a.errors[number] for a in common] for number in range(metrics)]
    times = [a.seconds for a in common if a.seconds is not None]
    worst = max(((a.error, a.case) for a in common if a.error is not None), default=(None, ""))
    reasons = [a.problem or a.refused for a in mine if a.problem or a.refused]
    return Place(
        rank=0,
        subject=name,
        answered=sum(a.seconds is not None for a in mine),
        refused=sum(bool(a.refused) for a in mine),
        failed=sum(bool(a.problem) for a in mine),
        errors=tuple(_median(values) for values in errors),
        worst=worst[0],
        worst_case=worst[1],
        seconds=median(times) if times else None,
        on_front=False,
        reason=reasons[0] if reasons else "",
    )


def _last(value: float | None) -> float:
    return math.inf if value is None else value


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def columns(board: Board) -> tuple[str, ...]:
    """Headings of the leaderboard: the first metric with its worst case, then the other metrics."""
    first, *others = (f"{metric.label}, median" for metric in board.metrics)
    errors = (first, "worst", "worst case", *others)
    return ("rank", "subject", *errors, "time, median", "front", "answered", "refused", "failed")


def table(board: Board) -> list[tuple[str, ...]]:
    """The leaderboard as text cells, in the order of :func:`columns`."""

    def number(value: float | None, unit: str = "") -> str:
        return "–" if value is None else f"{value:.2g}{unit}" if not unit or value < 99 else f"{value:.0f}{unit}"

    rows = []
    for place in board.places:
        errors = (number(place.error), number(place.worst), place.worst_case or "–", *map(number, place.errors[1:]))
        time = "–" if place.seconds is None else number(place.seconds * 1e3, " ms")
        counted = (str(place.answered), str(place.refused), str(place.failed))
        rows.append((str(place.rank or "–"), place.subject, *errors, time, "yes" if place.on_front else "no", *counted))
    return rows


def plain(place: Place, metrics: Sequence[Metric]) -> dict[str, Any]:
    """A line as plain values: the errors by the keys of their metrics, the largest as ``worst_<first key>``."""
    values = dict(vars(place))
    first, *others = zip((metric.key for metric in metrics), values.pop("errors"), strict=True)
    worst = {f"worst_{first[0]}": values.pop("worst"), "worst_case": values.pop("worst_case")}
    head = {name: values.pop(name) for name in ("rank", "subject", "answered", "refused", "failed")}
    return {**head, first[0]: first[1], **worst, **dict(others), **values}


def notes(board: Board, facts: Mapping[str, Any]) -> list[str]:
    """Below the leaderboard: the number of its cases, which cases there are, the reference, and what the front is."""
    lines = [f"Ranked on the {board.common} of {board.cases} cases that every ranked subject answered."]
    lines += [f"Cases: {facts['counted']}."] if facts.get("counted") else []
    lines += [f"Compared with: {facts['source']}."] if facts.get("source") else []
    front = "Front: no other subject is both quicker and more accurate (median time, median {})."
    return [*lines, front.format(board.metrics[0].label)]


def markdown(board: Board, title: str, facts: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The leaderboard as a Markdown table with the facts behind it, and why subjects did not answer."""
    heads = columns(board)
    rows = [heads, tuple("---" for _ in heads), *table(board)]
    lines = [f"**{title}**", "", *("| " + " | ".join(row) + " |" for row in rows), ""]
    lines.append("  \n".join(notes(board, facts)))
    silent = [p for p in board.places if p.reason]
    lines += [""] if silent else []
    lines += [f"- {p.subject}: {p.refused + p.failed} cases without an answer: {p.reason}" for p in silent]
    return "\n".join(lines) + "\n"
