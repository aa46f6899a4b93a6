"""The references of the package against Spinach: they are judged in every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.report import Measurement
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.plan import Planned
from harness.tasks.spins.spinach.relaxation_cases import whole_molecule
from harness.tasks.spins.suites.relaxation.cases import found, furthest, relative
from harness.tasks.spins.suites.relaxation.figure import shifts_and_heights
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, WHOLE_METHOD
from harness.tasks.spins.systems import SpinSystem


def reference_error(
    items: Sequence[Planned], change: Callable[[SpinSystem], SpinSystem] = lambda system: system, whose: str = BELIEVED
) -> Measurement:
    """Largest error of M and I_1z of the dense reference against Spinach: a statement about this package."""
    errors = {}
    entries = found(items)
    for entry in entries:
        said, ours = entry.trajectory(), reference(BELIEVED).simulate(change(entry.system_used), entry.grid)
        errors[entry.case] = furthest(ours, said, ("m", "i1z"))
    lacking = len(items) - len(entries)
    worst = max(errors, key=lambda case: errors[case], default="")
    return Measurement(
        "largest error of M and I_1z, made systems", f"{len(items)} systems", whose, "spinach",
        None if lacking else errors[worst], worst=worst,
        problem=f"{lacking} of {len(items)} answers of Spinach are not cached" if lacking else "",
        subject_provenance={"kind": "reference", "name": BELIEVED}, cases=len(items),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Whole:
    """M of strychnine by Spinach, and M by this package in the same basis with the rates of that basis."""

    entry: Entry
    ours: np.ndarray

    @classmethod
    def of(cls, entry: Entry) -> Whole:
        """Compute M here, in the basis of the cache entry."""
        options = {"level": 1, "rates": "basis", "space_level": entry.request.options.space_level, "estimate": False}
        ours = reference(WHOLE_METHOD, **options).simulate(entry.system_used, entry.grid, ("m",)).m
        return cls(entry, ours)

    def errors(self) -> list[Measurement]:
        """Relative error of M, and of the spectrum over 0.5-8.5 ppm at its natural line widths."""
        said = self.entry.trajectory().m
        ours, theirs = (shifts_and_heights(m, whole_molecule(), self.entry.grid)[1] for m in (self.ours, said))
        values = {"M": relative(self.ours, said), "the spectrum": relative(ours, theirs)}
        return [
            Measurement(
                f"relative L2 error of {what} in the basis of Spinach", self.entry.case, WHOLE_METHOD, "spinach", value,
                subject_provenance={"kind": "reference", "name": WHOLE_METHOD},
            )
            for what, value in values.items()
        ]  # fmt: skip
