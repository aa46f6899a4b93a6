"""Constant energy: failed runs, fluctuation, and (from the nightly tier on) the drift over several starts."""

from __future__ import annotations

from functools import partial

import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.faulty import faulty_method
from harness.tasks.kstep.measure.drift import drift
from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import energy_path
from harness.tasks.kstep.suites.figures import drift_figure
from harness.tasks.kstep.suites.measured import measured, recorded
from harness.tasks.kstep.suites.runs import EnergyRuns
from harness.tasks.kstep.window import MacroGrid

SUITE = "nve"
DRIFT = "energy drift, |mean| + 2 SE"
UNIT = "kJ/mol/ps"
BASELINE = "respa-mmff"
HOT_K = 700.0
HOT_STARTS = 4


@pytest.fixture(scope="module")
def energies(method, tier_plan, runs, k, validation) -> dict[str, tuple[EnergyRuns, EnergyRuns]]:
    """Molecule → of the subject and of RESPA with MMFF94 inside."""
    plain = Method(BASELINE, method.found)
    found = {
        name: (runs.energy(method, name, k, tier_plan.starts_of(name)), runs.energy(plain, name, k, tier_plan.starts))
        for name in tier_plan.molecules
    }
    if tier_plan.judges_drift:
        slopes = {name: {method.name: mine.slopes, BASELINE: plain.slopes} for name, (mine, plain) in found.items()}
        write(validation.folder, Files(documents={"nve": slopes}, figures={"nve": partial(drift_figure, slopes)}))
    return found


def test_subject(energies, method, tier_plan, validation, verdict):
    seed = validation.options.fresh_seed
    for molecule, (mine, plain) in energies.items():
        about = {"cases": mine.drift.starts, "seed": seed}
        case = f"{molecule}, {mine.drift.starts} starts of {tier_plan.nve_ps:g} ps"
        verdict.check(measured("failed runs", case, method.name, float(mine.drift.failed), "1", **about), "failed")
        absent = "" if mine.drift.determined else f"{method.name} computes no quantum energy"
        ratio = mine.drift.rms_kj_mol / plain.drift.rms_kj_mol
        fluctuation = measured(
            "energy fluctuation over RESPA-MMFF's", case, method.name, ratio, "1", absent=absent, **about
        )
        verdict.check(fluctuation, "fluctuation")
        bound = measured(DRIFT, case, method.name, mine.drift.bound, UNIT, note=words(mine), absent=absent, **about)
        if tier_plan.judges_drift:
            verdict.check(bound, "drift")
        else:
            verdict.info(bound)
        place, starts = f"{molecule}, {plain.drift.starts} starts of {tier_plan.nve_ps:g} ps", plain.drift.starts
        verdict.info(
            recorded(DRIFT, place, BASELINE, plain.drift.bound, UNIT, note=words(plain), cases=starts, seed=seed)
        )


@pytest.mark.tier("nightly")
def test_larger_steps(method, tier_plan, runs, validation, verdict):
    """The drift with more base steps in a macro step: a goal."""
    molecule, starts = tier_plan.compared, tier_plan.further_starts
    k = base_steps(method.name, tier_plan.further, method.weights)
    case = f"{molecule}, k = {k}, {starts} starts of {tier_plan.nve_ps:g} ps"
    mine, plain = (runs.energy(one, molecule, k, starts) for one in (method, Method(BASELINE, method.found)))
    about = {"cases": mine.drift.starts, "seed": validation.options.fresh_seed}
    absent = "" if mine.drift.determined else f"{method.name} computes no quantum energy"
    bound = measured(DRIFT, case, method.name, mine.drift.bound, UNIT, note=words(mine), absent=absent, **about)
    verdict.check(bound, "drift_further")
    verdict.info(recorded(DRIFT, case, BASELINE, plain.drift.bound, UNIT, note=words(plain), **about))


@pytest.mark.tier("nightly")
def test_hot(method, tier_plan, validation, verdict, k):
    """Starts at 700 K, hotter than every label: recorded. The suite out of distribution judges the flag."""
    molecule, seed = tier_plan.compared, validation.options.fresh_seed
    starts = Starts(molecule, (molecule,), HOT_K, MacroGrid(101, k)).draw(HOT_STARTS, seed, method.found)
    for one in (method, Method(BASELINE, method.found)):
        found = drift([energy_path(one, window, k, tier_plan.hot_ps) for window in starts])
        case = f"{molecule}, {HOT_K:g} K, {HOT_STARTS} starts of {tier_plan.hot_ps:g} ps"
        absent = "" if found.determined else f"{one.name} computes no quantum energy"
        note = f"mean {found.mean:+.4f}, standard error {found.standard_error:.4f}, {found.failed} failed"
        verdict.info(recorded(DRIFT, case, one.name, found.bound, UNIT, note=note, absent=absent))


def test_control(method, tier_plan, windows, verdict, k):
    """Noise on the quantum forces heats; velocity Verlet of 3 fs does not survive."""
    name = tier_plan.molecules[0]
    starts = windows[name][:2]
    noise = faulty_method("noise", method.found)
    found = drift([energy_path(noise, window, k, 1.0) for window in starts])
    verdict.control(measured(DRIFT, name, "noise on the forces", found.bound, UNIT), "drift")
    broken = drift([energy_path(Method("verlet", method.found), window, 12, 1.0) for window in starts])
    verdict.control(measured("failed runs", name, "velocity Verlet of 3 fs", float(broken.failed), "1"), "failed")


def words(found: EnergyRuns) -> str:
    """Mean, standard error and fluctuation in words."""
    one = found.drift
    return f"mean {one.mean:+.4f}, standard error {one.standard_error:.4f}, fluctuation {one.rms_kj_mol:.3f} kJ/mol"
