"""From measured answers to a leaderboard and a front. Nothing here measures, and nothing knows of spins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import Any

from harness.compare.measure import Answered


@dataclass(frozen=True)
class Place:
    """One subject's line: errors and time over the cases that every ranked subject answered.

    ``answered``, ``refused`` and ``failed`` count all cases. ``on_front``: no other subject is both quicker and more
    accurate (median time, median error).
    """

    rank: int
    subject: str
    answered: int
    refused: int
    failed: int
    rmse_m: float | None
    worst_rmse_m: float | None
    worst_case: str
    rmse_i1z: float | None
    seconds: float | None
    on_front: bool
    reason: str = ""


@dataclass(frozen=True)
class Board:
    """The leaderboard: ``places`` by median RMSE of M, ``cases`` how many there are, ``common`` on how many it rests.

    Subjects that answered nothing come last, have no rank (0) and do not shrink the common cases.
    """

    places: tuple[Place, ...]
    cases: int
    common: int


def rank(answers: Sequence[Answered]) -> Board:
    """Rank subjects by their median RMSE of M over the cases that all of them answered; ties by time."""
    names = list(dict.fromkeys(a.subject for a in answers))
    by_case = {(a.subject, a.case): a for a in answers}
    cases = list(dict.fromkeys(a.case for a in answers))
    active = [name for name in names if any(a.subject == name and a.rmse_m is not None for a in answers)]
    common = [c for c in cases if active and all(by_case[name, c].rmse_m is not None for name in active)]
    lines = [_line(name, answers, [by_case[name, c] for c in common]) for name in names]
    points = {p.subject: (p.seconds, p.rmse_m) for p in lines if p.seconds is not None and p.rmse_m is not None}
    lines.sort(key=lambda p: (_last(p.rmse_m), _last(p.seconds), p.subject))
    placed = []
    for number, line in enumerate(lines, 1):
        has = line.subject in points
        front = has and not any(
            s <= points[line.subject][0] and e <= points[line.subject][1] and (s, e) != points[line.subject]
            for name, (s, e) in points.items()
            if name != line.subject
        )
        placed.append(Place(**{**vars(line), "rank": number if has else 0, "on_front": front}))
    return Board(tuple(placed), len(cases), len(common))


def _line(name: str, answers: Sequence[Answered], common: Sequence[Answered]) -> Place:
    mine = [a for a in answers if a.subject == name]
    errors = [(a.rmse_m, a.case) for a in common if a.rmse_m is not None]
    spectators = [a.rmse_i1z for a in common if a.rmse_i1z is not None]
    times = [a.seconds for a in common if a.seconds is not None]
    worst = max(errors, default=(None, ""))
    reasons = [a.problem or a.refused for a in mine if a.problem or a.refused]
    return Place(
        rank=0,
        subject=name,
        answered=sum(a.seconds is not None for a in mine),
        refused=sum(bool(a.refused) for a in mine),
        failed=sum(bool(a.problem) for a in mine),
        rmse_m=median(e for e, _ in errors) if errors else None,
        worst_rmse_m=worst[0],
        worst_case=worst[1],
        rmse_i1z=median(spectators) if spectators else None,
        seconds=median(times) if times else None,
        on_front=False,
        reason=reasons[0] if reasons else "",
    )


def _last(value: float | None) -> float:
    return math.inf if value is None else value


COLUMNS = (
    "rank", "subject", "RMSE of M, median", "worst", "worst case", "RMSE of I1z, median", "time, median", "front",
    "answered", "refused", "failed",
)  # fmt: skip


def table(board: Board) -> list[tuple[str, ...]]:
    """The leaderboard as text cells, in the order of :data:`COLUMNS`."""

    def number(value: float | None, unit: str = "") -> str:
        return "–" if value is None else f"{value:.2g}{unit}" if not unit or value < 99 else f"{value:.0f}{unit}"

    return [
        (
            str(p.rank or "–"), p.subject, number(p.rmse_m), number(p.worst_rmse_m), p.worst_case or "–",
            number(p.rmse_i1z), "–" if p.seconds is None else number(p.seconds * 1e3, " ms"),
            "yes" if p.on_front else "no", str(p.answered), str(p.refused), str(p.failed),
        )
        for p in board.places
    ]  # fmt: skip


FRONT = "Front: no other subject is both quicker and more accurate (median time, median RMSE of M)."


def notes(board: Board, facts: Mapping[str, Any]) -> list[str]:
    """Below the leaderboard: what it rests on, which cases there are, whom it believes, what the front is."""
    lines = [f"Ranked on the {board.common} of {board.cases} cases that every ranked subject answered."]
    lines += [f"Cases: {facts['counted']}."] if facts.get("counted") else []
    lines += [f"Compared with: {facts['source']}."] if facts.get("source") else []
    return [*lines, FRONT]


def markdown(board: Board, title: str, facts: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The leaderboard as a Markdown table with what it rests on, and why subjects did not answer."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *table(board)]
    lines = [f"**{title}**", "", *("| " + " | ".join(row) + " |" for row in rows), ""]
    lines.append("  \n".join(notes(board, facts)))
    silent = [p for p in board.places if p.reason]
    lines += [""] if silent else []
    lines += [f"- {p.subject}: {p.refused + p.failed} cases without an answer: {p.reason}" for p in silent]
    return "\n".join(lines) + "\n"
