"""All measurements of the learning curves: each is a file as soon as it is made, so that a killed run continues."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from pathlib import Path

from harness.benchmark.machine import conditions
from harness.durable import lock, write_json, write_text, writing
from harness.tasks.kstep.curves import correction, jumps
from harness.tasks.kstep.curves.figure import curves_figure
from harness.tasks.kstep.curves.plan import Plan, Row

SCHEMA = "kstep-curves-1"


def measure(plan: Plan, folder: Path, work: Path, say: Callable[[str], None] = lambda line: None) -> list[Row]:
    """Measure what is not measured yet, then write ``curves.json``, ``curves.csv`` and ``curves.png`` to ``folder``.

    Data, checkpoints and one file for each measurement go to ``work``.
    """
    rows = []
    with lock(work):
        for name, make in _measurements(plan, work):
            path = work / "measurements" / f"{name}.json"
            if not path.is_file():
                write_json(path, {"rows": [asdict(row) for row in make()]})
                say(name)
            rows += [Row(**row) for row in json.loads(path.read_text(encoding="utf-8"))["rows"]]
    record = {
        "schema": SCHEMA, "plan": asdict(plan), "rows": [asdict(row) for row in rows], "machine": conditions()
    }  # fmt: skip
    write_json(folder / "curves.json", record)
    write_text(folder / "curves.csv", table(rows))
    with writing(folder / "curves.png") as temporary:
        curves_figure(rows).savefig(temporary, format="png", dpi=160)
    return rows


def _measurements(plan: Plan, work: Path) -> Iterator[tuple[str, Callable[[], list[Row]]]]:
    """Name and function of every measurement; seeds in turn, so that a part of the run is a whole curve."""
    jump, kernel = jumps.JumpCurve(plan, work / "jumps"), correction.CorrectionCurve(plan, work / "correction")
    yield "correction baselines", kernel.baselines
    for seed in plan.seeds:
        for fraction in plan.fractions:
            for name in correction.VARIANTS:
                yield f"{name} {fraction:g} {seed}", lambda n=name, f=fraction, s=seed: [kernel.row(n, f, s)]
            for one in jumps.VARIANTS:
                yield f"{one.name} {fraction:g} {seed}", lambda v=one, f=fraction, s=seed: [jump.row(v, f, s)]
    yield "jump baselines", jump.baselines


def table(rows: list[Row]) -> str:
    """One line for each row, as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()
