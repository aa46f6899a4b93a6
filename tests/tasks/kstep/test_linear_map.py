"""The linear map against formulas, and against the motion that it is the limit of."""

import numpy as np
import pytest

from harness.tasks.kstep.forces import Counted, Gfn2, GfnFF, Mmff
from harness.tasks.kstep.integrators import Respa, VelocityVerlet, run
from harness.tasks.kstep.linear_map import (
    linear_map,
    normal_modes,
    reduced,
    respa_matrix,
    verlet_matrix,
    verlet_shift_cm,
    vibrations,
)  # fmt: skip
from harness.tasks.kstep.minimum import hessian
from harness.tasks.kstep.state import State
from tests.tasks.kstep.examples import ethanol, needs

needs("tblite", "rdkit", "gfnff")


@pytest.fixture(scope="module")
def curvatures():
    """Exact wavenumbers of ethanol, its modes, and the curvatures of GFN2-xTB and of both force fields."""
    molecule = ethanol()
    positions, masses = molecule.positions_nm, molecule.masses_da
    space = vibrations(positions, masses)
    forces = {"gfn2": Gfn2(molecule), "mmff": Mmff(molecule), "gfn-ff": GfnFF(molecule)}
    hessians = {name: hessian(force, positions) for name, force in forces.items()}
    exact, modes = normal_modes(hessians["gfn2"], positions, masses)
    return exact, modes, {name: reduced(matrix, masses, space) for name, matrix in hessians.items()}


def test_the_highest_mode_of_ethanol(curvatures):
    exact, _, _ = curvatures
    assert len(exact) == 21
    assert exact[-1] == pytest.approx(3542, abs=1)
    assert exact[0] > 100


@pytest.mark.parametrize(("dt_fs", "shift"), [(0.25, 4.1), (0.5, 16.6), (1.0, 69), (2.0, 336)])
def test_velocity_verlet_shifts_as_its_formula_says(curvatures, dt_fs, shift):
    exact, _, curvature = curvatures
    found = linear_map(verlet_matrix(curvature["gfn2"], dt_fs * 1e-3), dt_fs * 1e-3)
    assert np.allclose(found.frequencies_cm - exact, verlet_shift_cm(exact, dt_fs * 1e-3), atol=1e-6)
    assert np.abs(found.frequencies_cm - exact).max() == pytest.approx(shift, rel=0.02)
    assert abs(found.largest_modulus - 1) < 1e-9


def test_velocity_verlet_of_three_femtoseconds_is_unstable(curvatures):
    exact, _, curvature = curvatures
    assert linear_map(verlet_matrix(curvature["gfn2"], 3e-3), 3e-3).largest_modulus > 1.01
    assert np.isnan(verlet_shift_cm(exact, 4e-3)[-1])


@pytest.mark.parametrize(
    ("inner", "k", "shift"), [("gfn-ff", 4, 5.9), ("gfn-ff", 8, 12.2), ("mmff", 8, 12.4), ("mmff", 12, 27)]
)
def test_respa_has_the_known_shifts(curvatures, inner, k, shift):
    exact, _, curvature = curvatures
    found = linear_map(respa_matrix(curvature["gfn2"], curvature[inner], 0.25e-3, k), k * 0.25e-3)
    assert np.abs(found.frequencies_cm - exact).max() == pytest.approx(shift, rel=0.02)
    assert abs(found.largest_modulus - 1) < 1e-9


def test_the_matrix_of_respa_is_the_derivative_of_its_step():
    """One macro step from a displacement of 1e-5 nm along a mode, against the matrix."""
    molecule = ethanol()
    positions, masses = molecule.positions_nm, molecule.masses_da
    space = vibrations(positions, masses)
    roots = np.sqrt(masses)[:, None]
    inner, outer = Mmff(molecule), Gfn2(molecule)
    matrix = respa_matrix(
        reduced(hessian(outer, positions), masses, space), reduced(hessian(inner, positions), masses, space), 0.25e-3, 4
    )
    mode = space[:, 10].reshape(-1, 3)
    ends = []
    for sign in (1, -1):
        integrator = Respa(Counted(outer), inner, masses, 0.25e-3, 4)
        end = integrator.step(State(positions + sign * 1e-5 * mode / roots, np.zeros_like(positions)))
        ends.append((space.T @ (roots * (end.positions_nm - positions)).ravel(),
                     space.T @ (roots * end.velocities_nm_ps).ravel()))  # fmt: skip
    moved = np.concatenate([(ends[0][part] - ends[1][part]) / 2e-5 for part in (0, 1)])
    expected = matrix[:, 10]
    # The inner force is not zero at the quantum minimum: the step itself is not at rest there, a part in a thousand.
    for part in (slice(0, 21), slice(21, 42)):
        assert np.abs(moved[part] - expected[part]).max() < 2e-3 * np.abs(expected[part]).max()


def test_a_trajectory_of_small_amplitude_has_the_frequency_of_the_map(curvatures):
    """Velocity Verlet of 1 fs in the highest mode: 69 cm⁻¹ too high, as the map says, and not at the exact place."""
    exact, modes, _ = curvatures
    molecule = ethanol()
    roots = np.sqrt(molecule.masses_da)[:, None]
    velocities = 0.02 * modes[-1] / roots
    path = run(
        VelocityVerlet(Counted(Gfn2(molecule)), molecule.masses_da, 1e-3), State(molecule.positions_nm, velocities), 200
    )
    signal = np.einsum("tia,ia->t", path.velocities_nm_ps * roots, modes[-1])
    crossings = np.nonzero(np.diff(np.sign(signal)))[0]
    fractions = crossings + signal[crossings] / (signal[crossings] - signal[crossings + 1])
    period_ps = 2 * (fractions[-1] - fractions[0]) / (len(fractions) - 1) * 1e-3
    found = 1 / (period_ps * 0.0299792458)
    assert found == pytest.approx(exact[-1] + 69, abs=8)
