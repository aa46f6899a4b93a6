"""A molecule in water: failed runs, fluctuation and drift at constant energy, with nothing rescaled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from harness.tasks.kstep.faults import Changed
from harness.tasks.kstep.forces import Counted
from harness.tasks.kstep.library import load
from harness.tasks.kstep.measure.drift import Drift, drift
from harness.tasks.kstep.qmmm import Cluster, cluster_of, energy_paths
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.suites.measured import measured

SUITE = "qmmm"
pytestmark = pytest.mark.tier("nightly")
SOLUTE, WATERS = "methanol", 6
STARTS, LENGTH_PS = 4, 4.0
LONG_STARTS, LONG_PS = 16, 8.0
"""Of the runs whose drift is judged: one start in eight has a slope of some 0.1 kJ/mol/ps of either sign, which four
starts of 4 ps cannot average."""
SMALL_STEPS = 2
"""Base steps of velocity Verlet that the fluctuation is compared with: four times as many quantum calls as k = 8."""
UNSTABLE_STEPS = 12
"""Base steps that velocity Verlet does not survive with bonds to hydrogen."""
DRIFT, FLUCTUATION = "energy drift, |mean| + 2 SE", "energy fluctuation over that of velocity Verlet of 0.5 fs"


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return cluster_of(load(SOLUTE), WATERS)


@pytest.fixture(scope="module")
def drifts(cluster, method, tier_plan, validation) -> dict[tuple[str, int], Drift]:
    """(Method, base steps) → drift over the same starts."""
    seed = validation.options.fresh_seed
    starts = [cluster.start(300.0, seed + number) for number in range(STARTS)]

    def of(name: str, k: int) -> Drift:
        return drift(energy_paths(cluster, name, method.found, Step(k), starts, LENGTH_PS))

    k = tier_plan.k
    steps = (SMALL_STEPS, k // 2, k, UNSTABLE_STEPS)
    every = (("kernel", k), ("respa-mmff", k), *(("verlet", some) for some in steps))
    return {one: of(*one) for one in every}


@pytest.fixture(scope="module")
def long_runs(cluster, method, tier_plan, validation) -> Drift:
    """The correction over more and longer runs."""
    seed = validation.options.fresh_seed
    starts = [cluster.start(300.0, seed + number) for number in range(LONG_STARTS)]
    return drift(energy_paths(cluster, "kernel", method.found, Step(tier_plan.k), starts, LONG_PS))


def test_subject(drifts, long_runs, cluster, tier_plan, validation, verdict):
    mine, small = drifts["kernel", tier_plan.k], drifts["verlet", SMALL_STEPS]
    seed, name = validation.options.fresh_seed, cluster.molecule.name
    case, about = f"{name}, {LONG_STARTS} starts of {LONG_PS:g} ps", {"cases": LONG_STARTS, "seed": seed}
    verdict.check(measured("failed runs", case, "kernel", float(long_runs.failed), "1", **about), "failed")
    bound = measured(DRIFT, case, "kernel", long_runs.bound, "kJ/mol/ps", note=words(long_runs), **about)
    verdict.check(bound, "drift")
    case, about = f"{name}, {STARTS} starts of {LENGTH_PS:g} ps", {"cases": STARTS, "seed": seed}
    ratio = mine.rms_kj_mol / small.rms_kj_mol
    verdict.check(measured(FLUCTUATION, case, "kernel", ratio, "1", **about), "fluctuation")
    for (one, k), found in drifts.items():
        subject = f"{one}, {0.25 * k:g} fs"
        if found.failed:
            verdict.info(measured("failed runs", case, subject, float(found.failed), "1", **about))
        else:
            verdict.info(measured(DRIFT, case, subject, found.bound, "kJ/mol/ps", note=words(found), **about))


def test_control(drifts, cluster, method, tier_plan, validation, verdict):
    """Velocity Verlet of 3 fs does not survive, with half of the macro step fluctuates; noise on the forces heats."""
    k, case = tier_plan.k, cluster.molecule.name
    failed = float(drifts["verlet", UNSTABLE_STEPS].failed)
    subject = f"velocity Verlet of {0.25 * UNSTABLE_STEPS:g} fs"
    verdict.control(measured("failed runs", case, subject, failed, "1"), "failed")
    ratio = drifts["verlet", k // 2].rms_kj_mol / drifts["verlet", SMALL_STEPS].rms_kj_mol
    subject = f"velocity Verlet of {0.125 * k:g} fs"
    verdict.control(measured(FLUCTUATION, case, subject, ratio, "1"), "fluctuation")
    noisy = Noisy(cluster.molecule, cluster.solute)
    starts = [cluster.start(300.0, validation.options.fresh_seed + number) for number in range(2)]
    heated = drift(energy_paths(noisy, "respa-mmff", method.found, Step(k), starts, 1.0))
    verdict.control(measured(DRIFT, case, "noise of 20 kJ/mol/nm on the forces", heated.bound, "kJ/mol/ps"), "drift")


@dataclass(frozen=True, eq=False)
class Noisy(Cluster):
    """The cluster with random noise on its forces."""

    def force(self, found: Resolution) -> Counted:
        """The embedded force with noise."""
        rng = np.random.default_rng(7)
        embedded = super().force(found).force
        return Counted(Changed(embedded, lambda forces: forces + 20.0 * rng.standard_normal(forces.shape)))


def words(found: Drift) -> str:
    """Mean, standard error and fluctuation in words."""
    return (
        f"mean {found.mean:+.4f}, standard error {found.standard_error:.4f}, "
        f"fluctuation {found.rms_kj_mol:.3f} kJ/mol, {found.failed} failed"
    )
