"""What the tests of the suites share: claims into verdicts, and one writer of tables, documents and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


def worst_claim(claims: Iterable[Claim], target: str, lowest: bool = False) -> Claim:
    """The claim with the largest value (or ``lowest``) of those with this target: it judges a control."""
    return (min if lowest else max)((c for c in claims if c.target == target), key=lambda c: c.measurement.value or 0.0)


@dataclass(frozen=True)
class Files:
    """The files that a suite writes in the folder of a run, by names without their endings.

    ``tables``: rows (frozen dataclasses or mappings) as CSV, none where there are no rows; ``documents``: plain values
    as JSON; ``figures``: functions that draw, written as PNG below ``figures/``.
    """

    tables: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)


def write(folder: Path, files: Files) -> None:
    """Every table, document and figure; the figures last, so that a figure that fails does not lose a number."""
    for name, rows in files.tables.items():
        if rows:
            write_text(folder / f"{name}.csv", to_csv([plain_row(row) for row in rows]))
    for name, content in files.documents.items():
        write_json(folder / f"{name}.json", content)
    for name, draw in files.figures.items():
        from harness.suites.style import save

        save(draw(), folder / "figures" / f"{name}.png")
