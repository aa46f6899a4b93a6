"""What the experiment suites share: claims into verdicts, rows into files, figures into the run's folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.durable import write_json, write_text
from harness.report.tables import to_csv
from harness.suites.asking import Claim, plain_row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from harness.suites.verdict import Verdict


def record(verdict: Verdict, claims: Iterable[Claim], control: bool = False) -> None:
    """Judge every claim that has a target (as a negative control if ``control``), record the others."""
    for claim in claims:
        if claim.target is None:
            verdict.info(claim.measurement)
        elif control:
            verdict.control(claim.measurement, claim.target)
        else:
            verdict.check(claim.measurement, claim.target)


def worst_claim(claims: Iterable[Claim], target: str) -> Claim:
    """Of the claims with this target, the one with the largest value: what a control is shown by."""
    return max((c for c in claims if c.target == target), key=lambda c: c.measurement.value or 0.0)


def write_table(folder: Path, name: str, rows: Sequence[Any]) -> None:
    """Frozen rows as ``name``.csv; no file where there are none."""
    if rows:
        write_text(folder / f"{name}.csv", to_csv([plain_row(row) for row in rows]))


def write_document(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Plain values as ``name``.json."""
    write_json(folder / f"{name}.json", content)


def write_figure(folder: Path, name: str, figure: Figure) -> None:
    """A figure as figures/``name``.png at 300 dpi."""
    from harness.suites.style import save

    save(figure, folder / "figures" / f"{name}.png")
