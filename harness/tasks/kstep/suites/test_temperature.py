"""Temperature of each element under a thermostat."""

from __future__ import annotations

import pytest

from harness.tasks.kstep.library import load
from harness.tasks.kstep.measure.temperature import naive_temperatures_k, temperatures_k, worst_deviation
from harness.tasks.kstep.suites.measured import measured

SUITE = "temperature"
pytestmark = pytest.mark.tier("nightly")
METRIC = "deviation of a temperature over what is allowed"


@pytest.fixture(scope="module")
def molecule(tier_plan):
    """The first one of the tier."""
    return load(tier_plan.molecules[0])


@pytest.fixture(scope="module")
def path(method, molecule, runs, k):
    return runs.thermal(method, molecule.name, k)


def test_subject(path, method, molecule, tier_plan, validation, verdict):
    window = f"{molecule.name}, {tier_plan.langevin_ps:g} ps of Langevin"
    about = {"seed": validation.options.fresh_seed}
    if path.fault:
        verdict.check(measured(METRIC, window, method.name, float("inf"), "1", worst=path.fault, **about), "deviation")
        return
    found = temperatures_k(path, molecule, molecule.masses_da)
    element, deviation, allowed = worst_deviation(found, 300.0)
    worst = f"{element}: {found[element][0]:.1f} K"
    verdict.check(measured(METRIC, window, method.name, deviation / allowed, "1", worst=worst, **about), "deviation")
    for name, (mean, error) in found.items():
        note = f"standard error {error:.1f} K"
        verdict.info(measured(f"temperature of {name}", window, method.name, mean, "K", note=note, **about))


def test_control(path, molecule, verdict):
    """Three degrees of freedom for each atom read oxygen at less than half of its temperature."""
    right = temperatures_k(path, molecule, molecule.masses_da)
    naive = naive_temperatures_k(path.velocities_nm_ps, molecule.elements, molecule.masses_da)
    counted = {name: (naive[name], right[name][1]) for name in naive}
    element, deviation, allowed = worst_deviation(counted, 300.0)
    worst = f"{element}: {naive[element]:.1f} K"
    subject = "three degrees of freedom for each atom"
    verdict.control(measured(METRIC, molecule.name, subject, deviation / allowed, "1", worst=worst), "deviation")
