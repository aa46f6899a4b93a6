"""Claims about what a training, a validation or a substitute shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from harness.tasks.kstep.forces import GfnFF, Mmff
from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.kernel.fitting import Labels, fit
from harness.tasks.kstep.kernel.learning import labelled, residual, sampled
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.state import State
from harness.tasks.kstep.units import BASE_DT_PS
from harness.tasks.kstep.window import Window

LABELS, HELD_OUT = 60, 20
SMOOTH = (5, 8.0)
"""Centres, and width in 1/nm, of a kernel that cannot follow its labels one by one."""
NARROW = (LABELS, 2.0)
"""Of one that can."""
JUMP_K = 4
LONG_MM_DT_PS = 2e-3
"""Four steps of it are 8 fs."""


def ratio_of_shuffled_labels(found: Resolution, windows: Sequence[Window]) -> float:
    """Held-out over training error of a correction whose labels belong to other geometries."""
    labels = _labels(found, windows[0])
    order = np.random.default_rng(1).permutation(len(labels))
    shuffled = Labels(labels.positions_nm, labels.energies[order], labels.forces[order])
    return _ratio(windows[0], shuffled, *SMOOTH)


def ratio_of_a_narrow_kernel(found: Resolution, windows: Sequence[Window]) -> float:
    """The same of a kernel that follows the right labels one by one."""
    return _ratio(windows[0], _labels(found, windows[0]), *NARROW)


def _labels(found: Resolution, window: Window) -> Labels:
    """GFN2-xTB minus MMFF94 at geometries of Langevin dynamics on MMFF94, drawn by the start of the window."""
    field, seed = Mmff(window.molecule), int(window.fingerprint[:8], 16)
    places = sampled(window.molecule, field, LABELS + HELD_OUT, seed)
    return labelled(places, found.force(window.molecule), field)


def _ratio(window: Window, labels: Labels, centres: int, width: float) -> float:
    potential = fit(window.molecule, labels[:LABELS], centres, width)
    return residual(potential, labels[LABELS:])[0] / residual(potential, labels[:LABELS])[0]


def error_of_longer_jumps(found: Resolution, windows: Sequence[Window]) -> float:
    """Error of four steps of MMFF94 of 2 fs as a jump of GFN2-xTB of 1 fs, over the size of that jump."""
    return _jump_error(found, windows, LONG_MM_DT_PS)


def error_of_equal_jumps(found: Resolution, windows: Sequence[Window]) -> float:
    """The same with the base step of 0.25 fs on both."""
    return _jump_error(found, windows, BASE_DT_PS)


def _jump_error(found: Resolution, windows: Sequence[Window], dt_ps: float) -> float:
    """Relative root mean square error of the displacements of k = 4 steps of ``dt_ps`` on MMFF94."""
    errors, sizes = [], []
    for window in windows:
        move = partial(_displaced, window)
        due = move(found.force(window.molecule), BASE_DT_PS)
        errors.append(move(Mmff(window.molecule), dt_ps) - due)
        sizes.append(due)
    return float(np.linalg.norm(errors) / np.linalg.norm(sizes))


def _displaced(window: Window, force: Force, dt_ps: float) -> np.ndarray:
    verlet = VelocityVerlet(Counted(force), window.molecule.masses_da, dt_ps)
    start = State(window.positions_nm, window.velocities_nm_ps)
    return run(verlet, start, JUMP_K).positions_nm[-1] - window.positions_nm


def force_of_another_surface(found: Resolution, windows: Sequence[Window]) -> float:
    """Root mean square of F(GFN-FF) - F(GFN2-xTB) over that of F(GFN2-xTB), at thermal geometries."""
    pairs = [(GfnFF(w.molecule)(w.positions_nm)[1], found.force(w.molecule)(w.positions_nm)[1]) for w in windows]
    apart = np.mean([(one - other) ** 2 for one, other in pairs])
    return float(np.sqrt(apart / np.mean([other**2 for _, other in pairs])))
