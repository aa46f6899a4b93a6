"""``report.html``: one file with everything in it; from a file URL, in print, in the dark, by keyboard."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.report.page import Figure, SuitePage
from harness.report.records import Record
from harness.report.store import Report, as_document
from harness.report.tables import Line, lines, number, worst_cases

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
MARKS = {"pass": "pass", "fail": "fail", "error": "error", "info": "info", "not-determined": "n/d"}


@dataclass(frozen=True)
class Section:
    """A suite as the template sees it: its page and its lines, judged ones, controls and the rest apart."""

    name: str
    page: SuitePage
    version: int
    judged: list[Line]
    controls: list[Line]
    noted: list[Line]

    @property
    def verdict(self) -> str:
        """"fail" if anything judged or any control is unmet, "pass" if something passed, else "info"."""
        verdicts = {line.verdict for line in (*self.judged, *self.controls)}
        if verdicts & {"fail", "error"}:
            return "fail"
        return "pass" if "pass" in verdicts else "info"


def render(report: Report, pages: Mapping[str, SuitePage], header: Sequence[str], folder: Path) -> str:
    """The page. ``header`` are the lines that say what was compared with what; figures are read from ``folder``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    sections = [_section(name, page, report.records) for name, page in pages.items()]
    by_rank = sorted(sections, key=lambda section: not section.page.lead)
    first = next((figure for section in by_rank for figure in section.page.figures), None)
    return environment.get_template("report.html.j2").render(
        report=report,
        run=report.context,
        header=list(header),
        sections=sections,
        first_figure=first,
        worst=worst_cases(report.records),
        counts=counts(report.records),
        marks=MARKS,
        data_uri=lambda figure: data_uri(figure, folder),
        records=table_data(report),
        css=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        script=(TEMPLATES / "report.js").read_text(encoding="utf-8"),
    )


def counts(records: Sequence[Record]) -> dict[str, int]:
    """How many records of each verdict there are; controls are counted apart."""
    found: dict[str, int] = dict.fromkeys(("pass", "fail", "error", "not-determined", "info", "controls"), 0)
    for record in records:
        found["controls" if record.expected == "miss" else record.verdict] += 1
    return found


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
    """The picture with a palette of 256 colours where that is smaller: for line art a third, and nobody can tell."""
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

    rows = [
        [row["id"], row["value"], json.dumps(row["seeds"]) if row["seeds"] else 0, *(word(row[key]) for key in SHOWN)]
        for row in document["records"]
    ]
    targets = {
        f"{record.suite}/{record.target.name}": {**asdict(record.target), "text": str(record.target)}
        for record in report.records
        if record.target is not None
    }
    whole: dict[str, Any] = {
        "columns": ["id", "value", "seeds", *SHOWN],
        "words": list(words),
        "rows": rows,
        "targets": targets,
        "provenance": document["provenance"],
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _section(name: str, page: SuitePage, records: Sequence[Record]) -> Section:
    own = [record for record in records if record.suite == name]
    found = lines(own)
    return Section(
        name,
        page,
        own[0].suite_version if own else 0,
        [line for line in found if line.role == "target"],
        [line for line in found if line.role == "control"],
        [line for line in found if line.role == "info"],
    )
