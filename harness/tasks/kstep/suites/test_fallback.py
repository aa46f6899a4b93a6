"""Does k fall where the correction is wrong, not where it is right, and only between windows?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.kernel.weights import stated_residual
from harness.tasks.kstep.library import load
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.fallback import ADAPTIVE, FallbackRow, altered, fallback_rows
from harness.tasks.kstep.suites.measured import measured, recorded
from harness.tasks.kstep.window import MacroGrid, Window

SUITE = "fallback"
pytestmark = pytest.mark.tier("nightly")
TRUSTED_K, HOT_K = 300.0, 700.0
STARTS = {TRUSTED_K: 8, HOT_K: 4}
NEEDLESS = "macro steps divided, no residual above that of the labels"
ALARMS, MISSED = "runs at 300 K with a divided step", "runs at 700 K without a divided step"
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
        kelvin: Starts(name, (name,), kelvin, grid).draw(count, seed, method.found) for kelvin, count in STARTS.items()
    }


@pytest.fixture(scope="module")
def limit(correction, tier_plan) -> float:
    """What the weights state of held-out geometries, in kJ/mol/nm."""
    return stated_residual(load(tier_plan.compared), correction.weights)


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


def needless(rows: Sequence[FallbackRow], limit: float) -> int:
    """Macro steps that were divided in runs where no window had a residual above the limit."""
    return sum(row.divided for row in rows if row.residual_kj_mol_nm <= limit)


def share_divided(rows: Sequence[FallbackRow]) -> float:
    """Share of the runs in which a macro step was divided."""
    return sum(bool(row.divided) for row in rows) / len(rows)


def test_subject(rows, limit, tier_plan, validation, verdict):
    cold, hot = rows[TRUSTED_K], rows[HOT_K]
    every, seed = [*cold, *hot], validation.options.fresh_seed
    for metric, value, some, target in (
        (NEEDLESS, float(needless(every, limit)), every, "needless"),
        (ALARMS, share_divided(cold), cold, "alarms"),
        (MISSED, 1 - share_divided(hot), hot, "missed"),
        (MISPLACED, float(sum(row.misplaced for row in every)), every, "misplaced"),
    ):
        about = {"cases": len(some), "seed": seed, "note": f"the weights state {limit:.1f} kJ/mol/nm"}
        verdict.check(
            measured(metric, f"{tier_plan.compared}, {len(some)} starts", ADAPTIVE, value, "1", **about), target
        )
    for kelvin, some in rows.items():
        place = f"{tier_plan.compared}, {kelvin:g} K, median of {len(some)} starts"
        for metric, unit, ours, plain in (
            ("quantum calls over 100 macro steps", "1", "calls", "calls_without"),
            ("position error after the window", "nm", "error_nm", "error_without_nm"),
            ("energy fluctuation", "kJ/mol", "fluctuation_kj_mol", "fluctuation_without_kj_mol"),
        ):
            for name, field in ((ADAPTIVE, ours), ("kernel", plain)):
                value = float(np.median([getattr(row, field) for row in some]))
                verdict.info(recorded(metric, place, name, value, unit, cases=len(some), seed=seed))


def test_control(rows, adaptive, correction, limit, starts, grid, verdict):
    """A limit of zero falls back at once; an infinite one never does; windows of one step change k inside of ours."""
    plain = Method("kernel", correction.found, correction.weights)

    def judged(windows: Sequence[Window], **values: float) -> list[FallbackRow]:
        return fallback_rows(altered(adaptive, **values), plain, windows, grid)

    calm = min(range(STARTS[TRUSTED_K]), key=lambda number: rows[TRUSTED_K][number].residual_kj_mol_nm)
    eager = judged([starts[TRUSTED_K][calm]], limit=0.0)
    verdict.control(measured(NEEDLESS, "300 K", "a limit of zero", float(needless(eager, limit)), "1"), "needless")
    verdict.control(measured(ALARMS, "300 K", "a limit of zero", share_divided(eager), "1"), "alarms")
    never = 1 - share_divided(judged(starts[HOT_K][:1], limit=float("inf")))
    verdict.control(measured(MISSED, "700 K", "an infinite limit", never, "1"), "missed")
    inside = float(sum(row.misplaced for row in judged(starts[HOT_K][:2], window=1)))
    verdict.control(measured(MISPLACED, "700 K", "windows of one macro step", inside, "1"), "misplaced")
