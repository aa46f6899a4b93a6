"""Claims that do not hold: an experiment for each, met where it refutes the claim again."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.kstep.claims import CLAIMS, share_beyond
from harness.tasks.kstep.jump.weights import load_jump
from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.suites.measured import measured
from harness.tasks.kstep.window import MacroGrid

SUITE = "claims"
pytestmark = pytest.mark.tier("nightly")
MOLECULE = "methanol"
WINDOWS = 4


@pytest.fixture(scope="module")
def starts(method, validation):
    seed = validation.options.fresh_seed
    return Starts(MOLECULE, (MOLECULE,), 300.0, MacroGrid(101, 8)).draw(WINDOWS, seed, method.found)


def test_claims(starts, method, validation, verdict):
    about = {"cases": WINDOWS, "seed": validation.options.fresh_seed}
    for claim in CLAIMS:
        note = f"claimed: {claim.claimed}; here {claim.found}"
        value = claim.measure(method.found, starts)
        verdict.check(
            measured(claim.metric, MOLECULE, "the claim", value, claim.unit, note=note, **about), claim.target
        )


def test_control(starts, method, verdict):
    """The bounds of the network, six deviations at 600 K for each element, are exceeded by no jump."""
    k = base_steps("jump", 8)
    bounds = load_jump(k, Step(k).tau_ps, starts[0].molecule.numbers).bounds[:, 1].double().numpy()
    share = share_beyond(method.found, starts, lambda window: bounds[np.array(window.molecule.numbers)], k)
    claim = next(one for one in CLAIMS if one.target == "fixed_bound")
    verdict.control(measured(claim.metric, MOLECULE, "bounds for each element", share, claim.unit), claim.target)
