"""The report folder of a run: records, tables, each suite's own files and figures, and the page."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from harness.durable import write_text
from harness.report.html import render
from harness.report.page import SuitePage, SuiteRun
from harness.report.store import Report, write_records
from harness.report.tables import markdown, records_csv
from harness.suites.run_words import apart, compared, warning

if TYPE_CHECKING:
    from harness.suites.session import ValidationRun


def publish(run: ValidationRun) -> Path:
    """Write everything; ``records.json`` first, so that a figure that fails does not lose a number."""
    report = run.report()
    write_records(run.folder / "records.json", report)
    write_text(run.folder / "records.csv", records_csv(report.records))
    write_text(run.folder / "summary.md", markdown(report))
    pages = pages_of(run, report)
    path = run.folder / "report.html"
    subject, reference = run.subject.name, run.truth.name
    task = run.behaviour
    page = render(
        report, pages, compared(run), run.folder, subject, task.plain, reference, task.direction, apart(run),
        task.guidance(report.records, subject),
    )  # fmt: skip
    write_text(path, page)
    return path


def pages_of(run: ValidationRun, report: Report) -> dict[str, SuitePage]:
    """The page of every suite that has records; a page that cannot be drawn shows the reason, and has its numbers."""
    names = list(dict.fromkeys(record.suite for record in report.records))
    pages: dict[str, SuitePage] = {}
    known = run.behaviour.pages
    for name in [*(n for n in known if n in names), *(n for n in names if n not in known)]:
        records = tuple(record for record in report.records if record.suite == name)
        if name not in known:
            pages[name] = SuitePage(name, "")
            continue
        facts = {"tier": run.options.tier, "backend": run.truth.used, "warning": warning(run)}
        suite = SuiteRun(name, run.subject.name, run.truth.name, records, run.folder, facts)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a font that matplotlib misses must not cost a report
            try:
                pages[name] = known[name](suite)
            except Exception as error:
                problem = f"The page could not be drawn ({type(error).__name__}: {error}); the numbers are complete."
                pages[name] = SuitePage(name, "", notes=(problem,))
    return pages
