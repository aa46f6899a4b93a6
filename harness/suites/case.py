"""A case: what a subject has to compute, and the answer of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Case:
    """A system on a grid with its truth.

    ``kind`` is what sort of case it is, for the table of cases; ``panel`` names the panel of the figure in which it is.
    """

    id: str
    kind: str
    panel: str
    system: Any
    size: int
    grid: Any
    truth: Any
