"""The record of published pipelines that were built again: whole, on one set of curves, and the same in the docs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.requirements import required

ROOT = Path(__file__).parents[3]
RECORD = json.loads((ROOT / "benchmarks" / "echo-pipelines" / "pipelines.json").read_text())
ROWS = RECORD["rows"]
OURS = {"posterior", "posterior, 32,000 curves"}


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


def test_posterior_is_below_every_row_of_others() -> None:
    ours = ROWS["posterior"]
    for name in set(ROWS) - OURS:
        other = ROWS[name]
        assert ours["sum"] + 5 * (ours["standard_error"] + other["standard_error"]) < other["sum"], name


def test_three_times_as_many_curves_lower_the_score() -> None:
    few, many = ROWS["posterior"], ROWS["posterior, 32,000 curves"]
    assert (few["training_curves"], many["training_curves"]) == (10_000, 32_000)
    assert many["sum"] + 2 * (few["standard_error"] + many["standard_error"]) < few["sum"]
    assert all(0.88 < share < 0.92 for share in many["settings"]["coverage_90"].values())


def test_row_of_sbi() -> None:
    """What the record says of the peer: the pinned version, the mass outside the ranges, and the gain without it."""
    settings = ROWS["sbi, neural posterior"]["settings"]
    assert settings["version"] == str(required("echo-peers", "sbi").specifier).removeprefix("==")  # type: ignore[union-attr]
    assert 0.0 < settings["leaked_mass"] < 1.0
    assert settings["joint_gain"] < settings["joint_gain_renormalised"]
    assert set(settings["coverage_90"]) == {"alpha", "xi", "p", "d"}
