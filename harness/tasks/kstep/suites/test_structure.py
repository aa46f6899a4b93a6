"""Is the map symplectic, is it reversible, does it conserve momentum and angular momentum?"""

from __future__ import annotations

from harness.tasks.kstep.faults import FAULTS
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import structure_of
from harness.tasks.kstep.suites.measured import measured

SUITE = "structure"
UNITS = {"symplectic": "1", "reversal": "nm", "momentum": "Da nm/ps", "angular_momentum": "Da nm2/ps"}
WORDS = {
    "symplectic": "deviation from a symplectic map",
    "reversal": "deviation after 25 macro steps there and back",
    "momentum": "change of the momentum",
    "angular_momentum": "change of the angular momentum",
}
BROKEN = {"rescaled": ("symplectic", "reversal"), "noise": ("momentum", "angular_momentum")}
"""Fault → the properties that it must violate."""


def test_subject(method, tier_plan, grid, windows, verdict):
    for molecule in tier_plan.molecules:
        window = windows[molecule][0]
        for target, value in structure_of(method, window, grid).items():
            verdict.check(measured(WORDS[target], window.name, method.name, value, UNITS[target]), target)


def test_control(method, tier_plan, grid, windows, verdict):
    """Rescaled velocities are neither symplectic nor reversible; noise on the forces conserves no momentum."""
    window = windows[tier_plan.molecules[0]][0]
    for name, targets in BROKEN.items():
        fault = next(one for one in FAULTS if one.name == name)
        found = structure_of(Method("respa-mmff", method.found, fault=fault), window, grid)
        for target in targets:
            verdict.control(measured(WORDS[target], window.name, fault.words, found[target], UNITS[target]), target)
