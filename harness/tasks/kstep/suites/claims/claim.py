"""What one claim is: its experiment as a function of live forces and thermal windows of one molecule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.window import Window

Experiment = Callable[[Resolution, Sequence[Window]], float]
"""(Live GFN2-xTB, windows of one molecule at 300 K) → the number by which a claim is refuted."""


@dataclass(frozen=True)
class Claim:
    """``target`` is its row in targets.toml; ``claimed`` is the claim and ``found`` what the experiment shows.

    ``control`` is an experiment of the same kind whose number must miss the target, ``control_name`` what it is;
    ``molecule`` is that of the windows.
    """

    target: str
    metric: str
    unit: str
    claimed: str
    found: str
    measure: Experiment
    control: Experiment | None = None
    control_name: str = ""
    molecule: str = "methanol"
