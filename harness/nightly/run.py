"""The phases in order, under one lock; which phases are still to be done is read from the disk, never from memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.durable import lock, sweep, write_json, write_text
from harness.errors import InputError
from harness.machine import REPORTED_THREADS
from harness.nightly.made_of import changed, made_of
from harness.nightly.options import PHASES, NightlyOptions
from harness.nightly.resume import KEPT, PROGRESS, move_files
from harness.nightly.state import State, take_up
from harness.plugin import PARTIAL

Say = Callable[[str, float, str], None]
ENDED = "suites.ended"


@dataclass(frozen=True)
class Outcome:
    """How a nightly run ended.

    ``status`` is the exit status: 0 all targets met, 1 targets missed, 2 could not run, 6 some planned numbers of the
    tier were not judged. ``line`` is for people, one line; ``facts`` are the same and more as plain JSON values.
    """

    status: int
    line: str
    facts: Mapping[str, Any]


class PhaseFailed(Exception):
    """A phase has failed; the message is one line."""


def nightly(
    options: NightlyOptions, work: Path, reports: Path, restart: bool = False, say: Say = lambda *_: None
) -> Outcome:
    """Finish the unfinished run of ``work``, or do a new one.

    ``say(phase, fraction, text)`` is called while a phase is running.

    Raises
    ------
    InputError
        If another process is running it, an unfinished run has other options, or a folder cannot be used. Nothing ran.
    """
    work, reports = work.absolute(), reports.absolute()
    for folder in (work, reports):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be made ({error.strerror}); name another folder") from None
    with lock(work):
        state = take_up(work, reports, options, restart)
        try:
            _forget_other_suites(state, options, work)
            while state.phase:
                phase = state.phase
                say(phase, 0.0, "")
                if phase == "report":
                    break
                _work_on(phase, state, options, work, reports, say)
                state.done.append(phase)
                state.save(work)
            outcome = _reported(state, work, reports)
        except PhaseFailed as error:
            log = work / state.run / "log.txt"
            line = f"harness nightly {state.run}: COULD NOT RUN, phase {state.phase}: {error}; log: {log}"
            facts = {"run": state.run, "status": 2, "phase": state.phase, "problem": str(error), "log": str(log)}
            return Outcome(2, line, {**facts, "line": line})
        state.done = list(PHASES)
        state.close(work)
        return outcome


def _work_on(phase: str, state: State, options: NightlyOptions, work: Path, reports: Path, say: Say) -> None:
    folder, report = work / state.run, reports / state.run
    if phase == "suites":
        before = made_of(options.judged_spec(folder), options.task)
        ended = _ended(folder)
        if (report / "records.json").is_file() and ended and ended["made_of"] == before:
            return
        (folder / ENDED).unlink(missing_ok=True)
        write_text(folder / "pytest.ini", "[pytest]\n")
        sweep(report)
        move_files(report / "data", folder / "suites" / KEPT)
        shutil.rmtree(report, ignore_errors=True)  # the rest of an interrupted attempt of this run
    status = 0
    for command in options.commands(phase, folder, report, state.fresh_seed):
        status = _run(command, folder, options.limit_h * 3600, lambda text, part: say(phase, part, text))
        if status == 0 or (phase == "suites" and status in (1, PARTIAL)):
            continue
        raise PhaseFailed(f"{_last_words(folder / 'log.txt')} (exit status {status})")
    if phase == "suites":
        if not (report / "records.json").is_file():
            raise PhaseFailed("pytest wrote no records.json")
        if part := changed(before, made_of(options.judged_spec(folder), options.task)):
            raise PhaseFailed(f"{part} changed while the suites ran, so that nobody knows whose numbers these are")
        write_json(folder / ENDED, {"status": status, "made_of": before})


def _forget_other_suites(state: State, options: NightlyOptions, work: Path) -> None:
    """Run the suites again if what they judged has changed."""
    folder = work / state.run
    if "suites" not in state.done:
        return
    ended = _ended(folder)
    if ended is None or changed(ended["made_of"], made_of(options.judged_spec(folder), options.task)):
        state.done = [phase for phase in state.done if PHASES.index(phase) < PHASES.index("suites")]
        state.save(work)


def _ended(folder: Path) -> dict[str, Any] | None:
    """Status and hashes (:mod:`harness.nightly.made_of`) of the suites that ran to their end, None if none did."""
    try:
        found = json.loads((folder / ENDED).read_text(encoding="utf-8"))
        return found if isinstance(found["status"], int) and isinstance(found["made_of"], dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def exit_status(verdict: str, pytest_status: int) -> int:
    """Exit status of a run from the verdict of its records and from how pytest ended; a miss counts more than a gap.

    A test may fail without a number, in a fixture of its module: pytest's own status counts as well. An unknown verdict
    is no success.
    """
    found = {"pass": 0, "fail": 1, "incomplete": PARTIAL}.get(verdict, 2)
    return next((status for status in (1, 2, PARTIAL) if status in (found, pytest_status)), 0)


def _run(command: list[str], folder: Path, limit_s: float, say: Callable[[str, float], None]) -> int:
    """Run under guard, all output into the log; the exit status."""
    environment = {**dict.fromkeys(REPORTED_THREADS, "1"), **os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    with open(folder / "log.txt", "a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        guard = subprocess.Popen(
            [sys.executable, "-m", "harness.nightly.guarded", *command],
            stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, env=environment, start_new_session=True,
        )  # fmt: skip
        assert guard.stdin is not None
        deadline = time.monotonic() + limit_s
        try:
            while True:
                try:
                    return guard.wait(0.2)
                except subprocess.TimeoutExpired:
                    say(*_progress(folder))
                if time.monotonic() > deadline:
                    raise PhaseFailed(f"stopped after {limit_s / 3600:g} h")
        finally:
            guard.stdin.close()  # the guard kills whatever is still running
            guard.wait()


def _progress(folder: Path) -> tuple[str, float]:
    try:
        found = json.loads((folder / "suites" / PROGRESS).read_text(encoding="utf-8"))
        return f"{found['finished']}/{found['total']} tests", found["finished"] / max(1, found["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", 0.0


def _last_words(log: Path) -> str:
    """The last line of the log that is not empty."""
    lines = log.read_bytes()[-20000:].decode("utf-8", "replace").splitlines()
    spoken = [line.strip() for line in lines if line.strip() and not line.startswith("$ ")]
    errors = [line for line in spoken if line.lower().startswith(("error", "harness:", "harness "))]
    return " ".join((errors or spoken or ["no output"])[-1].split())[:300]


def _reported(state: State, work: Path, reports: Path) -> Outcome:
    """History, index page, and the line for cron; adding a run that is already there changes nothing."""
    from harness.report.history import append, read_history
    from harness.report.history_changes import changes_of
    from harness.report.history_page import write_index
    from harness.report.store import read_records
    from harness.report.tables import worst_cases

    folder = reports / state.run
    try:
        report = read_records(folder / "records.json")
        history = reports / "history"
        entry, _ = append(history, report, f"{state.run}/report.html")
        index = write_index(reports, history)
        entries, faults = read_history(history)
    except InputError as error:
        raise PhaseFailed(str(error)) from None
    changes = [change for change in changes_of(entries) if change.first_after["run"] in _recent(entries)]
    ended = _ended(work / state.run)
    status = exit_status(report.verdict, ended["status"] if ended else 2)
    parts = [f"harness nightly {state.run}: {report.headline}"]
    unmet = [record for record in report.records if record.unmet]
    if worst := [*worst_cases(unmet), *unmet]:
        m = worst[0].measurement
        value = m.problem or f"{m.value:.3g}"
        parts.append(f"worst: {m.case}, {m.metric} {value} (target {worst[0].target or 'none'})")
    parts += [f"changed for good: {change}" for change in changes if change.direction == "worse"][:1]
    parts += [f"{len(faults)} history entries cannot be used"] if faults else []
    parts.append(f"report: {folder / 'report.html'}")
    line = " ".join("; ".join(parts).split())
    facts = {
        "run": state.run,
        "status": status,
        "verdict": report.verdict,
        "headline": report.headline,
        "attempts": state.attempts,
        "report": str(folder / "report.html"),
        "records": str(folder / "records.json"),
        "history": str(entry),
        "index": str(index),
        "changes": [str(change) for change in changes],
        "history_faults": faults,
        "line": line,
    }
    return Outcome(status, line, facts)


def _recent(entries: list[dict[str, Any]]) -> set[str]:
    """The newest runs: a step is reported in the mail while it is in one of them, from its third night on."""
    return {entry["run"] for entry in entries[-5:]}
