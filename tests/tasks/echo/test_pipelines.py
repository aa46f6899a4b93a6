"""The record of published pipelines that were built again: whole, on one set of curves, and the same in the docs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RECORD = json.loads((ROOT / "benchmarks" / "echo-pipelines" / "pipelines.json").read_text())
ROWS = RECORD["rows"]


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str) -> None:
    """The sum is that of its parts, and the page shows it."""
    row = ROWS[name]
    parts = [row[f"err_{key}"] for key in ("alpha", "p", "d")]
    assert row["sum"] == pytest.approx(sum(parts))
    shown = f"{row['sum']:.2f} ± {row['standard_error']:.2f}"
    lines = [line for line in (ROOT / "docs" / "echo.md").read_text().splitlines() if f"`{name}`" in line]
    assert len(lines) == 1, name
    assert shown in lines[0]


def test_sets_share_no_curve() -> None:
    sets = RECORD["sets"]
    assert len({one["seed"] for one in sets.values()}) == 3
    assert sets["test"]["curves"] == sets["training"]["curves"] == 10_000


def test_posterior_is_below_every_other_row() -> None:
    ours = ROWS["posterior"]
    for name in set(ROWS) - {"posterior"}:
        other = ROWS[name]
        assert ours["sum"] + 5 * (ours["standard_error"] + other["standard_error"]) < other["sum"], name
