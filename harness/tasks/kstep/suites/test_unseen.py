"""Molecules without labels of their own: the correction that all molecules share, next to RESPA with MMFF94."""

from __future__ import annotations

import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.forces import Mmff
from harness.tasks.kstep.library import molecule_names
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.shared.learning import Recipe, learn, samples, shuffled
from harness.tasks.kstep.shared.weights import load
from harness.tasks.kstep.suites.measured import measured, recorded
from harness.tasks.kstep.suites.unseen import UnseenRow, leaked, mean_ratio, packaged_training, unseen_rows
from harness.tasks.kstep.window import MacroGrid

SUITE = "unseen"
pytestmark = pytest.mark.tier("nightly")
METRIC = "position error over RESPA-MMFF's, molecules without labels"
PARTS = {"test": "unseen", "large": "larger"}
"""Part of the split → target."""
LEAKED = "judged molecules in the training of the correction"
JUDGED = tuple(name for part in PARTS for name in molecule_names(part))
CONTROL = Recipe(("methanol", "ethanol", "acetone", "methylamine", "benzene"), labels=40)


@pytest.fixture(scope="module")
def windows(method, tier_plan, validation):
    """Part of the split → windows of its molecules."""
    seed, grid = validation.options.fresh_seed, MacroGrid(101, tier_plan.k)
    names = {part: tuple(molecule_names(part)) for part in PARTS}
    count = {part: tier_plan.unseen * len(names[part]) for part in PARTS}
    return {part: Starts(part, names[part], 300.0, grid).draw(count[part], seed, method.found) for part in PARTS}


def test_subject(windows, method, tier_plan, validation, verdict):
    rows: list[UnseenRow] = []
    for part, target in PARTS.items():
        found = unseen_rows(method.found, windows[part], MacroGrid(101, tier_plan.k), load(Mmff.name))
        about = {"cases": len(windows[part]), "seed": validation.options.fresh_seed}
        verdict.check(measured(METRIC, f"{part} molecules", "shared", mean_ratio(found), "1", **about), target)
        for row in found:
            verdict.info(recorded(METRIC, row.molecule, "shared", row.ratio, "1", cases=row.windows))
        rows += found
    write(validation.folder, Files(tables={"unseen": rows}))
    both = leaked(packaged_training(), JUDGED)
    verdict.check(measured(LEAKED, "test and large", "shared", float(len(both)), "1", worst=", ".join(both)), "leaked")


def test_control(windows, method, tier_plan, verdict):
    """A correction that is fitted to shuffled labels; a training that has seen a judged molecule."""
    control = learn(CONTROL, shuffled(samples(CONTROL, method.found), 1), method.found).correction
    found = unseen_rows(method.found, windows["test"], MacroGrid(101, tier_plan.k), control)
    for target in PARTS.values():
        verdict.control(measured(METRIC, "test molecules", "shuffled labels", mean_ratio(found), "1"), target)
    both = leaked((*CONTROL.molecules, JUDGED[0]), JUDGED)
    case = measured(LEAKED, "test and large", f"a training with {JUDGED[0]}", float(len(both)), "1")
    verdict.control(case, "leaked")
