"""Records on disk: one JSON file, checked against its published schema on writing and on reading.

``records.schema.json`` in the folder of this module is the schema. Provenance and targets are stored once and referred
to by keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness.durable import write_text
from harness.errors import InputError
from harness.report.records import Context, Exclusion, Interval, Judgement, Measurement, Record, Target
from harness.task_folders import DEFAULT

SCHEMA = "harness-records-1"


@dataclass(frozen=True)
class Report:
    """A finished (or interrupted) run: its context, its records, and whether it got to its end.

    ``headline`` is the first line that a reader sees; ``complete`` is False if any selected check did not run;
    ``excluded`` is what was left out of the plan before the run, and why.
    """

    context: Context
    records: tuple[Record, ...]
    finished: str
    complete: bool
    headline: str
    excluded: tuple[Exclusion, ...] = ()

    @property
    def verdict(self) -> str:
        """"fail" if any record is unmet, "incomplete" if something did not run or nothing was judged, else "pass".

        A control that misses its target, as it must, and an open goal do not count as judged.
        """
        if any(record.unmet for record in self.records):
            return "fail"
        judged = any(record.verdict == "pass" and record.expected == "meet" for record in self.records)
        return "pass" if self.complete and judged else "incomplete"


@cache
def schema() -> dict[str, Any]:
    """The published JSON schema of ``records.json``."""
    return json.loads(Path(__file__).with_name("records.schema.json").read_text(encoding="utf-8"))


def check(document: Mapping[str, Any], where: str) -> None:
    """Check a document against the schema.

    Raises
    ------
    InputError
        Naming the file, the place in it and the rule.
    """
    from jsonschema import Draft202012Validator

    error = next(iter(Draft202012Validator(schema()).iter_errors(document)), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "top level"
        raise InputError(f"{where}: {place}: {error.message.splitlines()[0][:200]}")


def as_document(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, not yet checked."""
    provenance: dict[str, Any] = {}
    targets: dict[str, Any] = {}

    def refer(value: Mapping[str, Any]) -> str | None:
        if not value:
            return None
        plain = json.loads(json.dumps(dict(value), sort_keys=True, default=str))
        key = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
        provenance[key] = plain
        return key

    rows = []
    for record in report.records:
        measured, target_key = record.measurement, None
        if record.target is not None:
            target_key = f"{record.suite}/{record.target.name}"
            targets[target_key] = asdict(record.target)
            if isinstance(record.target.value, tuple):
                targets[target_key]["value"] = list(record.target.value)
        rows.append(
            {
                "id": record.id,
                "task": record.task,
                "suite": record.suite,
                "suite_version": record.suite_version,
                "metric": measured.metric,
                "case": measured.case,
                "subject": measured.subject,
                "reference": measured.reference,
                "value": measured.value,
                "unit": measured.unit,
                "verdict": record.verdict,
                "expected": record.expected,
                "target": target_key,
                "worst": measured.worst,
                "message": record.judgement.message,
                "note": measured.note,
                "determined": measured.determined,
                "problem": measured.problem,
                "interval": None if measured.interval is None else asdict(measured.interval),
                "cases": measured.cases,
                "subject_provenance": refer(measured.subject_provenance),
                "reference_provenance": refer(measured.reference_provenance),
                "seeds": dict(measured.seeds),
                "test": record.test,
                "command": record.command,
                "measured": record.measured,
            }
        )
    run = {key: dict(value) if isinstance(value, Mapping) else value for key, value in vars(report.context).items()}
    run |= {
        "finished": report.finished,
        "complete": report.complete,
        "verdict": report.verdict,
        "headline": report.headline,
        "excluded": [asdict(one) for one in report.excluded],
    }
    return {"schema": SCHEMA, "run": run, "provenance": provenance, "targets": targets, "records": rows}


def write_records(path: str | Path, report: Report) -> dict[str, Any]:
    """Check the report against the schema and write it atomically; returns the document."""
    document = as_document(report)
    check(document, str(path))
    write_text(path, json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    return document


def read_records(path: str | Path) -> Report:
    """Read and check a ``records.json``.

    Raises
    ------
    InputError
        If the file is missing, not JSON, of another schema, or breaks the schema anywhere.
    """
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON ({str(error)[:120]})") from None
    if isinstance(document, dict) and document.get("schema") != SCHEMA:
        raise InputError(f"{path}: schema {document.get('schema')!r}, this version reads {SCHEMA!r}")
    check(document, str(path))
    run = dict(document["run"])
    ended = {key: run.pop(key) for key in ("finished", "complete", "headline", "verdict")}
    excluded = tuple(Exclusion(**one) for one in run.pop("excluded", ()))
    context = Context(**run)
    targets = {key: target_of(value) for key, value in document["targets"].items()}
    records = tuple(_record(row, targets, document["provenance"], context, str(path)) for row in document["records"])
    return Report(context, records, ended["finished"], ended["complete"], ended["headline"], excluded)


def _interval(row: Mapping[str, Any], where: str) -> Interval | None:
    try:
        return None if row.get("interval") is None else Interval(**row["interval"])
    except ValueError as error:
        raise InputError(f"{where}: record {row['id']}: {error}") from None


def target_of(value: Mapping[str, Any]) -> Target:
    """A target from plain JSON values."""
    bounds = value["value"]
    return Target(**{**value, "value": (bounds[0], bounds[1]) if isinstance(bounds, Sequence) else bounds})


def _record(
    row: Mapping[str, Any], targets: Mapping[str, Target], provenance: Mapping[str, Any], context: Context, where: str
) -> Record:
    for key, table in (("target", targets), ("subject_provenance", provenance), ("reference_provenance", provenance)):
        if row[key] is not None and row[key] not in table:
            raise InputError(f"{where}: record {row['id']} refers to {key} {row[key]!r}, which is not in the file")
    names = ("metric", "case", "subject", "reference", "value", "unit", "worst", "note", "seeds")
    measurement = Measurement(
        **{name: row[name] for name in names},
        problem=row.get("problem", ""),
        determined=row.get("determined", True),
        interval=_interval(row, where),
        cases=row.get("cases"),
        subject_provenance=provenance.get(row["subject_provenance"], {}),
        reference_provenance=provenance.get(row["reference_provenance"], {}),
    )
    return Record(
        id=row["id"],
        task=row.get("task", DEFAULT),
        suite=row["suite"],
        suite_version=row["suite_version"],
        measurement=measurement,
        target=targets.get(row["target"]),
        expected=row["expected"],
        judgement=Judgement(row["verdict"], row["message"]),
        test=row["test"],
        command=row["command"],
        measured=row["measured"],
        context=context,
    )
