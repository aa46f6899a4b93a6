"""A sample of the library with R1 and R2: every system is answered, with a stated error that covers the measured one.

The record of all 1,080 systems is made by ``harness benchmark relaxing-library``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.report import Measurement
from harness.tasks.spins.benchmarks.library import entries
from harness.tasks.spins.benchmarks.relaxing_library import FLOOR, Plan, by_dense
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.relaxation.cases import relative
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, WHOLE_METHOD


@dataclass(frozen=True)
class Answered:
    """One system: stated relative L2 error of M, and the measured one, None where a part is too large for the truth."""

    system: str
    stated: float
    error: float | None

    @property
    def covered(self) -> bool:
        """True unless the error is known to be larger than what was stated."""
        return self.error is None or self.error <= self.stated + FLOOR


def answered(every: int, plan: Plan, rate_factor: float = 1.0) -> list[Answered]:
    """Every ``every``-th system in the order of sizes; R2 of the answers, not of the truth, times ``rate_factor``."""
    rows = []
    for entry in entries()[::every]:
        requested = replace(plan, r2_per_s=rate_factor * plan.r2_per_s).system(entry)
        found = reference(WHOLE_METHOD).simulate(requested, plan.grid, ("m",))
        right = plan.system(entry)
        small = max(map(len, right.components())) <= plan.dense
        error = relative(found.m, by_dense(right, plan.grid)) if small else None
        rows.append(Answered(entry.key, float(found.provenance.details["error_estimate"]), error))
    return rows


def uncovered(rows: list[Answered]) -> Measurement:
    """The number of answers whose error is larger than stated, or that state none."""
    wrong = [row for row in rows if not row.covered or not np.isfinite(row.stated)]
    checked = sum(row.error is not None for row in rows)
    return Measurement(
        "answers without a stated error that covers the measured one", about(rows), WHOLE_METHOD, BELIEVED,
        float(len(wrong)), worst=wrong[0].system if wrong else "", cases=len(rows),
        note=f"measured in {checked} of them, whose parts are small enough for the dense reference",
        subject_provenance={"kind": "reference", "name": WHOLE_METHOD},
    )  # fmt: skip


def about(rows: list[Answered]) -> str:
    """The case in words."""
    return f"{len(rows)} systems of the library, t1_t2, 1 s"


def largest_stated(rows: list[Answered]) -> Measurement:
    """The largest stated error: recorded, and judged nowhere."""
    least_sure = max(rows, key=lambda row: row.stated)
    return Measurement(
        "largest stated error of M", about(rows), WHOLE_METHOD, "", least_sure.stated, worst=least_sure.system,
        cases=len(rows), subject_provenance={"kind": "reference", "name": WHOLE_METHOD},
    )  # fmt: skip
