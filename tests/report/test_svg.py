"""Plots as SVG: the line is where the numbers say, and stays light."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.svg import MARGIN_LEFT, MARGIN_RIGHT, SCALE, Curve, Panel, picture, ticks

X = np.linspace(0, 10, 300)


def points_of(svg: str) -> np.ndarray:
    path = re.search(r'class="curve subject" d="M(\S+) (\S+)l([^"]*)"', svg)
    assert path is not None
    steps = np.array(re.findall(r"-?\d+", path[3]), int).reshape(-1, 2)
    return np.array([[int(path[1]), int(path[2])]]) + np.vstack([[0, 0], np.cumsum(steps, axis=0)])


@pytest.mark.parametrize("reverse", [False, True])
def test_a_straight_line_is_straight_and_runs_the_right_way(reverse: bool) -> None:
    svg = picture([Panel(X, [Curve(2 * X, "subject")], "t", 0, 0, 400, 200, "x", reverse)], 400, 200, "a line")
    points = points_of(svg)
    start, end = (points[-1], points[0]) if reverse else (points[0], points[-1])
    assert start[0] == MARGIN_LEFT * SCALE
    assert end[0] == (400 - MARGIN_RIGHT) * SCALE
    assert (points[0][1] > points[-1][1]) == True  # noqa: E712 - larger values are higher, whichever way x runs
    straight = np.interp(points[:, 0], sorted([start[0], end[0]]), [start[1], end[1]])
    assert np.abs(points[:, 1] - straight).max() <= 2


def test_it_is_well_formed_titled_and_escaped() -> None:
    svg = picture([Panel(X, [Curve(np.sin(X), "subject")], "a < b & c", 0, 0, 400, 200, "x")], 400, 200, 'q"<')
    root = ElementTree.fromstring(svg)
    assert root.find("title") is not None
    assert root.get("aria-label") == 'q"<'


def test_five_characters_a_point() -> None:
    svg = picture([Panel(X, [Curve(np.sin(9 * X), "subject")], "t", 0, 0, 470, 100)], 470, 100, "t")
    assert len(svg) < 300 * 7 + 1500


@pytest.mark.parametrize("y", [np.zeros(300), np.full(300, 1e-12), np.full(300, -3.0)])
def test_constant_and_zero_curves_are_drawn(y: np.ndarray) -> None:
    for log in (False, True):
        svg = picture([Panel(X, [Curve(y, "subject")], "t", 0, 0, 400, 200, y_log=log)], 400, 200, "t")
        assert "nan" not in svg
        ElementTree.fromstring(svg)


def test_least_span_keeps_rounding_flat() -> None:
    y = 1 + 1e-9 * np.sin(X)
    svg = picture([Panel(X, [Curve(y, "subject")], "t", 0, 0, 400, 200, least_span=0.02)], 400, 200, "t")
    assert 'class="curve subject"' in svg
    heights = re.search(r'class="curve subject" d="M\S+ \S+l([^"]*)"', svg)
    assert heights is not None
    assert set(re.findall(r"-?\d+", heights[1])[1::2]) == {"0"}


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_inside_and_few(low: float, span: float) -> None:
    found = ticks(low, low + span)
    slack = 1e-6 * (abs(low) + span)
    assert len(found) <= 7
    assert all(low - slack <= tick <= low + span + slack for tick in found)
