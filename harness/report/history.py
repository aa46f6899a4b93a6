"""The history of runs: one file per run and machine, written once, never changed.

::

    reports/history/<machine>/<run>.json        harness-history-1

An entry contains the results of a run for every metric (how many cases, the worst and the median value, how many
targets were missed) and where and with which software it was made. Numbers of different machines are never in one
series.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.durable import write_json
from harness.errors import InputError
from harness.report.records import VERDICTS, Record
from harness.report.store import Report
from harness.task_folders import DEFAULT

SCHEMA = "harness-history-1"
MACHINE_FACTS = ("processor", "cores", "memory_gib")
FIELDS = {
    "schema": str, "run": str, "started": str, "finished": str, "verdict": str, "complete": bool, "headline": str,
    "machine": dict, "versions": dict, "commit": str, "dirty": (bool, type(None)), "threads": dict, "options": dict,
    "report": str, "counts": dict, "metrics": list,
}  # fmt: skip
OPTIONAL_METRIC_FIELDS = {"task": str, "kind": str, "open": int}
"""Not in older entries: their task is the default one, and all their targets are gates."""
METRIC_FIELDS = {
    "suite": str, "suite_version": int, "metric": str, "subject": str, "reference": str, "role": str, "unit": str,
    "target": str, "target_definition": str, "comparison": str, "cases": int, "cases_hash": str, "missed": int,
    "worst": (int, float, type(None)), "median": (int, float, type(None)),
}  # fmt: skip


def machine_key(machine: Mapping[str, Any]) -> str:
    """A short name of a machine from what its speed depends on: processor, cores, memory (whole GiB)."""
    facts = [machine.get(name) for name in MACHINE_FACTS]
    facts = [round(fact) if isinstance(fact, float) else fact for fact in facts]
    readable = re.sub(r"[^A-Za-z0-9]+", "-", str(facts[0])).strip("-")[:32] or "machine"
    return f"{readable}-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:8]}"


def entry_of(report: Report, report_page: str = "") -> dict[str, Any]:
    """The entry of a run as plain JSON values; ``report_page`` is the page's path relative to the reports folder."""
    context = report.context
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in report.records:
        m, target = record.measurement, record.target.name if record.target else ""
        # The "pass" of a control depends on the verdict alone, and a case without a number is listed under its metric.
        role = "control" if record.expected == "miss" else "subject"
        key = (record.task, record.suite, m.metric, m.subject, m.reference, role, target, m.unit)
        groups.setdefault(key, []).append(record)
    return {
        "schema": SCHEMA,
        "run": context.run,
        "started": context.started,
        "finished": report.finished,
        "verdict": report.verdict,
        "complete": report.complete,
        "headline": report.headline,
        "machine": dict(context.machine),
        "versions": dict(context.versions),
        "commit": context.commit,
        "dirty": context.dirty,
        "threads": dict(context.threads),
        "options": dict(context.options),
        "report": report_page,
        "counts": {verdict: sum(r.verdict == verdict for r in report.records) for verdict in VERDICTS},
        "metrics": [_metric(key, members) for key, members in sorted(groups.items())],
    }


def _metric(key: tuple[str, ...], members: Sequence[Record]) -> dict[str, Any]:
    task, suite, metric, subject, reference, role, _, unit = key
    target = members[0].target
    values = [r.measurement.value for r in members if r.measurement.value is not None]
    cases = sorted(r.measurement.case for r in members)
    definition = "" if target is None else f"{target.comparison} {target.value!r} {target.unit}"
    return {
        "task": task,
        "suite": suite,
        "suite_version": members[0].suite_version,
        "metric": metric,
        "subject": subject,
        "reference": reference,
        "role": role,
        "unit": unit,
        "target": "" if target is None else str(target),
        "kind": "gate" if target is None else target.kind,
        "target_definition": definition,
        "comparison": "" if target is None else target.comparison,
        "cases": len(cases),
        "cases_hash": hashlib.sha256("\0".join(cases).encode()).hexdigest()[:12],
        "missed": sum(r.unmet for r in members),
        "open": sum(r.verdict == "open-goal" for r in members),
        "worst": _worst(members, values),
        "median": statistics.median(values) if values else None,
    }


def _worst(members: Sequence[Record], values: Sequence[float]) -> float | None:
    if not values:
        return None
    target = members[0].target
    if target is None or target.comparison in ("<=", "<"):
        return max(values)
    if isinstance(target.value, tuple):
        middle = math.fsum(target.value) / 2
        return max(values, key=lambda v: abs(v - middle))
    return min(values)


