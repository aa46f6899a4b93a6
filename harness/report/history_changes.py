"""Lasting changes: steps in the series of a history, with the runs and commits between which they lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.report.history import Series, series_of
from harness.report.history_steps import Step, find_steps


@dataclass(frozen=True)
class Change:
    """A step in one series, in its worst or its median value.

    ``last_before`` and ``first_after`` are the entries on either side; ``versions`` names what was upgraded between
    them. ``direction`` is "worse" or "better" where the metric has a target with one side, else "other".
    """

    series: Series
    which: Literal["worst", "median"]
    step: Step
    last_before: Mapping[str, Any]
    first_after: Mapping[str, Any]

    @property
    def direction(self) -> str:
        """"worse", "better" or "other"."""
        comparison, rises = self.series.metric["comparison"], self.step.after > self.step.before
        if comparison in ("<=", "<"):
            return "worse" if rises else "better"
        if comparison in (">=", ">"):
            return "better" if rises else "worse"
        return "other"

    @property
    def versions(self) -> list[str]:
        """Upgrades between the two runs, as "numpy 2.1 → 2.2"."""
        old, new = self.last_before["versions"], self.first_after["versions"]
        names = sorted({*old, *new})
        return [f"{n} {old.get(n, '-')} → {new.get(n, '-')}" for n in names if old.get(n) != new.get(n)]

    @property
    def commits(self) -> str:
        """The commits between which it lies, abbreviated."""
        old, new = (str(e["commit"])[:10] or "no commit" for e in (self.last_before, self.first_after))
        return f"commit {old} both times" if old == new else f"{old} … {new}"

    def __str__(self) -> str:
        unit = "" if self.series.metric["unit"] == "1" else f" {self.series.metric['unit']}"
        more = f"; {', '.join(self.versions)}" if self.versions else ""
        return (
            f"{self.series.name}: {self.which} {self.step.before:.3g} → {self.step.after:.3g}{unit} ({self.direction}) "
            f"since {self.first_after['started'][:10]} ({self.commits}{more})"
        )


def changes_of(entries: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Every step in every current series, newest first, worse before better.

    ``entries`` are those of :func:`harness.report.history.read_history`. Where worst and median have a step at the same
    run, only that of the worst is reported.
    """
    entries = list(entries)
    by_run = {entry["run"]: entry for entry in entries}
    found: list[Change] = []
    for series in series_of(entries):
        if not series.current:
            continue
        reported: set[str] = set()
        for which in ("worst", "median"):
            points = [p for p in series.points if getattr(p, which) is not None]
            for step in find_steps([getattr(p, which) for p in points]):
                before, after = points[step.index - 1], points[step.index]
                if after.run not in reported:
                    reported.add(after.run)
                    found.append(Change(series, which, step, by_run[before.run], by_run[after.run]))
    order = {"worse": 0, "other": 1, "better": 2}
    found.sort(key=lambda change: order[change.direction])
    found.sort(key=lambda change: change.first_after["started"], reverse=True)
    return found
