"""What a suite's page shows besides its numbers; plain data that any suite can fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from harness.report.records import Record


@dataclass(frozen=True)
class Figure:
    """A picture in a file of the run's folder; ``alt`` says in words what it shows."""

    path: Path
    alt: str
    caption: str


@dataclass(frozen=True)
class Exhibit:
    """One case in detail, folded until the reader opens it.

    ``svg`` is trusted markup of the harness itself; ``rows`` are (name, value) pairs; ``records`` are ids to link to.
    """

    title: str
    summary: str
    svg: str = ""
    caption: str = ""
    rows: Sequence[tuple[str, str]] = ()
    records: Sequence[str] = ()
    unmet: bool = False


@dataclass(frozen=True)
class SuitePage:
    """A suite's part of the report: its question, its answer in one paragraph, figures, exhibits, and caveats.

    The first figure of the page that is marked ``lead`` (else of the first page with one) opens the report, and so does
    its text ``compared``; ``legend`` are (style, label) of the further lines in the drawings of its exhibits,
    styles "other" and "third"; ``provenance`` are (name, value) pairs for the end of the report. Numbers judged by
    one of ``harness_targets`` are about the harness for every subject, and are no success of the subject.
    """

    title: str
    question: str
    answer: str = ""
    figures: Sequence[Figure] = ()
    exhibits: Sequence[Exhibit] = ()
    notes: Sequence[str] = ()
    files: Sequence[str] = ()
    lead: bool = False
    compared: Sequence[str] = ()
    provenance: Sequence[tuple[str, str]] = ()
    legend: Sequence[tuple[str, str]] = ()
    harness_targets: Sequence[str] = ()


@dataclass(frozen=True)
class SuiteRun:
    """The data for a suite's page: its records, the arrays that its tests stored, and the folder to write to."""

    name: str
    subject: str
    reference: str
    records: tuple[Record, ...]
    folder: Path
    facts: Mapping[str, str] = field(default_factory=dict)

    def retained(self) -> list[str]:
        """Keys of the arrays that the tests stored."""
        return sorted(path.stem for path in (self.folder / "data" / self.name).glob("*.npz"))

    def arrays(self, key: str) -> dict[str, np.ndarray]:
        """The arrays stored under a key."""
        with np.load(self.folder / "data" / self.name / f"{key}.npz", allow_pickle=False) as content:
            return {name: content[name] for name in content.files}

    def of_case(self, case: str) -> list[Record]:
        """The records of one case."""
        return [record for record in self.records if record.measurement.case == case]
