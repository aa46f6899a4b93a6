"""A pytest plugin that continues an interrupted session: finished tests are read from a journal, not run again.

``-p harness.nightly.resume --resume-from FOLDER`` stores in FOLDER the reports of every finished test as pytest
serialises them for another process (with the numbers), and the arrays that the tests stored. The next session
with the same folder and command line gives those reports to pytest and does not run the tests, if everything that
determines the numbers has the same contents (:mod:`harness.nightly.made_of`). An interrupted test runs again from its
beginning.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.durable import write_json, write_text
from harness.nightly.made_of import made_of
from harness.task import default_task, task_of

JOURNAL, HEAD, PROGRESS, KEPT = "journal.jsonl", "head.json", "progress.json", "kept"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option ``--resume-from``."""
    parser.addoption("--resume-from", metavar="FOLDER", default=None, help="replay what finished before a kill")


def pytest_configure(config: pytest.Config) -> None:
    """Read the journal of an earlier session."""
    folder = config.getoption("resume_from")
    if folder is not None:
        config.pluginmanager.register(Journal(config, Path(folder)), "spin_harness_journal")


class Journal:
    """Finished tests of this and earlier attempts of one session."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self.config = config
        self.folder = folder
        self.open_reports: dict[str, list[dict[str, Any]]] = {}
        self.total = 0
        folder.mkdir(parents=True, exist_ok=True)
        task = task_of(config.getoption("validate_against", None) or default_task().production)
        subject = config.getoption("subject", None) or task.subject
        head = {"made_of": made_of(subject, task), "arguments": list(config.invocation_params.args)}
        self.done = read_journal(folder / JOURNAL) if _head(folder) == head else {}
        if not self.done:
            write_text(folder / JOURNAL, "")
            shutil.rmtree(folder / KEPT, ignore_errors=True)
        write_json(folder / HEAD, head)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Move the arrays of earlier attempts back to where the tests wrote them."""
        report = self.config.getoption("report_dir", None)
        if report and self.done:
            move_files(self.folder / KEPT, Path(report) / "data")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remove the tests that are no longer selected."""
        self.total = len(session.items)
        self._progress()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Report a finished test from the journal; None lets pytest run it."""
        if item.nodeid not in self.done:
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for data in self.done[item.nodeid]:
            report = self.config.hook.pytest_report_from_serializable(config=self.config, data=dict(data))
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Store a test after its teardown; synchronised to disk, so that an interruption loses at most one."""
        if report.nodeid in self.done:
            return
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        reports = self.open_reports.setdefault(report.nodeid, [])
        reports.append(data)
        if report.when != "teardown":
            return
        del self.open_reports[report.nodeid]
        line = json.dumps({"test": report.nodeid, "reports": reports}, default=str)
        with open(self.folder / JOURNAL, "a", encoding="utf-8") as journal:
            journal.write(f"{checksum(line)} {line}\n")
            journal.flush()
            os.fsync(journal.fileno())
        self.done[report.nodeid] = reports
        self._progress()

    def _progress(self) -> None:
        write_json(self.folder / PROGRESS, {"finished": len(self.done), "total": self.total})


def checksum(line: str) -> str:
    """A checksum that distinguishes a complete line of the journal from an incomplete one."""
    return hashlib.sha256(line.encode()).hexdigest()[:16]


def read_journal(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The finished tests in a journal; an incomplete line is ignored, and is removed from the file."""
    done: dict[str, list[dict[str, Any]]] = {}
    whole: list[str] = []
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    for line in text.split("\n"):
        digest, _, body = line.partition(" ")
        if body and digest == checksum(body):
            entry = json.loads(body)
            done[entry["test"]] = entry["reports"]
            whole.append(line)
    write_text(path, "".join(f"{line}\n" for line in whole))
    return done


def move_files(source: Path, target: Path) -> None:
    """Move every file below ``source`` to its place below ``target``; can be interrupted and called again."""
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)


def _head(folder: Path) -> dict[str, Any] | Sequence[Any] | None:
    try:
        return json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
