"""What is measured, on paths whose answer is known."""

import numpy as np
import pytest

from harness.tasks.kstep.forces import Counted, Gfn2, Mmff
from harness.tasks.kstep.integrators import Respa, VelocityVerlet, run
from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.jump.integrator import Jump
from harness.tasks.kstep.jump.network import JumpNetwork, Settings
from harness.tasks.kstep.linear_map import normal_modes
from harness.tasks.kstep.measure.accuracy import jump_errors_nm, mean_bonds_nm
from harness.tasks.kstep.measure.drift import drift, slope
from harness.tasks.kstep.measure.spectrum import cold_start, density_of_states, mode_peaks_cm
from harness.tasks.kstep.measure.structure import momentum_change, reversal_nm, symplectic_defect
from harness.tasks.kstep.measure.temperature import naive_temperatures_k, temperatures_k, worst_deviation
from harness.tasks.kstep.minimum import hessian
from harness.tasks.kstep.rigid import without_rigid_motion
from harness.tasks.kstep.state import thermal_velocities
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K
from tests.tasks.kstep.examples import ethanol, methanol, needs, start

needs("tblite", "rdkit")


def made_path(total: np.ndarray, dt_ps: float = 0.002, fault: str = "") -> Path:
    """A path of methanol with the given total energies and nothing else."""
    count = len(total)
    still = np.broadcast_to(methanol().positions_nm, (count, 6, 3))
    return Path(dt_ps, still, np.zeros_like(still), total, np.zeros(count), count, fault)


def test_a_known_slope_is_found():
    times = 0.002 * np.arange(501)
    mean, left = slope(made_path(5.0 - 0.3 * times))
    assert mean == pytest.approx(-0.3, abs=1e-10)
    assert left < 1e-10


def test_the_bound_of_a_drift_has_its_standard_error_and_is_infinite_without_one():
    times = 0.002 * np.arange(501)
    paths = [made_path(slope_ * times) for slope_ in (0.01, -0.01, 0.03)]
    found = drift(paths)
    assert found.mean == pytest.approx(0.01)
    assert found.bound == pytest.approx(0.01 + 2 * 0.02 / np.sqrt(3))
    assert drift(paths[:1]).bound == np.inf
    assert drift([*paths, made_path(times, fault="step 3 failed")]).bound == np.inf


def test_temperatures_of_the_right_distribution_are_right_and_naive_ones_are_not():
    """Velocities of 300 K without rigid motion: every element reads 300 K; with 3 for each atom oxygen reads 114 K."""
    molecule, rng = ethanol(), np.random.default_rng(3)
    widths = np.sqrt(BOLTZMANN_KJ_MOL_K * 300 / molecule.masses_da)[:, None]
    velocities = np.array([
        without_rigid_motion(molecule.positions_nm, widths * rng.standard_normal((9, 3)), molecule.masses_da)
        for _ in range(4000)
    ])  # fmt: skip
    still = np.broadcast_to(molecule.positions_nm, velocities.shape)
    path = Path(0.002, still, velocities, np.zeros(4000), np.zeros(4000), 0)
    found = temperatures_k(path, molecule, molecule.masses_da)
    _, deviation, allowed = worst_deviation(found, 300.0)
    assert deviation < allowed
    naive = naive_temperatures_k(velocities, molecule.elements, molecule.masses_da)
    assert naive["O"] == pytest.approx(300 * 1.12 / 3, rel=0.1)
    assert abs(naive["O"] / 300 - 1) > allowed


@pytest.mark.parametrize("dt_fs", [0.25, 1.0])
def test_peaks_after_a_cold_start_are_those_of_the_linear_map(dt_fs):
    molecule = methanol()
    exact, modes = normal_modes(hessian(Mmff(molecule), _minimum()), _minimum(), molecule.masses_da)
    begin = cold_start(_minimum(), modes[-1:], molecule.masses_da, 30.0)
    path = run(VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, dt_fs * 1e-3), begin, round(1000 / dt_fs))
    shift = {0.25: 4.9, 1.0: 83.0}[dt_fs]
    peak = mode_peaks_cm(path, modes[-1:], molecule.masses_da)[0]
    # 1 ps resolves 30 cm⁻¹, its top a tenth of that; MMFF94's O-H bond is anharmonic by some cm⁻¹ at this amplitude.
    assert peak - exact[-1] == pytest.approx(shift, abs=8)
    wavenumbers, density = density_of_states(path, molecule.masses_da)
    assert density.sum() == pytest.approx(1)
    assert wavenumbers[np.argmax(density)] == pytest.approx(peak, abs=15)


def _minimum() -> np.ndarray:
    from harness.tasks.kstep.minimum import minimum

    return minimum(Mmff(methanol()), methanol().positions_nm, 0.05)


def test_respa_is_symplectic_and_reverses_and_an_untrained_jump_does_neither():
    molecule = methanol()
    respa = Respa(Counted(Gfn2(molecule)), Mmff(molecule), molecule.masses_da, 0.25e-3, 4)
    assert symplectic_defect(respa, start(molecule)) < 1e-5
    assert reversal_nm(respa, start(molecule), 10) < 1e-11
    jump = untrained_jump()
    assert symplectic_defect(jump, start(molecule)) > 1e-3
    assert reversal_nm(jump, start(molecule), 10) > 1e-6
    assert max(momentum_change(jump, start(molecule), 10)) < 1e-9


def untrained_jump() -> Jump:
    import torch

    torch.manual_seed(1)
    network = JumpNetwork(Settings(width=16, rounds=1, heads=2)).double()
    network.scales.fill_(0.05)
    return Jump(network, methanol(), 1e-3)


def test_errors_are_measured_at_the_same_times_and_runs_that_end_early_are_infinitely_wrong():
    molecule = methanol()
    reference = run(VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 0.5e-3), start(molecule), 40)
    same = run(VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 0.5e-3), start(molecule), 40)
    assert jump_errors_nm(same, reference, (1, 10)) == {1: 0.0, 10: 0.0}
    coarse = run(VelocityVerlet(Counted(Mmff(molecule)), molecule.masses_da, 1e-3), start(molecule), 20)
    errors = jump_errors_nm(coarse, reference, (1, 10, 100))
    assert 0 < errors[1] < errors[10] < errors[100] == np.inf
    with pytest.raises(ValueError, match="no multiple"):
        jump_errors_nm(reference, coarse, (1,))
    assert mean_bonds_nm(reference, molecule).shape == (5,)


def test_a_method_without_a_quantum_energy_has_no_drift_and_says_so():
    found = drift([made_path(np.full(20, np.nan))] * 2)
    assert not found.determined
    assert drift([made_path(np.zeros(20), fault="step 3 failed")]).determined
    assert drift([made_path(np.linspace(0, 1, 20))] * 2).determined


def test_the_standard_error_of_a_temperature_is_itself_known_to_a_fifth():
    """Independent Maxwell velocities: z scores are those of a normal distribution, errors scatter little."""
    molecule = methanol()
    x = np.repeat(molecule.positions_nm[None], 400, axis=0)
    rng, scores, errors = np.random.default_rng(3), [], []
    for _ in range(20):
        v = np.array([thermal_velocities(x[0], molecule.masses_da, 300.0, rng) for _ in x])
        path = Path(2e-3, x, v, np.zeros(400), np.zeros(400), 0)
        mean, error = temperatures_k(path, molecule, molecule.masses_da)["H"]
        scores, errors = [*scores, (mean - 300.0) / error], [*errors, error]
    assert np.std(errors) / np.mean(errors) < 0.19
    assert 0.6 < np.std(scores) < 1.5
    assert np.abs(scores).max() < 4
