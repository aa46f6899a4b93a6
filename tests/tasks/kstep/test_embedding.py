"""A molecule in a water cluster: the force is a gradient, and RESPA with the force field inside keeps the energy."""

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.forces import Counted, Gfn2, GfnFF, numerical_forces
from harness.tasks.kstep.forces.embedding import Embedded, in_water
from harness.tasks.kstep.integrators import Respa, VelocityVerlet, run
from harness.tasks.kstep.measure.drift import slope
from harness.tasks.kstep.minimum import minimum
from harness.tasks.kstep.state import State, thermal_velocities
from tests.tasks.kstep.examples import methanol, needs

needs("tblite", "gfnff")


@pytest.fixture(scope="module")
def cluster():
    """Methanol in 4 waters at a minimum of GFN-FF, and the embedded force."""
    made = in_water(methanol(), 4)
    relaxed = made.at(minimum(GfnFF(made), made.positions_nm, 2.0))
    return relaxed, Embedded(GfnFF(relaxed), Gfn2(methanol()), GfnFF(methanol()), len(methanol()))


def test_the_embedded_force_is_minus_a_gradient(cluster):
    molecule, force = cluster
    positions = molecule.positions_nm + 0.002 * np.random.default_rng(1).standard_normal((len(molecule), 3))
    assert np.abs(force(positions)[1] - numerical_forces(force, positions, 1e-5)).max() < 0.02


def test_without_solvent_forces_it_is_gfn2_and_far_waters_feel_no_solute(cluster):
    molecule, force = cluster
    apart = molecule.positions_nm.copy()
    apart[len(methanol()) :] += 50.0
    alone = Gfn2(methanol())(apart[: len(methanol())])[1]
    assert np.abs(force(apart)[1][: len(methanol())] - alone).max() < 0.5


def test_respa_of_two_femtoseconds_keeps_the_energy_and_verlet_fluctuates_more(cluster):
    molecule, force = cluster
    rng = np.random.default_rng(2)
    start = State(molecule.positions_nm, thermal_velocities(molecule.positions_nm, molecule.masses_da, 300.0, rng))
    respa = run(Respa(Counted(force), force.whole, molecule.masses_da, 0.25e-3, 8), start, 150)
    verlet = run(VelocityVerlet(Counted(force), molecule.masses_da, 2e-3), start, 150)
    assert not respa.fault
    assert respa.qm_calls == 151
    assert slope(respa)[1] < 0.5 * slope(verlet)[1]
    assert abs(slope(respa)[0]) < 3.0


def test_no_water_is_too_near_and_bad_counts_are_refused():
    made = in_water(methanol(), 6)
    assert len(made) == 6 + 18
    assert len(made.bonds) == 5 + 12
    with pytest.raises(InputError, match="at least one"):
        in_water(methanol(), 0)
    with pytest.raises(InputError, match="2 to 60"):
        in_water(methanol(), 30)
