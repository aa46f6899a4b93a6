"""Errors after 1, 10 and 100 macro steps next to those of the rivals, and what they cost: the front."""

from __future__ import annotations

from functools import partial

import pytest

from harness.errors import InputError
from harness.suites.running import Files, write
from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import JumpRow, jump_row
from harness.tasks.kstep.suites.figures import front_figure
from harness.tasks.kstep.suites.measured import measured, recorded
from harness.tasks.kstep.window import MacroGrid

SUITE = "jump"
BASELINE = "respa-mmff"
EQUAL = ("respa-gfn-ff", "verlet", "rattle", "heavy-hydrogens", "force-field")
"""Rivals of as many base steps as the subject: one quantum call for each macro step, the last without any."""

NETWORKS = ("jump", "jump-corrected")
REPAIRING = ("jump-corrected", "kernel-adaptive")
"""Methods that check their own steps, and repeat or replace some."""


def rivals(k: int) -> list[tuple[str, int]]:
    """Method and base steps; velocity Verlet of k/2 has twice as many quantum calls; networks have a k of their own."""
    halved = [("verlet", k // 2)] if k > 4 else []
    networks = [(name, base_steps(name, k)) for name in NETWORKS]
    return [(BASELINE, k), *((name, k) for name in EQUAL), *halved, *networks]


@pytest.fixture(scope="module")
def rows(method, tier_plan, grid, windows, validation) -> dict[str, list[JumpRow]]:
    """Molecule → rows of the subject and of its rivals on the same windows."""
    found = {}
    for name in tier_plan.molecules:
        judged = windows[name][: tier_plan.windows]
        found[name] = [jump_row(method, judged, grid)]
        for rival, k in rivals(grid.k):
            if (rival, k) != (method.name, grid.k):
                found[name] += _row(Method(rival, method.found), judged, MacroGrid(100 * grid.k // k + 1, k))
        picture = partial(front_figure, found[name], name)
        write(validation.folder, Files(tables={f"front_{name}": found[name]}, figures={f"front_{name}": picture}))
    return found


def _row(rival: Method, windows, grid: MacroGrid) -> list[JumpRow]:
    """None where a rival is not made for this molecule, such as a network that has not seen its elements."""
    try:
        return [jump_row(rival, windows, grid)]
    except InputError:
        return []


def against(rows: list[JumpRow], row: JumpRow) -> float:
    """The error after the whole window over that of RESPA with MMFF94 inside."""
    baseline = next(one for one in rows if one.method == BASELINE)
    return row.position_end_nm / baseline.position_end_nm


def test_subject(rows, method, tier_plan, validation, verdict):
    about = {"cases": tier_plan.windows, "seed": validation.options.fresh_seed}
    for molecule, found in rows.items():
        mine = found[0]
        case = f"{molecule}, k = {mine.k}, 300 K"
        ratio = measured("position error over RESPA-MMFF's", case, method.name, against(found, mine), "1", **about)
        verdict.check(ratio, "against_respa")
        error = measured("position error after 100 steps", case, method.name, mine.position_end_nm, "nm", **about)
        verdict.check(error, "faster_parted")
        verdict.check(measured("error of mean bonds", case, method.name, mine.bonds_nm, "nm", **about), "bonds")
        for row in found:
            place = f"{molecule}, k = {row.k}"
            verdict.info(recorded("position error after 1 step", place, row.method, row.position_1_nm, "nm"))
            verdict.info(recorded("position error after 10 steps", place, row.method, row.position_10_nm, "nm"))
            verdict.info(recorded("position error after the window", place, row.method, row.position_end_nm, "nm"))
            verdict.info(recorded("quantum calls for each ps", place, row.method, row.calls_per_ps, "1/ps"))
            verdict.info(recorded("wall time for each ps", place, row.method, row.seconds_per_ps, "s/ps"))
            verdict.info(recorded("failed runs", place, row.method, row.failed, "1"))
            if row.method in REPAIRING:
                verdict.info(recorded("steps made again", place, row.method, row.retries, "1"))
                verdict.info(recorded("steps replaced", place, row.method, row.fallbacks, "1"))


def test_control(rows, tier_plan, verdict):
    """MMFF94 alone, without any quantum call."""
    molecule = tier_plan.molecules[0]
    found = rows[molecule]
    alone = next(row for row in found if row.method == "force-field")
    for metric, value, unit, target in (
        ("position error over RESPA-MMFF's", against(found, alone), "1", "against_respa"),
        ("position error after 100 steps", alone.position_end_nm, "nm", "faster_parted"),
        ("error of mean bonds", alone.bonds_nm, "nm", "bonds"),
    ):
        verdict.control(measured(metric, molecule, "MMFF94 alone", value, unit), target)
