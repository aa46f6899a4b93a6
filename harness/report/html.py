"""``report.html``: one file with all its contents; it works from a file URL, in print, in dark mode, by keyboard."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.report.page import Figure, SuitePage
from harness.report.records import JUDGED, UNMET, Record
from harness.report.store import Report, as_document
from harness.report.summary import counts, no_answer, of_harness, standings
from harness.report.tables import Line, how_missed, lines, number, of_whom, open_goals, stated, worst_cases

SHOWN = (
    "suite",
    "metric",
    "case",
    "subject",
    "reference",
    "unit",
    "verdict",
    "expected",
    "target",
    "worst",
    "message",
    "note",
    "test",
    "command",
    "measured",
    "subject_provenance",
    "reference_provenance",
)
TEMPLATES = Path(__file__).parent / "templates"
MARKS = {
    "pass": "pass",
    "fail": "fail",
    "too-few-cases": "too few cases",
    "error": "error",
    "open-goal": "open goal",
    "info": "info",
    "not-determined": "n/d",
}
GOALS_SHOWN = 3


@dataclass(frozen=True)
class Section:
    """A suite for the template: its page and its lines, with judged ones, controls and the rest apart.

    ``methods`` are judged lines about the harness, such as reference methods compared with a subject: they are folded.
    """

    name: str
    page: SuitePage
    version: int
    judged: list[Line]
    methods: list[Line]
    controls: list[Line]
    noted: list[Line]

    @property
    def verdict(self) -> str:
        """"fail" if anything judged or any control is unmet; "pass" if something about the subject passed.

        Else "open-goal" if only goals were judged, "not-determined" if that is the result for the subject, and
        "info" if there is none.
        """
        own = {line.verdict for line in self.judged} | ({line.verdict for line in self.noted} & {"error"})
        if own - {"not-determined"} == {"error"}:
            return "error"
        if (own | {line.verdict for line in (*self.methods, *self.controls)}) & set(UNMET):
            return "fail"
        for verdict in ("pass", "open-goal"):
            if verdict in own:
                return verdict
        silent = own | {line.verdict for line in self.noted}
        return "not-determined" if "not-determined" in silent else "info"

    @property
    def methods_met(self) -> tuple[int, int]:
        """How many numbers about the harness meet their targets, and how many there are."""
        return sum(line.met for line in self.methods), sum(len(line.records) for line in self.methods)


def render(
    report: Report,
    pages: Mapping[str, SuitePage],
    header: Sequence[str],
    folder: Path,
    subject: str = "",
    plain: Callable[[str], str] = lambda metric: "",
    reference: str = "",
    direction: Callable[[str, str], str] = lambda metric, side: "",
    apart: str = "",
    guidance: Sequence[str] = (),
) -> str:
    """The page.

    ``header`` are the lines that name subject and reference; figures are read from ``folder``; ``subject`` is the
    name of the subject of the run in the records, ``reference`` that of the reference that it has to replace; ``plain``
    gives a metric in everyday words, or "", and ``direction`` what it means that one is too "low" or too "high". With
    ``apart``, numbers judged against ``reference`` are shown apart from the rest. ``guidance`` are sentences on which
    method to use, made from the numbers of the run.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    sections = [_section(name, page, report.records, subject) for name, page in pages.items()]
    by_rank = sorted(sections, key=lambda section: not section.page.lead)
    first = next((figure for section in by_rank for figure in section.page.figures), None)
    found = counts(report.records, subject)
    judged = [record for record in report.records if record.expected == "meet" and record.verdict in JUDGED]
    silent = no_answer(judged, subject)
    return environment.get_template("report.html.j2").render(
        report=report,
        verdict="error" if silent else report.verdict,
        run=report.context,
        header=[*header, *(line for section in by_rank for line in section.page.compared)],
        provenance=[pair for section in by_rank for pair in section.page.provenance],
        guidance=guidance,
        sections=sections,
        first_figure=first,
        worst=worst_cases(report.records, reference=reference),
        standings=standings(report.records, subject, reference or "the reference", apart),
        goals=open_goals(report.records)[:GOALS_SHOWN],
        how_missed=lambda record: how_missed(record, direction),
        counts=found,
        stated=stated,
        of_whom=lambda record: of_whom(record, subject),
        plain=plain,
        marks=MARKS,
        data_uri=lambda figure: data_uri(figure, folder),
        records=table_data(report),
        css=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        script=(TEMPLATES / "report.js").read_text(encoding="utf-8"),
    )


def data_uri(figure: Figure, folder: Path) -> str:
    """The picture as a data URI; an empty string if the file is not there."""
    path = figure.path if figure.path.is_absolute() else folder / figure.path
    kind = {".svg": "svg+xml"}.get(path.suffix, path.suffix.lstrip("."))
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    if kind == "png":
        content = smaller_png(content)
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def smaller_png(content: bytes) -> bytes:
    """The picture with a palette of 256 colours where that is smaller: a third for line art, with the same look."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            reduced = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    except (UnidentifiedImageError, OSError):
        return content
    made = io.BytesIO()
    reduced.save(made, "PNG", optimize=True)
    return min(content, made.getvalue(), key=len)


def table_data(report: Report) -> str:
    """All records as compact JSON, safe inside a ``<script>``: words are stored once and referred to by number."""
    document = as_document(report)
    words: dict[str, int] = {}

    def word(text: str | None) -> int:
        return words.setdefault(text or "", len(words))

    rows = [[*_numbers(row), *(word(row[key]) for key in SHOWN), word(_method(row))] for row in document["records"]]
    targets = {
        f"{record.suite}/{record.target.name}": {**asdict(record.target), "text": str(record.target)}
        for record in report.records
        if record.target is not None
    }
    whole: dict[str, Any] = {
        "columns": [*NUMBERS, *SHOWN, "interval"],
        "words": list(words),
        "rows": rows,
        "targets": targets,
        "provenance": document["provenance"],
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


NUMBERS = ("id", "value", "seeds", "low", "high", "cases")


def _numbers(row: Mapping[str, Any]) -> list[Any]:
    """The columns of a record that are not words, in the order of :data:`NUMBERS`."""
    between = row["interval"] or {"low": None, "high": None}
    seeds = json.dumps(row["seeds"]) if row["seeds"] else 0
    return [row["id"], row["value"], seeds, between["low"], between["high"], row["cases"]]


def _method(row: Mapping[str, Any]) -> str:
    """How the sampling interval of a record was computed, with its confidence."""
    known = row["interval"]
    return "" if known is None else f"{known['method']}, {100 * known['confidence']:.3g} %"


def _is_aside(line: Line, page: SuitePage, subject: str) -> bool:
    return line.target_name in page.harness_targets or of_harness(line.records[0], subject)


def _section(name: str, page: SuitePage, records: Sequence[Record], subject: str) -> Section:
    own = [record for record in records if record.suite == name]
    found = lines(own)
    requested = [line for line in found if line.role == "target"]
    noted = [line for line in found if line.role == "info"]
    judged = [line for line in requested if not _is_aside(line, page, subject)]
    methods = [line for line in requested if _is_aside(line, page, subject)]
    if not judged and not noted:  # a suite that is about the harness alone
        judged, methods = methods, []
    controls = [line for line in found if line.role == "control"]
    return Section(name, page, own[0].suite_version if own else 0, judged, methods, controls, noted)
