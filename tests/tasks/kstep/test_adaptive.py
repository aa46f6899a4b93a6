"""RESPA whose k falls between windows: RESPA itself while the residual is small, shorter steps where it is not."""

import numpy as np
import pytest

from harness.tasks.kstep.forces import Counted, Gfn2, Mmff
from harness.tasks.kstep.integrators import Respa, run
from harness.tasks.kstep.integrators.adaptive import AdaptiveRespa
from harness.tasks.kstep.measure.drift import slope
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit", "gfnff")


def respa(k: int = 8) -> Respa:
    molecule = methanol()
    return Respa(Counted(Gfn2(molecule)), Mmff(molecule), molecule.masses_da, 0.25e-3, k)


def test_below_the_limit_it_is_respa():
    plain, adaptive = run(respa(), start(methanol()), 12), AdaptiveRespa(respa(), 1e6, window=4)
    found = run(adaptive, start(methanol()), 12)
    assert np.array_equal(found.positions_nm, plain.positions_nm)
    assert (found.qm_calls, adaptive.fallbacks, adaptive.parts) == (plain.qm_calls, 0, 1)


def test_k_falls_after_a_window_above_the_limit_and_never_inside_one():
    """MMFF94 leaves about 200 kJ/mol/nm: with a limit of 60 two parts are due, from the second window on."""
    adaptive = AdaptiveRespa(respa(), 60.0, window=4)
    first = run(adaptive, start(methanol()), 4)
    assert (first.qm_calls, adaptive.fallbacks) == (5, 0)
    adaptive = AdaptiveRespa(respa(), 60.0, window=4)
    found = run(adaptive, start(methanol()), 10)
    assert (found.qm_calls, found.fallbacks, adaptive.parts) == (1 + 4 + 2 * 6, 6, 2)
    assert np.array_equal(found.positions_nm[:5], first.positions_nm)
    assert adaptive.dt_ps == pytest.approx(2e-3)
    assert found.residual_kj_mol_nm is not None
    assert found.residual_kj_mol_nm[1:].min() > 60


def test_shorter_steps_fluctuate_less():
    plain, adaptive = run(respa(12), start(methanol()), 60), AdaptiveRespa(respa(12), 20.0, window=5)
    assert slope(run(adaptive, start(methanol()), 60))[1] < 0.5 * slope(plain)[1]


@pytest.mark.parametrize(("residual", "parts"), [(5.0, 1), (10.0, 1), (11.0, 2), (41.0, 4), (1e9, 4)])
def test_the_error_of_a_part_is_that_of_a_step_at_the_limit(residual, parts):
    """p² ≥ r/limit; k = 12 can be halved twice."""
    assert AdaptiveRespa(respa(12), 10.0).parts_for(residual) == parts
