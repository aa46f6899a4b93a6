"""Constant energy: failed runs, fluctuation, and (from the nightly tier on) the drift over several starts."""

from __future__ import annotations

import pytest

from harness.tasks.kstep.faulty import faulty_method
from harness.tasks.kstep.measure.drift import Drift, drift
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import energy_paths
from harness.tasks.kstep.suites.measured import measured

SUITE = "nve"
DRIFT = "energy drift, |mean| + 2 SE"


@pytest.fixture(scope="module")
def drifts(method, tier_plan, windows, k) -> dict[str, tuple[Drift, Drift]]:
    """Molecule → of the subject and of RESPA with MMFF94 inside."""
    found = {}
    for name in tier_plan.molecules:
        starts = windows[name][: tier_plan.starts]
        both = (method, Method("respa-mmff", method.found))
        mine, plain = (drift(energy_paths(one, starts, k, tier_plan.nve_ps)) for one in both)
        found[name] = (mine, plain)
    return found


def test_subject(drifts, method, tier_plan, verdict):
    for molecule, (mine, plain) in drifts.items():
        case = f"{molecule}, {mine.starts} starts of {tier_plan.nve_ps:g} ps"
        verdict.check(measured("failed runs", case, method.name, float(mine.failed), "1"), "failed")
        absent = "" if mine.determined else f"{method.name} computes no quantum energy"
        ratio = mine.rms_kj_mol / plain.rms_kj_mol
        fluctuation = measured("energy fluctuation over RESPA-MMFF's", case, method.name, ratio, "1", absent=absent)
        verdict.check(fluctuation, "fluctuation")
        note = f"mean {mine.mean:+.4f}, standard error {mine.standard_error:.4f}"
        bound = measured(DRIFT, case, method.name, mine.bound, "kJ/mol/ps", note=note, absent=absent)
        verdict.check(bound, "drift") if tier_plan.judges_drift else verdict.info(bound)
        verdict.info(measured(DRIFT, case, "respa-mmff", plain.bound, "kJ/mol/ps"))


def test_control(method, tier_plan, windows, verdict, k):
    """Noise on the quantum forces heats; velocity Verlet of 3 fs does not survive."""
    name = tier_plan.molecules[0]
    starts = windows[name][:2]
    found = drift(energy_paths(faulty_method("noise", method.found), starts, k, 1.0))
    verdict.control(measured(DRIFT, name, "noise on the forces", found.bound, "kJ/mol/ps"), "drift")
    broken = drift(energy_paths(Method("verlet", method.found), starts, 12, 1.0))
    verdict.control(measured("failed runs", name, "velocity Verlet of 3 fs", float(broken.failed), "1"), "failed")
