"""All methods at equal numbers of quantum calls: drift, temperature, spectrum; and the wall time of equal quality."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from harness.errors import InputError
from harness.suites.running import Files, write
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.figures import equal_calls_figure
from harness.tasks.kstep.suites.front import FrontRow, dominators, front_row, largest_k, seconds_per_ps
from harness.tasks.kstep.suites.measured import measured, recorded

SUITE = "front"
pytestmark = pytest.mark.tier("nightly")
EQUAL = ("respa-mmff", "respa-gfn-ff", "verlet", "rattle", "heavy-hydrogens")
"""Methods of one quantum call for each macro step. (The network has none, and no energy that could drift.)"""
PLAIN = ("verlet", "respa-mmff")
"""Methods whose wall time at equal quality is compared."""
DOMINATED = "methods better in drift, temperature or spectrum at equal calls, and worse in none"
TARGETS = {
    "drift": ("nve", "drift"),
    "temperature": ("temperature", "deviation"),
    "spectrum_cm": ("spectrum", "peak_cm"),
}
"""Field of a row → suite and target by which it is met."""
NOT_KEPT = "the thermostat keeps no bond at its length"
SPEED = "speed-up in wall time at equal drift and spectrum error"


@pytest.fixture(scope="module")
def rows(method, tier_plan, runs, k, validation) -> list[FrontRow]:
    """The subject first, then the others; one that is not made for the molecule is left out."""
    molecule = tier_plan.compared
    found = [front_row(runs, method, molecule, k, tier_plan.starts_of(molecule))]
    for name in EQUAL:
        if name != method.name:
            found += _row(runs, Method(name, method.found), molecule, k, tier_plan.compared_starts)
    picture = partial(equal_calls_figure, found, method.name)
    write(validation.folder, Files(tables={"equal_calls": found}, figures={"equal_calls": picture}))
    return found


def _row(runs, method: Method, molecule: str, k: int, starts: int) -> list[FrontRow]:
    try:
        return [front_row(runs, method, molecule, k, starts)]
    except InputError:
        return []


@pytest.fixture(scope="module")
def targets(validation) -> dict[str, float]:
    """Field of a row → value of its target."""
    return {field: float(validation.suites[suite].target(name).value) for field, (suite, name) in TARGETS.items()}


def test_equal_calls(rows, targets, method, tier_plan, validation, verdict):
    better = dominators(rows, rows[0], targets)
    case, seed = f"{tier_plan.compared}, k = {rows[0].k}", validation.options.fresh_seed
    names = ", ".join(row.method for row in better)
    count = measured(DOMINATED, case, method.name, float(len(better)), "1", worst=names, seed=seed)
    verdict.check(count, "dominated")
    for row in rows:
        place = f"{tier_plan.compared}, k = {row.k}, {row.calls_per_ps:.0f} calls for each ps"
        for metric, value, unit, why in (
            ("energy drift, |mean| + 2 SE", row.drift, "kJ/mol/ps", f"{row.method} computes no quantum energy"),
            ("deviation of a temperature over what is allowed", row.temperature, "1", NOT_KEPT),
            ("shift of a peak", row.spectrum_cm, "cm-1", ""),
        ):
            verdict.info(recorded(metric, place, row.method, value, unit, absent=why if np.isnan(value) else ""))


def test_wall_time(method, tier_plan, windows, validation, verdict, k):
    """Each rival with the largest step that meets the targets of drift and linear map, all in turn in one run."""
    molecule, window = tier_plan.compared, windows[tier_plan.compared][0]
    shift = float(validation.suites["map"].target("shift_cm").value)
    others = [(Method(name, method.found), largest_k(Method(name, method.found), molecule, shift)) for name in PLAIN]
    plain = (Method("respa-mmff", method.found), k)
    found = seconds_per_ps([(method, k), plain, *others], window)
    mine, same, *equal = np.min(found, axis=1)
    for (other, steps), seconds in zip(others, equal, strict=True):
        case = f"{molecule}, against {other.name}, k = {steps}"
        note = f"{mine:.3f} s for each ps against {seconds:.3f} s, the shortest of {found.shape[1]}"
        verdict.check(measured(SPEED, case, method.name, seconds / mine, "1", note=note), "speed_up")
    note = f"{mine:.3f} s for each ps against {same:.3f} s"
    ratio = measured(
        "wall time over RESPA-MMFF's at equal calls", f"{molecule}, k = {k}", method.name, mine / same, "1", note=note
    )
    verdict.check(ratio, "wall_over_respa")


def test_control(rows, targets, method, tier_plan, windows, verdict):
    """Velocity Verlet of 2 fs is worse than another in everything; RESPA that also follows small steps is no faster."""
    verlet = next(row for row in rows if row.method == "verlet")
    better = dominators(rows, verlet, targets)
    names = ", ".join(row.method for row in better)
    case = f"{tier_plan.compared}, k = {verlet.k}"
    verdict.control(measured(DOMINATED, case, "verlet", float(len(better)), "1", worst=names), "dominated")
    pair = [(Method("verlet", method.found), 1), (Method("respa-mmff", method.found), 4)]
    slow, fast = np.min(seconds_per_ps(pair, windows[tier_plan.compared][0]), axis=1)
    one = measured(SPEED, case, "velocity Verlet of 0.25 fs against RESPA-MMFF", fast / slow, "1")
    verdict.control(one, "speed_up")
