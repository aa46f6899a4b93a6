"""The folder of a comparison: leaderboard and cases as CSV, everything as JSON, Markdown, the figure, and one page."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.compare.figure import front_figure
from harness.compare.measure import Answered
from harness.compare.ranking import Board, columns, markdown, notes, plain, table
from harness.durable import json_text, write_text
from harness.report.tables import to_csv
from harness.suites.style import save

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title><style>
:root{color-scheme:light dark;--fg:#1b1b1b;--bg:#fff;--mute:#595959;--line:#d5d5d5}
@media(prefers-color-scheme:dark){:root{--fg:#e9e9e7;--bg:#16181a;--mute:#a9adb0;--line:#3a3e42}}
body{background:var(--bg);color:var(--fg);font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:0 auto;
padding:1.2rem}
h1{font-size:1.4rem}div{overflow-x:auto}table{border-collapse:collapse}th,td{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid var(--line)}th,.mute{color:var(--mute)}img{max-width:100%;background:#fff}
</style></head><body><h1>{{ title }}</h1>
<div><table><thead><tr>{% for c in columns %}<th scope="col">{{ c }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>
{% for text in notes %}<p>{{ text }}</p>
{% endfor %}{% for text in reasons %}<p class="mute">{{ text }}</p>
{% endfor %}<figure><img alt="{{ alt }}" src="data:image/png;base64,{{ picture }}"><figcaption class="mute">
{{ error }} against median time per system; the step line is the front: left of and below it is
nobody.</figcaption></figure>
<p class="mute">Measured {{ made }} on: {{ machine }}. With: {{ versions }}.</p></body></html>
"""


def write_comparison(
    folder: Path, board: Board, answers: Sequence[Answered], reference: str, facts: Mapping[str, Any], size_name: str
) -> Path:
    """Write everything into ``folder``; returns the path of ``compare.html``. ``size_name``: what a size counts."""
    from jinja2 import Environment

    subjects = [place.subject for place in board.places]
    title = f"{', '.join(subjects)} against {reference}"
    heads = columns(board)
    rows = [dict(zip(heads, row, strict=True)) for row in table(board)]
    ranked = heads[2]
    write_text(folder / "leaderboard.csv", to_csv([plain(place, board.metrics) for place in board.places]))
    write_text(folder / "cases.csv", to_csv([plain_answer(answer, board, size_name) for answer in answers]))
    write_text(folder / "leaderboard.md", markdown(board, title, facts))
    write_text(folder / "comparison.json", json_text(as_dict(board, answers, reference, facts, size_name), 1) + "\n")
    picture = save(front_figure(answers, board.metrics[0].label, reference), folder / "front.png")
    page = (
        Environment(autoescape=True)
        .from_string(PAGE)
        .render(
            title=title,
            columns=heads,
            error=ranked,
            rows=[list(row.values()) for row in rows],
            notes=notes(board, facts),
            reasons=[f"{p.subject}: {p.refused + p.failed} not answered: {p.reason}" for p in board.places if p.reason],
            alt="; ".join(f"{r['subject']}: {r[ranked]} in {r['time, median']}" for r in rows),
            picture=base64.b64encode(picture.read_bytes()).decode("ascii"),
            made=facts.get("made", ""),
            machine=", ".join(labelled(facts.get("machine", {}))),
            versions=", ".join(f"{name} {value}" for name, value in dict(facts.get("versions", {})).items()),
        )
    )
    write_text(folder / "compare.html", page)
    return folder / "compare.html"


MACHINE = {"processor": "{}", "cores": "{} cores", "memory_gib": "{} GiB of memory", "system": "{}"}


def labelled(machine: Mapping[str, Any]) -> list[str]:
    """The facts of a machine as words with their units; a fact without a known label has its key as label."""
    return [MACHINE.get(key, f"{key} {{}}").format(value) for key, value in machine.items()]


def plain_answer(answer: Answered, board: Board, size_name: str) -> dict[str, Any]:
    """An answer as plain values: the size by what it counts, the errors by the keys of their metrics."""
    errors = {metric.key: error for metric, error in zip(board.metrics, answer.errors, strict=True)}
    head = {"subject": answer.subject, "case": answer.case, "kind": answer.kind, size_name: answer.size}
    return {**head, **errors, "seconds": answer.seconds, "refused": answer.refused, "problem": answer.problem}


def as_dict(
    board: Board, answers: Sequence[Answered], reference: str, facts: Mapping[str, Any], size_name: str
) -> dict[str, Any]:
    """Everything as plain JSON values."""
    return {
        "schema": "harness-comparison-1",
        "reference": reference,
        **dict(facts),
        "cases": board.cases,
        "common": board.common,
        "leaderboard": [plain(place, board.metrics) for place in board.places],
        "answers": [plain_answer(answer, board, size_name) for answer in answers],
    }
