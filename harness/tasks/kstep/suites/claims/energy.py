"""Claims about energies: their drift, the temperature of one run, and the share of one bond."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from harness.tasks.kstep.faults import rescaled
from harness.tasks.kstep.faulty import faulty_method
from harness.tasks.kstep.forces import Mmff
from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.integrators.base import Integrator, Path, run
from harness.tasks.kstep.integrators.langevin import Langevin
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.measure.drift import drift
from harness.tasks.kstep.measure.temperature import temperatures_k
from harness.tasks.kstep.methods import Setting
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import energy_path
from harness.tasks.kstep.window import Window

SINGLE_RUN_PS = 2.0
DRIFT_PS = 4.0
THERMOSTAT_PS = 40.0
THERMOSTAT_DT_PS = 5e-4


def temperature_error_of_one_run(found: Resolution, windows: Sequence[Window]) -> float:
    """Largest relative deviation of an element's temperature from 300 K in one exact run at constant energy."""
    window = windows[0]
    path = exact_run(found, window)
    temperatures = temperatures_k(path, window.molecule, window.molecule.masses_da)
    return max(abs(mean / 300.0 - 1) for mean, _ in temperatures.values())


def exact_run(found: Resolution, window: Window) -> Path:
    """Velocity Verlet of 0.5 fs at constant energy."""
    verlet = Method("verlet", found, warm=True).integrator(window.molecule, 2)
    return run(verlet, window.start, round(SINGLE_RUN_PS / verlet.dt_ps))


def share_error_of_the_stretch(found: Resolution, windows: Sequence[Window]) -> float:
    """Largest relative deviation of the O-H stretch from its share of the kinetic energy, over exact runs."""
    return max(share_error(exact_run(found, window), window.molecule) for window in windows)


def share_error_under_a_thermostat(found: Resolution, windows: Sequence[Window]) -> float:
    """The same in one long run of Langevin dynamics, on MMFF94: the share holds for any potential."""
    window = windows[0]
    masses, rng = window.molecule.masses_da, np.random.default_rng(int(window.fingerprint[:8], 16))
    langevin = Langevin(Counted(Mmff(window.molecule)), masses, THERMOSTAT_DT_PS, window.temperature_k, rng)
    return share_error(run(langevin, window.start, round(THERMOSTAT_PS / THERMOSTAT_DT_PS)), window.molecule)


def share_error(path: Path, molecule: Molecule) -> float:
    """|share/(1/(3N - 6)) - 1| of the O-H stretch in the mean kinetic energy of a path."""
    due = 1 / (3 * len(molecule) - 6)
    return float(abs(stretch_kinetic_kj_mol(path, molecule).mean() / path.kinetic_kj_mol.mean() / due - 1))


def stretch_kinetic_kj_mol(path: Path, molecule: Molecule) -> np.ndarray:
    """μ (u·(v_H - v_O))²/2 of the first O-H bond at every state, (S + 1,), in kJ/mol.

    u is the unit vector along the bond and μ the reduced mass of its atoms. At thermal equilibrium its mean is k_B T/2,
    that of one mode of 3N - 6, but for the small part of rigid motion in it; no normal mode is needed, which would lose
    the bond once it turns about C-O.
    """
    pair = next((i, j) for i, j, _ in molecule.bonds if {molecule.numbers[i], molecule.numbers[j]} == {1, 8})
    masses = molecule.masses_da[list(pair)]
    x, v = (array[:, pair[1]] - array[:, pair[0]] for array in (path.positions_nm, path.velocities_nm_ps))
    along = np.einsum("ta,ta->t", v, x) / np.linalg.norm(x, axis=1)
    return 0.5 * masses.prod() / masses.sum() * along**2


def drift_without_learning(found: Resolution, windows: Sequence[Window]) -> float:
    """|mean slope| + 2 standard errors of velocity Verlet of 1 fs."""
    return drift_bound(Method("verlet", found), windows, 4)


def drift_of_noise(found: Resolution, windows: Sequence[Window]) -> float:
    """The same of macro steps of 2 fs with noise on the quantum forces."""
    return drift_bound(faulty_method("noise", found), windows, 8)


def drift_of_rescaled_noise(found: Resolution, windows: Sequence[Window]) -> float:
    """The same with velocities rescaled after each macro step to the total energy after the first."""
    noisy = faulty_method("noise", found)
    assert noisy.factory is not None
    return drift_bound(replace(noisy, factory=partial(_rescaled, noisy.factory)), windows, 8)


def _rescaled(make: Callable[[Setting], Integrator], setting: Setting) -> Integrator:
    noisy = make(setting)
    assert isinstance(noisy, Respa)
    return rescaled(noisy)


def drift_bound(method: Method, windows: Sequence[Window], k: int) -> float:
    """|mean slope| + 2 standard errors over runs from the windows, in kJ/mol/ps."""
    return drift([energy_path(method, window, k, DRIFT_PS) for window in windows]).bound
