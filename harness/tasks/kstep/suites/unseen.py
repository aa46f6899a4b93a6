"""What the shared correction is worth on molecules that it was not fitted to, next to RESPA with MMFF94 alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.surrogates.weights import read_arrays
from harness.tasks.kstep.kernel.weights import PRETRAINED, SCHEMA
from harness.tasks.kstep.library import load
from harness.tasks.kstep.methods import shared_inside
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.shared.potential import SharedCorrection
from harness.tasks.kstep.shared.weights import FILE, MODEL
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.window import MacroGrid, Window


@dataclass(frozen=True)
class UnseenRow:
    """Median position errors in nm after the windows of one molecule: with the correction, with MMFF94 alone."""

    molecule: str
    windows: int
    error_nm: float
    mmff_error_nm: float

    @property
    def ratio(self) -> float:
        """Error over that of RESPA with MMFF94 alone: below 1 the correction helps."""
        return self.error_nm / self.mmff_error_nm


def unseen_rows(
    found: Resolution, windows: Sequence[Window], grid: MacroGrid, correction: SharedCorrection
) -> list[UnseenRow]:
    """One row for each molecule of the windows."""
    method = Method("shared", found, factory=lambda setting: shared_inside(setting, correction))
    truths = Truth(found).predict(windows, grid)
    both = [one.predict(windows, grid) for one in (method, Method("respa-mmff", found))]
    error = METRICS["position_end"].of
    errors = [[error(a, t, w) for a, t, w in zip(answers, truths, windows, strict=True)] for answers in both]
    rows = []
    for name in dict.fromkeys(window.molecule.name for window in windows):
        mine = [number for number, window in enumerate(windows) if window.molecule.name == name]
        ours, plain = (float(np.median([some[number] for number in mine])) for some in errors)
        rows.append(UnseenRow(name, len(mine), ours, plain))
    return rows


def mean_ratio(rows: Sequence[UnseenRow]) -> float:
    """Geometric mean of the ratios of the molecules."""
    return float(np.exp(np.mean([np.log(row.ratio) for row in rows])))


def packaged_training() -> tuple[str, ...]:
    """Names of the molecules that the packaged correction was fitted to, by its record."""
    record = read_arrays(PRETRAINED / FILE, MODEL, SCHEMA, "train it anew: harness kstep train shared").record
    return tuple(record["recipe"]["molecules"])


def leaked(training: Iterable[str], judged: Iterable[str]) -> list[str]:
    """The judged molecules that are also in the training, compared by elements, bonds and charge, not by name."""
    known = {load(name).topology for name in training}
    return [name for name in judged if load(name).topology in known]
