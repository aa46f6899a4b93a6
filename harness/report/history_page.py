"""``reports/index.html``: the runs, the lasting changes, and every metric's history; one file, no network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.durable import write_text
from harness.report.history import Point, Series, read_history, series_of
from harness.report.history_changes import Change, changes_of
from harness.report.history_steps import find_steps
from harness.report.records import UNMET

WIDTH, HEIGHT, MARGIN = 260, 44, 4
NEWEST_RUNS = 60
OPEN_RUNS = 10
NEWEST_POINTS = 200


def write_index(reports: str | Path, history: str | Path) -> Path:
    """Write ``index.html`` into ``reports`` from the entries below ``history``; returns its path."""
    entries, faults = read_history(history)
    path = Path(reports) / "index.html"
    write_text(path, render(entries, faults, changes_of(entries), Path(reports)))
    return path


def render(
    entries: Sequence[Mapping[str, Any]], faults: Sequence[str], changes: Sequence[Change], reports: Path
) -> str:
    """The page. Links go only to reports that still exist."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    series = sorted(series_of(entries), key=lambda s: (s.machine, s.name, s.points[0].started))
    rows = [_row(one) for one in series]
    return environment.get_template("history.html.j2").render(
        runs=[_run(entry, reports) for entry in reversed(entries[-NEWEST_RUNS:])],
        open_runs=OPEN_RUNS,
        hidden=max(0, len(entries) - NEWEST_RUNS),
        changes=[{"text": str(change), "direction": change.direction} for change in changes],
        current=[row for row in rows if row["current"]],
        past=[row for row in rows if not row["current"]],
        faults=list(faults),
    )


def _run(entry: Mapping[str, Any], reports: Path) -> dict[str, Any]:
    page = entry["report"]
    there = bool(page) and (reports / page).is_file()
    commit = str(entry["commit"])[:10] or "none"
    return {
        "run": entry["run"],
        "date": entry["started"][:16].replace("T", " "),
        "verdict": entry["verdict"],
        "headline": entry["headline"],
        "missed": sum(entry["counts"].get(verdict, 0) for verdict in UNMET),
        "commit": commit + (" + changes" if entry["dirty"] else ""),
        "machine": str(entry["machine"].get("processor", "")),
        "page": page if there else "",
    }


def _row(series: Series) -> dict[str, Any]:
    last = series.points[-1]
    return {
        "name": series.name,
        "machine": series.machine,
        "unit": "" if series.metric["unit"] == "1" else series.metric["unit"],
        "target": series.metric["target"] or "none",
        "kind": series.metric.get("kind", "gate"),
        "cases": series.metric["cases"],
        "runs": len(series.points),
        "first": series.points[0].started[:10],
        "last": last.started[:10],
        "worst": number(last.worst),
        "median": number(last.median),
        "missed": last.missed,
        "open": series.metric.get("open", 0),
        "current": series.current,
        "svg": sparkline(series.points),
        "alt": _in_words(series),
    }


def number(value: float | None) -> str:
    """Three significant digits, or a dash."""
    return "–" if value is None else f"{value:.3g}"


def _in_words(series: Series) -> str:
    values = [p.worst for p in series.points if p.worst is not None]
    if not values:
        return "no values"
    steps = len(find_steps(values[-NEWEST_POINTS:]))
    steps_text = "no lasting change" if not steps else f"{steps} lasting change" + ("s" if steps > 1 else "")
    return f"worst value over {len(values)} runs, {number(min(values))} to {number(max(values))}, {steps_text}"


def sparkline(points: Sequence[Point]) -> str:
    """SVG shapes: the median as a thin line, the worst as a thick one, steps as vertical marks, missed runs as dots.

    Logarithmic where all values are positive. Values of the last 200 runs.
    """
    points = points[-NEWEST_POINTS:]
    known = [v for p in points for v in (p.worst, p.median) if v is not None]
    if not known:
        return ""
    logarithmic = min(known) > 0

    def scaled(value: float) -> float:
        return math.log10(value) if logarithmic else value

    low, high = scaled(min(known)), scaled(max(known))
    # A constant series is drawn flat: less than 5 % of spread is not stretched to the full height.
    room = max(high - low, 0.05 if logarithmic else 0.05 * max(abs(low), abs(high), 1e-300))
    middle = (low + high) / 2

    def x(index: int) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * (index / (len(points) - 1) if len(points) > 1 else 0.5)

    def y(value: float) -> float:
        return HEIGHT / 2 - (HEIGHT - 2 * MARGIN) * (scaled(value) - middle) / room

    shapes = []
    worst = [(k, p.worst) for k, p in enumerate(points) if p.worst is not None]
    for step in find_steps([value for _, value in worst]):
        at = (x(worst[step.index - 1][0]) + x(worst[step.index][0])) / 2
        shapes.append(f'<path class="step" d="M{at:.1f} 0V{HEIGHT}"/>')
    for name in ("median", "worst"):
        path = [f"{x(k):.1f} {y(value):.1f}" for k, p in enumerate(points) if (value := getattr(p, name)) is not None]
        shapes.append(f'<path class="{name}" d="M{"L".join(path)}"/>')
    for k, p in enumerate(points):
        if p.worst is not None and (p.missed or k == len(points) - 1):
            kind = "missed" if p.missed else "end"
            shapes.append(f'<circle class="{kind}" cx="{x(k):.1f}" cy="{y(p.worst):.1f}" r="2.2"/>')
    return "".join(shapes)
