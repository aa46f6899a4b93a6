"""Errors after 1, 10 and 100 macro steps next to those of the rivals, and what they cost: the front."""

from __future__ import annotations

from functools import partial

import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import JumpRow, jump_row
from harness.tasks.kstep.suites.figures import front_figure
from harness.tasks.kstep.suites.measured import measured
from harness.tasks.kstep.window import MacroGrid

SUITE = "jump"
BASELINE = "respa-mmff"


def rivals(k: int) -> list[tuple[str, int]]:
    """Method and base steps; velocity Verlet of k has as many quantum calls as RESPA of k, and of k/2 twice as many."""
    halved = [("verlet", k // 2)] if k > 4 else []
    return [(BASELINE, k), ("respa-gfn-ff", k), *halved, ("verlet", k), ("force-field", k)]


@pytest.fixture(scope="module")
def rows(method, tier_plan, grid, windows, validation) -> dict[str, list[JumpRow]]:
    """Molecule → rows of the subject and of its rivals on the same windows."""
    found = {}
    for name in tier_plan.molecules:
        judged = windows[name][: tier_plan.windows]
        mine = jump_row(method, judged, grid)
        others = [
            jump_row(Method(rival, method.found), judged, MacroGrid(100 * grid.k // k + 1, k))
            for rival, k in rivals(grid.k)
        ]
        found[name] = [mine, *others]
        picture = partial(front_figure, found[name], name)
        write(validation.folder, Files(tables={f"front_{name}": found[name]}, figures={f"front_{name}": picture}))
    return found


def against(rows: list[JumpRow], row: JumpRow) -> float:
    """The error after the whole window over that of RESPA with MMFF94 inside."""
    baseline = next(one for one in rows[1:] if one.method == BASELINE)
    return row.position_end_nm / baseline.position_end_nm


def test_subject(rows, method, tier_plan, validation, verdict):
    for molecule, found in rows.items():
        mine = found[0]
        about = {"cases": tier_plan.windows, "seed": validation.options.fresh_seed}
        case = f"{molecule}, k = {mine.k}, 300 K"
        ratio = measured("position error over RESPA-MMFF's", case, method.name, against(found, mine), "1", **about)
        verdict.check(ratio, "against_respa")
        error = measured("position error after 100 steps", case, method.name, mine.position_end_nm, "nm", **about)
        verdict.check(error, "faster_parted")
        for row in found:
            place = f"{molecule}, k = {row.k}"
            verdict.info(measured("position error after the window", place, row.method, row.position_end_nm, "nm"))
            verdict.info(measured("quantum calls for each ps", place, row.method, row.calls_per_ps, "1/ps"))
            verdict.info(measured("wall time for each ps", place, row.method, row.seconds_per_ps, "s/ps"))


def test_control(rows, tier_plan, verdict):
    """MMFF94 alone, without any quantum call, and velocity Verlet of 2 fs."""
    found = rows[tier_plan.molecules[0]]
    alone = next(row for row in found if row.method == "force-field")
    ratio = measured(
        "position error over RESPA-MMFF's", tier_plan.molecules[0], "MMFF94 alone", against(found, alone), "1"
    )
    verdict.control(ratio, "against_respa")
    error = measured(
        "position error after 100 steps", tier_plan.molecules[0], "MMFF94 alone", alone.position_end_nm, "nm"
    )
    verdict.control(error, "faster_parted")
