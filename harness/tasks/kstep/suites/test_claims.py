"""Claims that do not hold: an experiment for each, met where it refutes the claim again."""

from __future__ import annotations

import pytest

from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.suites.claims import CLAIMS
from harness.tasks.kstep.suites.measured import measured
from harness.tasks.kstep.window import MacroGrid

SUITE = "claims"
pytestmark = pytest.mark.tier("nightly")
WINDOWS = 4


@pytest.fixture(scope="module")
def starts(method, validation):
    """Molecule → windows from the fresh seed of the run."""
    seed, grid = validation.options.fresh_seed, MacroGrid(101, 8)
    names = dict.fromkeys(claim.molecule for claim in CLAIMS)
    return {name: Starts(name, (name,), 300.0, grid).draw(WINDOWS, seed, method.found) for name in names}


def test_claims(starts, method, validation, verdict):
    about = {"cases": WINDOWS, "seed": validation.options.fresh_seed}
    for claim in CLAIMS:
        note = f"claimed: {claim.claimed}; here {claim.found}"
        value = claim.measure(method.found, starts[claim.molecule])
        verdict.check(
            measured(claim.metric, claim.molecule, "the claim", value, claim.unit, note=note, **about), claim.target
        )


def test_control(starts, method, verdict):
    """The same experiment on what does differ in what was claimed must miss the target."""
    for claim in CLAIMS:
        if claim.control is not None:
            value = claim.control(method.found, starts[claim.molecule])
            verdict.control(measured(claim.metric, claim.molecule, claim.control_name, value, claim.unit), claim.target)
