"""A list of jobs, each measured once and recorded: a killed run continues where it stopped."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.benchmark.child import Work, in_child
from harness.benchmark.timing import Protocol
from harness.durable import lock, write_json, write_text
from harness.errors import InputError

SCHEMA = "benchmark-1"


@dataclass(frozen=True)
class Job:
    """One measurement: ``name`` and ``size`` for tables, and what the child runs (see :class:`Work`).

    ``group`` orders tables and figures (e.g. "ours", "peer"); ``note`` is copied into the record.
    """

    name: str
    size: int
    target: str
    arguments: Mapping[str, Any]
    group: str = ""
    note: str = ""
    imports: tuple[str, ...] = ()
    known_as: str = "its process"

    @property
    def work(self) -> Work:
        """What the child runs."""
        return Work(self.target, self.arguments, self.imports, self.known_as)

    def key(self, protocol: Protocol) -> str:
        """File name of the record: readable, and unique for each request."""
        what = json.dumps([self.target, dict(self.arguments), asdict(protocol)], sort_keys=True)
        return f"{self.name.replace(' ', '-')}-{self.size:02d}-{hashlib.sha256(what.encode()).hexdigest()[:10]}.json"


def run(
    jobs: Sequence[Job],
    folder: str | Path,
    protocol: Protocol,
    limit_s: float = 1800.0,
    tell: Callable[[str], None] = lambda line: None,
    measure: Callable[..., dict[str, Any]] = in_child,
) -> list[dict[str, Any]]:
    """Measure what is not measured yet, one child at a time, and return all records in the order of ``jobs``.

    Every record is written whole as soon as it exists, so that a kill loses at most one measurement. Failures are
    records too (``error``), and the next run tries them again.

    Raises
    ------
    Locked
        If another run works in this folder.
    InputError
        If a record there cannot be read.
    """
    folder = Path(folder)
    with lock(folder):
        records = []
        for number, job in enumerate(jobs, 1):
            path = folder / "measurements" / job.key(protocol)
            record = read(path) if path.exists() else None
            if record is None or "error" in record:
                record = {
                    "schema": SCHEMA,
                    "name": job.name,
                    "size": job.size,
                    "group": job.group,
                    "note": job.note,
                    "target": job.target,
                    "arguments": dict(job.arguments),
                    "protocol": asdict(protocol),
                    **measure(job.work, protocol, limit_s),
                }
                write_json(path, record)
            records.append(record)
            tell(f"[{number}/{len(jobs)}] {line(record)}")
    return records


def read(path: Path) -> dict[str, Any]:
    """A record from its file.

    Raises
    ------
    InputError
        If the file is not JSON, or of another schema.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a benchmark record ({error}); delete it to measure again") from None
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise InputError(f"{path}: not of schema {SCHEMA!r}; delete it to measure again")
    return record


def line(record: Mapping[str, Any]) -> str:
    """One readable line."""
    head = f"{record['name']} N = {record['size']}"
    if "error" in record:
        return f"{head}: {record['error']}"
    timing = record["timing"]
    text = f"{head}: {timing['wall_s']:.3g} s ± {timing['spread']:.1%}"
    memory = record.get("peak_memory_bytes")
    if memory is not None:
        text += f", {memory / 2**20:.0f} MiB"
    facts = ", ".join(f"{k} {v:.2g}" if isinstance(v, float) else f"{k} {v}" for k, v in record["facts"].items())
    return text + (f", {facts}" if facts else "") + (f"  [{timing['flagged']}]" if timing["flagged"] else "")


def write_table(records: Sequence[Mapping[str, Any]], folder: str | Path, name: str) -> None:
    """``name``.json (all) and ``name``.csv (one row per record) into ``folder``, atomically."""
    folder = Path(folder)
    write_json(folder / f"{name}.json", {"schema": SCHEMA, "records": list(records)})
    rows = [_row(record) for record in records]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(folder / f"{name}.csv", text.getvalue())


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    row = {key: record[key] for key in ("name", "size", "group", "note")}
    if "error" in record:
        return row | {"error": record["error"]}
    timing = record["timing"]
    row |= {key: timing[key] for key in ("wall_s", "wall_std_s", "spread", "cpu_s", "runs", "flagged")}
    return row | {"peak_memory_bytes": record.get("peak_memory_bytes"), **record["facts"]}
