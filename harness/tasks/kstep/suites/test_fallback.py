"""Does k fall where the correction is wrong, not where it is right, and only between windows?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.fallback import ADAPTIVE, FallbackRow, altered, fallback_rows
from harness.tasks.kstep.suites.measured import measured, recorded
from harness.tasks.kstep.window import MacroGrid

SUITE = "fallback"
pytestmark = pytest.mark.tier("nightly")
TRUSTED_K, HOT_K = 300.0, 700.0
STARTS = 4
NEEDLESS, MISSED = "macro steps divided at 300 K", "runs at 700 K without a divided step"
MISPLACED = "changes of k inside a window, or upwards"


@pytest.fixture(scope="module")
def grid(tier_plan) -> MacroGrid:
    """100 macro steps: the correction has no k of its own."""
    return MacroGrid(101, tier_plan.k)


@pytest.fixture(scope="module")
def starts(method, tier_plan, validation, grid):
    """Temperature → windows from the fresh seed of the run."""
    name, seed = tier_plan.compared, validation.options.fresh_seed
    return {
        kelvin: Starts(name, (name,), kelvin, grid).draw(STARTS, seed, method.found) for kelvin in (TRUSTED_K, HOT_K)
    }


@pytest.fixture(scope="module")
def adaptive(correction) -> Method:
    return Method(ADAPTIVE, correction.found, correction.weights)


@pytest.fixture(scope="module")
def rows(adaptive, correction, starts, grid, validation) -> dict[float, list[FallbackRow]]:
    """Temperature → rows."""
    plain = Method("kernel", correction.found, correction.weights)
    found = {kelvin: fallback_rows(adaptive, plain, windows, grid) for kelvin, windows in starts.items()}
    write(validation.folder, Files(tables={"fallback": [row for some in found.values() for row in some]}))
    return found


def needless(rows: Sequence[FallbackRow], steps: int) -> float:
    """Share of the macro steps that were divided."""
    return sum(row.divided for row in rows) / (steps * len(rows))


def missed(rows: Sequence[FallbackRow]) -> float:
    """Share of the runs in which none was divided."""
    return sum(not row.divided for row in rows) / len(rows)


def test_subject(rows, tier_plan, grid, validation, verdict):
    about = {"cases": STARTS, "seed": validation.options.fresh_seed}
    cold, hot = rows[TRUSTED_K], rows[HOT_K]
    case = f"{tier_plan.compared}, {STARTS} starts"
    share = needless(cold, grid.points - 1)
    verdict.check(measured(NEEDLESS, f"{case} at {TRUSTED_K:g} K", ADAPTIVE, share, "1", **about), "needless")
    verdict.check(measured(MISSED, f"{case} at {HOT_K:g} K", ADAPTIVE, missed(hot), "1", **about), "missed")
    wrong = float(sum(row.misplaced for row in [*cold, *hot]))
    verdict.check(measured(MISPLACED, f"{case} each at {TRUSTED_K:g} and {HOT_K:g} K", ADAPTIVE, wrong, "1", **about),
                  "misplaced")  # fmt: skip
    for kelvin, some in rows.items():
        place = f"{tier_plan.compared}, {kelvin:g} K, median of {STARTS} starts"
        for metric, unit, ours, plain in (
            ("quantum calls over 100 macro steps", "1", "calls", "calls_without"),
            ("position error after the window", "nm", "error_nm", "error_without_nm"),
            ("energy fluctuation", "kJ/mol", "fluctuation_kj_mol", "fluctuation_without_kj_mol"),
        ):
            for name, field in ((ADAPTIVE, ours), ("kernel", plain)):
                value = float(np.median([getattr(row, field) for row in some]))
                verdict.info(recorded(metric, place, name, value, unit, **about))


def test_control(adaptive, starts, grid, verdict):
    """A limit of zero falls back at once; an infinite one never does; windows of one step change k inside of ours."""
    cold, hot = starts[TRUSTED_K][:1], starts[HOT_K][:2]

    def judged(windows, **values: float) -> list[FallbackRow]:
        one = altered(adaptive, **values)
        return fallback_rows(one, one, windows, grid)

    eager = needless(judged(cold, limit=0.0), grid.points - 1)
    verdict.control(measured(NEEDLESS, "300 K", "a limit of zero", eager, "1"), "needless")
    never = missed(judged(hot, limit=float("inf")))
    verdict.control(measured(MISSED, "700 K", "an infinite limit", never, "1"), "missed")
    inside = float(sum(row.misplaced for row in judged(hot, window=1)))
    verdict.control(measured(MISPLACED, "700 K", "windows of one macro step", inside, "1"), "misplaced")