def append(folder: str | Path, report: Report, report_page: str = "") -> tuple[Path, bool]:
    """Add a run to the history below ``folder``; returns its file and whether it was new.

    A run that is there already is not changed: adding it twice gives one entry.

    Raises
    ------
    InputError
        If the run's name cannot be that of a file.
    """
    run = report.context.run
    if not is_run_name(run):
        raise InputError(f"run {run!r}: letters, digits and . _ + - only, as it names a file of the history")
    path = Path(folder) / machine_key(report.context.machine) / f"{run}.json"
    if path.exists():
        read_entry(path)
        return path, False
    write_json(path, entry_of(report, report_page))
    return path, True


def is_run_name(run: str) -> bool:
    """True if ``run`` can name a run: up to 200 letters, digits and . _ + -, so that it can be a file anywhere."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}", run) is not None


def read_entry(path: str | Path) -> dict[str, Any]:
    """One entry, checked field by field.

    Raises
    ------
    InputError
        If the file cannot be read, is not JSON, is of another schema, or a field is missing or of a wrong type.
    """
    try:
        entry = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON ({' '.join(str(error).split())[:120]})") from None
    if not isinstance(entry, dict) or entry.get("schema") != SCHEMA:
        found = entry.get("schema") if isinstance(entry, dict) else type(entry).__name__
        raise InputError(f"{path}: schema {found!r}, this version reads {SCHEMA!r}; move the file away to go on")
    _check(entry, FIELDS, str(path))
    for number, metric in enumerate(entry["metrics"]):
        if not isinstance(metric, dict):
            raise InputError(f"{path}: metrics[{number}] is no object")
        there = {name: kind for name, kind in OPTIONAL_METRIC_FIELDS.items() if name in metric}
        _check(metric, METRIC_FIELDS | there, f"{path}: metrics[{number}]")
        metric.setdefault("task", DEFAULT)
    return entry


def _check(found: Mapping[str, Any], fields: Mapping[str, Any], where: str) -> None:
    for name, kind in fields.items():
        if name not in found:
            raise InputError(f"{where}: {name!r} is missing; move the file away to go on")
        value = found[name]
        odd = isinstance(value, bool) and kind not in (bool, (bool, type(None)))
        if odd or not isinstance(value, kind) or (isinstance(value, float) and not math.isfinite(value)):
            raise InputError(f"{where}: {name!r} is {str(value)[:40]!r}, not what belongs there; move the file away")


def read_history(folder: str | Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Every entry below ``folder``, oldest first, and one line about each file that cannot be used.

    A damaged entry never hides the others.
    """
    entries, faults = [], []
    for path in sorted(Path(folder).glob("*/*.json")):
        try:
            entries.append(read_entry(path))
        except InputError as error:
            faults.append(str(error))
    return sorted(entries, key=lambda entry: (entry["started"], entry["run"])), faults


@dataclass(frozen=True)
class Point:
    """One run's value of one metric; None where the run gave no number."""

    run: str
    started: str
    worst: float | None
    median: float | None
    missed: int


@dataclass(frozen=True)
class Series:
    """Comparable values of one metric on one machine, oldest first.

    Equal for all points: machine, threads, suite and its version, metric, subject, reference, role, unit, target, set
    of cases. ``current`` is False if a later run has the metric under another version, target, set of cases or threads.
    """

    machine: str
    metric: Mapping[str, Any]
    points: tuple[Point, ...]
    current: bool

    @property
    def name(self) -> str:
        """For people: suite, metric, subject against reference."""
        m = self.metric
        control = ", control" if m["role"] == "control" else ""
        return f"{m['suite']}: {m['metric']} of {m['subject']} against {m['reference']}{control}"


SAME_METRIC = ("task", "suite", "metric", "subject", "reference", "role", "unit")
SAME_MEANING = ("suite_version", "target_definition", "cases_hash")


def series_of(entries: Iterable[Mapping[str, Any]]) -> list[Series]:
    """Sort entries (oldest first) into series; a changed target, suite version or set of cases begins a new one."""
    points: dict[tuple[Any, ...], list[Point]] = {}
    about: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    newest: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
    for entry in entries:
        machine = machine_key(entry["machine"])
        threads = json.dumps(entry["threads"], sort_keys=True)
        seen: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
        for metric in entry["metrics"]:
            broad = (machine, *(metric[name] for name in SAME_METRIC))
            key = (*broad, *(metric[name] for name in SAME_MEANING), threads)
            point = Point(entry["run"], entry["started"], metric["worst"], metric["median"], metric["missed"])
            points.setdefault(key, []).append(point)
            about[key] = metric
            seen.setdefault(broad, set()).add(key)
        newest.update(seen)
    width = 1 + len(SAME_METRIC)
    return [Series(key[0], about[key], tuple(found), key in newest[key[:width]]) for key, found in points.items()]
