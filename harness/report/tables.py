"""Records as CSV and as a Markdown summary fit for a pull request."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.report.records import Record
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
        return next(v for v in ("error", "fail", "pass", "not-determined", "info") if v in verdicts)


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
            f"{target.name}\0{target}" if target else "",
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


def worst_cases(records: Iterable[Record], count: int = 3) -> list[Record]:
    """The judged records furthest past (or closest to) their targets, one per case; controls are left out."""
    judged = [r for r in records if r.expected == "meet" and (r.target is not None or r.verdict == "error")]
    chosen: dict[tuple[str, str], Record] = {}
    for record in sorted(judged, key=lambda r: -r.severity):
        chosen.setdefault((record.suite, record.measurement.case), record)
    return list(chosen.values())[:count]


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV with a header; the columns are those of the rows in order of first appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
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
                "suite": r.suite,
                "metric": r.measurement.metric,
                "case": r.measurement.case,
                "subject": r.measurement.subject,
                "reference": r.measurement.reference,
                "value": "" if r.measurement.value is None else repr(r.measurement.value),
                "unit": r.measurement.unit,
                "verdict": r.verdict,
                "role": r.role,
                "target": str(r.target or ""),
                "target_source": r.target.source if r.target else "",
                "worst": r.measurement.worst,
                "message": r.judgement.message,
                "measured": r.measured,
            }
            for r in records
        ]
    )


def markdown(report: Report) -> str:
    """The summary: headline, one table of lines per suite, the three worst cases, provenance in one line."""
    mark = {"pass": "✅", "fail": "❌", "error": "❌", "info": "·", "not-determined": "·"}
    text = [f"**{report.headline}**", ""]
    suite = None
    for line in lines(report.records):
        if line.suite != suite:
            suite = line.suite
            text += ["", f"### {suite}", "", "| | metric | subject | met | worst | target | where |"]
            text += ["|---|---|---|---|---|---|---|"]
        worst = line.worst
        role = " (control: must miss)" if line.role == "control" else ""
        met = f"{line.met}/{len(line.records)}" if line.role != "info" else str(len(line.records))
        value = worst.judgement.message if worst.verdict == "error" else number(worst.measurement.value, line.unit)
        cells = [mark[line.verdict], line.metric + role, line.subject, met, value, line.target, worst.measurement.case]
        text.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    context = report.context
    dirty = " with uncommitted changes" if context.dirty else ""
    where = f"{context.machine.get('processor', '')}, commit {context.commit[:12] or 'unknown'}{dirty}"
    text += ["", f"Run `{context.run}`, {context.started} to {report.finished}, {where}. `{context.command}`", ""]
    return "\n".join(text)
