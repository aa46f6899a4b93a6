"""The display in a notebook: one-line captions over small SVG drawings and tables, with their styles inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from harness.tasks.spins.systems.trajectory import Trajectory

WIDTH, HEIGHT, FOOT = 600, 160, 18
COLOURS = ("#0072B2", "#D55E00", "#009E73")
"""Okabe-Ito, as the figures have them."""


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table with its caption; every cell is text."""
    top = "".join(f"<th>{escape(word)}</th>" for word in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def trajectory_html(trajectory: Trajectory) -> str:
    """Mx, My and I_1z against time, those that are there."""
    named = [(name, getattr(trajectory, name)) for name in ("mx", "my", "i1z")]
    there = [(name, values) for name, values in named if values is not None]
    if not there:
        return f"<div>{escape(repr(trajectory))}</div>"
    times_s = trajectory.grid.times_s
    drawn = curves(times_s, [values for _, values in there], float(times_s[-1]) or 1.0)
    names = ", ".join(f"{name} {colour}" for (name, _), colour in zip(there, ("blue", "orange", "green"), strict=False))
    return picture(f"{trajectory!r}: {names}", drawn, "0", f"{times_s[-1]:.3g} s")


def curves(x: np.ndarray, curves: Sequence[np.ndarray], span: float) -> str:
    """Polylines over 0 … ``span``; every unit of the width has its least and greatest value: no line is lost."""
    low = min(float(np.min(one)) for one in curves)
    high = max(float(np.max(one)) for one in curves)
    scale = (HEIGHT - 8) / ((high - low) or 1.0)
    column = np.clip(x / span * WIDTH, 0, WIDTH)
    drawn = []
    for one, colour in zip(curves, COLOURS, strict=False):
        height = 4 + (high - one) * scale
        places = " ".join(f"{column[k]:.1f},{height[k]:.1f}" for k in _extremes(column, one))
        drawn.append(f'<polyline fill="none" stroke="{colour}" points="{places}"/>')
    return "".join(drawn)


def _extremes(column: np.ndarray, values: np.ndarray) -> list[int]:
    """Indices of the first, least, greatest and last value of every whole column, in their order along ``column``."""
    order = np.argsort(column, kind="stable")
    starts = np.flatnonzero(np.diff(np.floor(column[order]), prepend=-1))
    retained: list[int] = []
    for part in np.split(order, starts[1:]):
        corners = {0, int(np.argmin(values[part])), int(np.argmax(values[part])), len(part) - 1}
        retained += [int(part[k]) for k in sorted(corners)]
    return retained


def picture(caption: str, drawn: str, left: str, right: str) -> str:
    """An SVG drawing of :data:`WIDTH` with its caption above it and a label at each end of its axis."""
    words = escape(caption)
    baseline = HEIGHT + FOOT - 4
    return (
        f'<div><div>{words}</div><svg width="{WIDTH}" height="{HEIGHT + FOOT}" role="img" aria-label="{words}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT + FOOT}">{drawn}'
        f'<text x="0" y="{baseline}" font-size="12" fill="currentColor">{escape(left)}</text>'
        f'<text x="{WIDTH}" y="{baseline}" font-size="12" fill="currentColor" text-anchor="end">{escape(right)}</text>'
        "</svg></div>"
    )
