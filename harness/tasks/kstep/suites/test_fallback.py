"""Does k fall where the residual says that the correction is wrong, nowhere else, and only between windows?

A start at 300 or 700 K has an energy of its own, which scatters by a fifth in a molecule of nine atoms: single runs are
judged by their residuals, temperatures by the share of many runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from harness.report.records import Measurement
from harness.suites.intervals import binomial
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
STARTS = {TRUSTED_K: 16, HOT_K: 16}
FEW = 6
"""Runs of a control: if all six are wrong, the interval of their share begins at 0.54."""
NEEDLESS = "macro steps divided, no residual above that of the labels"
MISSED = "runs without a divided step, a residual above that of the labels"
ALARMS, QUIET = "share of runs at 300 K with a divided step", "share of runs at 700 K without a divided step"
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


def missed(rows: Sequence[FallbackRow], limit: float) -> int:
    """Runs in which a window that another one follows had a residual above the limit, and no macro step was divided."""
    return sum(row.residual_kj_mol_nm > limit and not row.divided for row in rows)


def share(metric: str, case: str, subject: str, wrong: Sequence[bool], seed: int) -> Measurement:
    """The share of runs that are wrong, with its interval."""
    count = sum(wrong)
    number = measured(metric, case, subject, count / len(wrong), "1", cases=len(wrong), seed=seed)
    return replace(number, interval=binomial(count, len(wrong)))


def test_subject(rows, limit, tier_plan, validation, verdict):
    cold, hot = rows[TRUSTED_K], rows[HOT_K]
    every, seed = [*cold, *hot], validation.options.fresh_seed
    about = {"cases": len(every), "seed": seed, "note": f"the weights state {limit:.1f} kJ/mol/nm"}
    for metric, value, target in (
        (NEEDLESS, needless(every, limit), "needless"),
        (MISSED, missed(every, limit), "missed"),
        (MISPLACED, sum(row.misplaced for row in every), "misplaced"),
    ):
        case = f"{tier_plan.compared}, {len(every)} starts"
        verdict.check(measured(metric, case, ADAPTIVE, float(value), "1", **about), target)
    for metric, wrong, target in (
        (ALARMS, [bool(row.divided) for row in cold], "alarms"),
        (QUIET, [not row.divided for row in hot], "quiet"),
    ):
        verdict.check(share(metric, f"{tier_plan.compared}, {len(wrong)} starts", ADAPTIVE, wrong, seed), target)
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


def test_control(rows, adaptive, correction, limit, starts, grid, validation, verdict):
    """A limit of zero falls back at once; an infinite one never does; windows of one step change k inside of ours."""
    plain, seed = Method("kernel", correction.found, correction.weights), validation.options.fresh_seed

    def judged(windows: Sequence[Window], **values: float) -> list[FallbackRow]:
        return fallback_rows(altered(adaptive, **values), plain, windows, grid)

    def ordered(kelvin: float) -> list[Window]:
        by_residual = sorted(range(STARTS[kelvin]), key=lambda number: rows[kelvin][number].residual_kj_mol_nm)
        return [starts[kelvin][number] for number in by_residual]

    eager = judged(ordered(TRUSTED_K)[:FEW], limit=0.0)
    verdict.control(measured(NEEDLESS, "300 K", "a limit of zero", float(needless(eager, limit)), "1"), "needless")
    divided = [bool(row.divided) for row in eager]
    verdict.control(share(ALARMS, "300 K", "a limit of zero", divided, seed), "alarms")
    never = judged(ordered(HOT_K)[-FEW:], limit=float("inf"))
    verdict.control(measured(MISSED, "700 K", "an infinite limit", float(missed(never, limit)), "1"), "missed")
    quiet = [not row.divided for row in never]
    verdict.control(share(QUIET, "700 K", "an infinite limit", quiet, seed), "quiet")
    inside = float(sum(row.misplaced for row in judged(ordered(HOT_K)[-2:], window=1)))
    verdict.control(measured(MISPLACED, "700 K", "windows of one macro step", inside, "1"), "misplaced")
