"""Temperature of each element under a thermostat."""

from __future__ import annotations

import pytest

from harness.tasks.kstep.measure.temperature import naive_temperatures_k, temperatures_k, worst_deviation
from harness.tasks.kstep.suites.experiments import thermostatted
from harness.tasks.kstep.suites.measured import measured

SUITE = "temperature"
pytestmark = pytest.mark.tier("nightly")
METRIC = "deviation of a temperature over what is allowed"


@pytest.fixture(scope="module")
def path(method, tier_plan, windows, validation, k):
    window = windows[tier_plan.molecules[0]][0]
    return thermostatted(method, window, k, tier_plan.langevin_ps, validation.options.fresh_seed)


def test_subject(path, method, tier_plan, windows, verdict):
    window = windows[tier_plan.molecules[0]][0]
    found = temperatures_k(path, window.molecule, window.molecule.masses_da)
    element, deviation, allowed = worst_deviation(found, window.temperature_k)
    worst = f"{element}: {found[element][0]:.1f} K"
    verdict.check(measured(METRIC, window.name, method.name, deviation / allowed, "1", worst=worst), "deviation")
    for name, (mean, error) in found.items():
        note = f"standard error {error:.1f} K"
        verdict.info(measured(f"temperature of {name}", window.name, method.name, mean, "K", note=note))


def test_control(path, tier_plan, windows, verdict):
    """Three degrees of freedom for each atom read oxygen at less than half of its temperature."""
    window = windows[tier_plan.molecules[0]][0]
    molecule = window.molecule
    right = temperatures_k(path, molecule, molecule.masses_da)
    naive = naive_temperatures_k(path.velocities_nm_ps, molecule.elements, molecule.masses_da)
    counted = {name: (naive[name], right[name][1]) for name in naive}
    element, deviation, allowed = worst_deviation(counted, window.temperature_k)
    worst = f"{element}: {naive[element]:.1f} K"
    subject = "three degrees of freedom for each atom"
    verdict.control(measured(METRIC, window.name, subject, deviation / allowed, "1", worst=worst), "deviation")
