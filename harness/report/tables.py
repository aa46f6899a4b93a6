"""Records as CSV, and as a Markdown summary for a pull request."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.finite import require_finite
from harness.report.records import JUDGED, WORST_FIRST, Record
from harness.report.store import Report


@dataclass(frozen=True)
class Line:
    """All records of one suite that answer the same question: metric, target, role and subject are equal."""

    suite: str
    metric: str
    role: str
    subject: str
    target: str
    target_name: str
    reason: str
    source: str
    kind: str
    unit: str
    records: tuple[Record, ...]

    @property
    def worst(self) -> Record:
        """The record furthest past its target; where nothing is judged, the largest value."""
        return max(self.records, key=lambda r: (r.severity, r.measurement.value or 0.0))

    @property
    def met(self) -> int:
        """How many passed."""
        return sum(record.verdict == "pass" for record in self.records)

    @property
    def verdict(self) -> str:
        """The worst verdict among the records."""
        verdicts = {record.verdict for record in self.records}
        return next(v for v in WORST_FIRST if v in verdicts)


def lines(records: Iterable[Record]) -> list[Line]:
    """Group records into lines, in order of first appearance."""
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        measured, target = record.measurement, record.target
        key = (
            record.suite,
            measured.metric,
            record.expected if target else "info",
            measured.subject,
            f"{target.name}\0{target}\0{target.kind}" if target else "",
            measured.unit,
        )
        groups.setdefault(key, []).append(record)
    return [
        Line(
            suite=members[0].suite,
            metric=members[0].measurement.metric,
            role="info" if members[0].target is None else ("control" if members[0].expected == "miss" else "target"),
            subject=members[0].measurement.subject,
            target=str(members[0].target or ""),
            target_name=members[0].target.name if members[0].target else "",
            reason=members[0].target.reason if members[0].target else "",
            source=members[0].target.source if members[0].target else "",
            kind=members[0].target.kind if members[0].target else "",
            unit=members[0].measurement.unit,
            records=tuple(members),
        )
        for members in groups.values()
    ]


def number(value: float | None, unit: str = "1") -> str:
    """Three significant digits and the unit; a dash where there is no number."""
    if value is None:
        return "–"
    text = f"{value:.2e}" if value and abs(value) < 1e-3 else f"{value:.3g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text if unit in ("", "1") else f"{text} {unit}"


def worst_cases(records: Iterable[Record], count: int = 3, reference: str = "") -> list[Record]:
    """The judged records furthest past (or closest to) their targets; controls and goals are left out.

    Numbers that miss their targets come first, then those judged against ``reference``; errors themselves before ratios
    of two errors, which are large wherever the divisor is small; and of one system (the part of the case's name before
    its first full stop) only the worst.
    """

    def rank(record: Record) -> tuple[bool, bool, bool, bool, float, bool]:
        other = bool(reference) and record.measurement.reference != reference
        aside, large = other and not record.unmet, not (record.unmet or _bounded(record))
        return not record.unmet, aside, is_ratio(record.measurement.metric), large, -record.severity, other

    judged = [r for r in records if r.expected == "meet" and r.verdict in JUDGED and (r.unmet or not r.is_goal)]
    chosen: dict[tuple[str, str], Record] = {}
    for record in sorted(judged, key=rank):
        chosen.setdefault((record.suite, record.measurement.case.split(".")[0]), record)
    return list(chosen.values())[:count]


def _bounded(record: Record) -> bool:
    """True if small is good: a share that is at its largest possible value is near no bound that matters."""
    return record.target is not None and record.target.comparison in ("<=", "<")


def is_ratio(metric: str) -> bool:
    """True for a metric that is one measured number over another, by its name ("a over b", "a / b")."""
    return " over " in metric or " / " in metric


def of_whom(record: Record, subject: str = "") -> str:
    """The reference against which a number was judged, and its subject where that is not the subject of the run."""
    measured = record.measurement
    whose = f"{measured.subject}, " if measured.subject and measured.subject != subject else ""
    return f"{whose}against {measured.reference}" if measured.reference else whose.rstrip(", ") or "in the test itself"


def open_goals(records: Iterable[Record]) -> list[Record]:
    """Goals that are not met, or not shown to be met, the furthest first."""
    return sorted((r for r in records if r.verdict == "open-goal"), key=lambda r: -r.severity)


def how_missed(record: Record, direction: Callable[[str, str], str] = lambda metric, side: "") -> str:
    """In which direction a number misses its target, in words; "" where it does not.

    ``direction`` says what it means that a metric is too "low" or too "high", or "".
    """
    measured, target = record.measurement, record.target
    if target is None or measured.value is None or record.verdict not in ("fail", "too-few-cases", "open-goal"):
        return ""
    side, known = target.side_missed(measured.value), measured.interval
    if known is not None and target.decides(known) is None:
        return f"its interval {known.low:.3g} … {known.high:.3g} lies on both sides of the target"
    means = direction(measured.metric, side)
    text = f"{measured.value:.3g} is {'below' if side == 'low' else 'above'} {target.bounds()}"
    return text + (f": {means}" if means else "")


def stated(record: Record, where: str = "") -> str:
    """The number with its interval, unit and target, and on which side it misses; without a number, the reason."""
    measured, target = record.measurement, record.target
    if measured.value is None:
        return f"no number: {record.judgement.message}"
    text = number(measured.value, measured.unit)
    if measured.interval is not None:
        text += f" ({measured.interval.low:.3g} … {measured.interval.high:.3g})"
    text += where
    if target is None:
        return text
    text += f", {'goal' if target.kind == 'goal' else 'target'} {target}"
    side = target.side_missed(measured.value)
    return text + (f" (too {side})" if side and isinstance(target.value, tuple) else "")


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV with a header; the columns are those of the rows in order of first appearance.

    Raises
    ------
    InputError
        For a number that is not finite: an unknown number is an empty cell (None).
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    for column in columns:
        require_finite([row[column] for row in rows if isinstance(row.get(column), float)], f"column {column!r}")
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def records_csv(records: Iterable[Record]) -> str:
    """Every record as one line of CSV."""
    return to_csv(
        [
            {
                "id": r.id,
                "task": r.task,
                "suite": r.suite,
                "metric": r.measurement.metric,
                "case": r.measurement.case,
                "subject": r.measurement.subject,
                "reference": r.measurement.reference,
                "value": "" if r.measurement.value is None else repr(r.measurement.value),
                "unit": r.measurement.unit,
                "low": "" if r.measurement.interval is None else repr(r.measurement.interval.low),
                "high": "" if r.measurement.interval is None else repr(r.measurement.interval.high),
                "interval": "" if r.measurement.interval is None else str(r.measurement.interval.method),
                "cases": "" if r.measurement.cases is None else r.measurement.cases,
                "verdict": r.verdict,
                "role": r.role,
                "target": str(r.target or ""),
                "target_source": r.target.source if r.target else "",
                "target_kind": r.target.kind if r.target else "",
                "worst": r.measurement.worst,
                "message": r.judgement.message,
                "measured": r.measured,
            }
            for r in records
        ]
    )


def markdown(report: Report) -> str:
    """The summary: headline, one table of lines per suite, the three worst cases, provenance in one line."""
    mark = {"pass": "✅", "fail": "❌", "too-few-cases": "❌", "error": "❌", "open-goal": "🎯"}
    text = [f"**{report.headline}**", ""]
    suite = None
    for line in lines(report.records):
        if line.suite != suite:
            suite = line.suite
            text += ["", f"### {suite}", "", "| | metric | subject | met | worst | target | where |"]
            text += ["|---|---|---|---|---|---|---|"]
        worst = line.worst
        role = " (control: must miss)" if line.role == "control" else " (goal)" if line.kind == "goal" else ""
        met = f"{line.met}/{len(line.records)}" if line.role != "info" else str(len(line.records))
        value = worst.judgement.message if worst.verdict == "error" else number(worst.measurement.value, line.unit)
        case = worst.measurement.case
        cells = [mark.get(line.verdict, "·"), line.metric + role, line.subject, met, value, line.target, case]
        text.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    if report.excluded:
        text += ["", "Not part of this run, and why:", ""]
        text += [f"- {one.suite}, {one.what}: {one.why}" for one in report.excluded]
    context = report.context
    dirty = " with uncommitted changes" if context.dirty else ""
    where = f"{context.machine.get('processor', '')}, commit {context.commit[:12] or 'unknown'}{dirty}"
    text += ["", f"Run `{context.run}`, {context.started} to {report.finished}, {where}. `{context.command}`", ""]
    return "\n".join(text)
