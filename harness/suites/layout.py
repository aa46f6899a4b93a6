"""The page of a suite: its question, the answer in numbers, the figures that its tests wrote, and remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.page import Figure, SuitePage, SuiteRun
from harness.report.records import JUDGED, Record
from harness.report.summary import no_answer
from harness.report.tables import open_goals, stated, worst_cases


@dataclass(frozen=True)
class Picture:
    """A figure by its file name, with what it shows in words and its caption."""

    name: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Layout:
    """The fixed part of a suite's page; ``quoted_metrics`` are metrics whose worst value the answer quotes.

    ``harness_targets`` judge the harness for every subject: see :class:`harness.report.page.SuitePage`.
    """

    title: str
    question: str
    quoted_metrics: Sequence[str]
    pictures: Sequence[Picture]
    files: Sequence[str]
    notes: Sequence[str] = ()
    harness_targets: Sequence[str] = ()


def page_of(layout: Layout, run: SuiteRun) -> SuitePage:
    """The page of a run: figures and files are those that exist."""
    paths = [(picture, run.folder / "figures" / f"{picture.name}.png") for picture in layout.pictures]
    figures = [Figure(path, picture.alt, picture.caption) for picture, path in paths if path.is_file()]
    files = [name for name in layout.files if (run.folder / name).is_file()]
    files += [f"figures/{figure.path.name}" for figure in figures]
    return SuitePage(
        layout.title, layout.question, _answer(run, layout), figures, notes=layout.notes, files=files,
        harness_targets=layout.harness_targets,
    )  # fmt: skip


def _worst(records: Sequence[Record]) -> Record | None:
    return max(records, key=lambda r: (r.severity, abs(r.measurement.value or 0.0)), default=None)


def _answer(run: SuiteRun, layout: Layout) -> str:
    """Missed targets first, of all subjects (else the judged number closest to its target), then the quoted metrics.

    Goals come last: those that are open, with their distance.
    """
    requested = [r for r in run.records if r.expected == "meet"]
    judged = [r for r in requested if r.verdict in JUDGED and (r.unmet or not r.is_goal)]
    own = [r for r in requested if r.measurement.subject in (run.subject, "all suites")]
    own = [r for r in own if r.target is None or r.target.name not in layout.harness_targets]
    if silent := no_answer(judged, run.subject):
        return f"{run.subject} {silent}."
    numbers = [r for r in own if r.measurement.value is not None]
    if not [r for r in numbers if r.target is not None] and any(r.verdict == "not-determined" for r in own):
        why = next(f": {r.judgement.message}" for r in own if r.verdict == "not-determined")
        return f"{run.subject}: nothing could be measured{why}."
    missed = sorted((r for r in judged if r.unmet), key=lambda r: -r.severity)
    first = missed[:3] or worst_cases(numbers, 1)
    with_target = [r for r in numbers if r.target]
    quoted = [_worst([r for r in with_target if r.measurement.metric == metric]) for metric in layout.quoted_metrics]
    met = {record.id: record for record in (*([] if missed else first), *quoted) if record and not record.unmet}
    parts = []
    if missed:
        more = f"; and {len(missed) - len(first)} more" if len(missed) > len(first) else ""
        sentence = "; ".join(_sentence_of(record, run.subject) for record in missed[:3])
        parts.append(f"Missed, {len(missed)} of {len(judged)}: {sentence}{more}.")
    if met:
        sentence = "; ".join(_sentence_of(record, run.subject) for record in met.values())
        parts.append(f"Met, at worst: {sentence}.")
    if still_open := open_goals(requested):
        parts.append(f"Open goals: {'; '.join(_sentence_of(record, run.subject) for record in still_open)}.")
    return " ".join(parts) or f"{run.subject}: nothing was judged."


def _sentence_of(record: Record, subject: str) -> str:
    """One number of an answer: metric, value, its target or that it has none, where, and which other subject if any."""
    measured = record.measurement
    whose = f" of {measured.subject}" if measured.subject not in (subject, "all suites", "") else ""
    if measured.value is None:
        return f"{measured.metric}{whose}: {record.judgement.message or 'no number'}"
    note = f"; {measured.note}" if record.suite == "detection" else ""
    return f"{measured.metric}{whose}: {stated(record, f' on {measured.case}')}{note}"
