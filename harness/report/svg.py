"""Small line plots as inline SVG: sharp in print, small enough for a hundred on a page, coloured by the page.

Curves have CSS classes instead of colours, so that one drawing serves light and dark. Coordinates are integers, a
tenth of a unit of the picture, and relative: about five characters a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

SCALE = 10
MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 44, 8, 16, 26


@dataclass(frozen=True, eq=False)
class Curve:
    """One line: values (P,) over the panel's x, and a class ("truth", "subject", "other", "third", "residual")."""

    y: np.ndarray
    kind: str


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes.

    ``x`` is (P,); ``reverse`` draws it from right to left, as spectroscopists do; ``y_log`` takes log10 of the values,
    cut at ``floor``; the y axis spans at least ``least_span``, so that rounding does not look like a signal. ``left`` …
    ``height`` place it, in units of the picture. A panel without an x label has no tick labels below: it shares those
    of the panel under it.
    """

    x: np.ndarray
    curves: Sequence[Curve]
    title: str
    left: float
    top: float
    width: float
    height: float
    x_label: str = ""
    reverse: bool = False
    y_log: bool = False
    y_ticks: bool = True
    floor: float = 1e-9
    least_span: float = 0.0


def picture(panels: Sequence[Panel], width: float, height: float, title: str) -> str:
    """One ``<svg>`` with a title for readers who cannot see it."""
    inner = "".join(_panel(panel) for panel in panels)
    return (
        f'<svg class="plot" viewBox="0 0 {width * SCALE:g} {height * SCALE:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}"><title>{escape(title)}</title>{inner}</svg>'
    )


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About ``count`` round numbers within [low, high]: multiples of 1, 2 or 5 times a power of ten."""
    span = max(high - low, 1e-300)
    raw = span / max(count, 1)
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next((m * power for m in (1, 2, 5) if m * power >= raw), 10 * power))
    first = np.ceil(low / step - 1e-9)
    return [float(k * step) + 0.0 for k in np.arange(first, np.floor(high / step + 1e-9) + 1)]


def _panel(panel: Panel) -> str:
    ys = [np.asarray(curve.y, dtype=float) for curve in panel.curves]
    if panel.y_log:
        ys = [np.log10(np.maximum(y, panel.floor)) for y in ys]
    low, high = min(float(y.min()) for y in ys), max(float(y.max()) for y in ys)
    if panel.y_log:
        low, high = np.floor(low), np.ceil(max(high, low + 1e-9))
        high = max(high, low + 1)
    else:
        room = max(0.05 * (high - low), (panel.least_span - high + low) / 2, 1e-7 * max(abs(low), abs(high), 1e-12))
        low, high = low - room, high + room
    x_low, x_high = float(panel.x.min()), float(panel.x.max())
    x0, x1 = panel.left + MARGIN_LEFT, panel.left + panel.width - MARGIN_RIGHT
    y0, y1 = panel.top + MARGIN_TOP, panel.top + panel.height - (MARGIN_BOTTOM if panel.x_label else 6)
    part = (panel.x - x_low) / max(x_high - x_low, 1e-300)
    xs = x1 - part * (x1 - x0) if panel.reverse else x0 + part * (x1 - x0)

    def down(value: float) -> float:
        return y1 - (value - low) / (high - low) * (y1 - y0)

    text = [f'<path class="axes" d="M{_n(x0)} {_n(y0)}V{_n(y1)}H{_n(x1)}"/>', _text(x0, y0 - 5, panel.title, "name")]
    if panel.y_ticks:
        marks = np.arange(low, high + 1, max(1, round((high - low) / 4))) if panel.y_log else ticks(low, high, 4)
        for value in marks:
            label = f"1e{int(value)}" if panel.y_log else f"{value:.6g}"
            text.append(f'<path class="grid" d="M{_n(x0)} {_n(down(value))}H{_n(x1)}"/>')
            text.append(_text(x0 - 4, down(value) + 3.5, label, "end"))
    for value in ticks(x_low, x_high, 6):
        share = (value - x_low) / max(x_high - x_low, 1e-300)
        x = x1 - share * (x1 - x0) if panel.reverse else x0 + share * (x1 - x0)
        text.append(f'<path class="axes" d="M{_n(x)} {_n(y1)}v{3 * SCALE}"/>')
        if panel.x_label:
            text.append(_text(x, y1 + 12, f"{value:.10g}", "mid"))
    if panel.x_label:
        text.append(_text((x0 + x1) / 2, y1 + 23, panel.x_label, "mid"))
    for curve, y in zip(panel.curves, ys, strict=True):
        text.append(f'<path class="curve {curve.kind}" d="{_path(xs, y1 - (y - low) / (high - low) * (y1 - y0))}"/>')
    return "".join(text)


def _n(value: float) -> str:
    return str(round(value * SCALE))


def _text(x: float, y: float, content: str, kind: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escape(content)}</text>'


def _path(x: np.ndarray, y: np.ndarray) -> str:
    points = np.rint(np.stack([x, y], axis=1) * SCALE).astype(int)
    steps = np.diff(points, axis=0)
    pairs = (f"{dx}{'' if dy < 0 else ' '}{dy}" for dx, dy in steps[np.any(steps, axis=1)].tolist())
    moves = "".join(pair if pair.startswith("-") else f" {pair}" for pair in pairs)
    return f"M{points[0, 0]} {points[0, 1]}l{moves.strip()}" if moves else f"M{points[0, 0]} {points[0, 1]}h1"
