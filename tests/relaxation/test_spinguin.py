"""Redfield's matrix against spinguin, an independent program, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.tasks.spins.relaxation.dense_matrix import redfield_matrix
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import LONGITUDINAL, PLUS, ProductStates
from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.relaxation import Relaxation
from tests.peers import need

PLACES = [[0.0, 0.0, 0.0], [1.1, -1.4, 0.6], [2.3, 0.4, 1.5]]
GROUPS = [
    ["I(z,0)", "I(z,1)", "I(z,2)", "I(z,0)*I(z,1)*I(z,2)"],
    ["I(+,0)", "I(+,1)", "I(+,2)"],
    ["I(+,0)*I(z,1)", "I(+,0)*I(z,2)", "I(z,0)*I(+,1)"],
]
LIMIT = 1e-6


@pytest.mark.parametrize("tau_c_s", [2e-11, 5e-10, 5e-9])
def test_elements_of_the_matrix_agree(tau_c_s: float) -> None:
    """Auto and cross relaxation, and the cross correlation of dipolar couplings; spinguin has dρ/dt = -iL ρ - R ρ."""
    need("spinguin")
    requested = {
        "isotopes": ["1H"] * 3, "positions_angstrom": PLACES, "tau_c_s": tau_c_s, "field_t": 14.1, "groups": GROUPS,
    }  # fmt: skip
    script = Path(__file__).with_name("spinguin_rates.py")
    done = subprocess.run(
        [sys.executable, script], input=json.dumps(requested), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-500:]
    theirs = json.loads(done.stdout)
    relaxation = Relaxation(
        "redfield", positions_angstrom=np.array(PLACES), tau_c_s=tau_c_s, field_t=14.1, rlx_keep="labframe",
        gyromagnetic_ratios={"1H": theirs.pop("gammas")[0][0]},
    )  # fmt: skip
    states = ProductStates.complete(3)
    laboratory = LaboratorySystem.of(SpinSystem(np.zeros(3), np.zeros((3, 3)), relaxation=relaxation))
    ours = redfield_matrix(laboratory, states)
    for group in GROUPS:
        places = [states.place(_numbers(name)) for name in group]
        block = ours[np.ix_(places, places)]
        assert np.abs(block + np.array(theirs[group[0]])).max() < LIMIT * np.abs(block).max()


def _numbers(name: str) -> dict[int, int]:
    """ "I(+,0)*I(z,1)" → the single-spin states by spin."""
    kinds = {"+": PLUS, "z": LONGITUDINAL}
    factors = [factor.removeprefix("I(").removesuffix(")").split(",") for factor in name.split("*")]
    return {int(spin): kinds[kind] for kind, spin in factors}
