"""Claims about positions, velocities and costs of jumps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.jump.weights import load_jump
from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.molecule import bond_lengths_nm
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.subjects import Method, Truth, bonds_of
from harness.tasks.kstep.window import MacroGrid, Window

FIXED_BOUND_NM_PS = 2.0
BREAKING_PS = 3.0
"""Length of the runs of which most break."""


def bond_error_of_mmff_nm(found: Resolution, windows: Sequence[Window]) -> float:
    """Root mean square error of the mean bond lengths of MMFF94 alone over the windows."""
    grid = MacroGrid(101, 8)
    errors = []
    for window in windows:
        both = [m.predict([window], grid)[0] for m in (Method("force-field", found), Truth(found))]
        mine, true = (np.moveaxis(one.arrays["positions"], -1, 0) for one in both)
        bonds = window.molecule.bonds
        errors.append((bond_lengths_nm(mine, bonds) - bond_lengths_nm(true, bonds)).mean(axis=0))
    return float(np.sqrt(np.mean(np.square(errors))))


def distance_of_shuffled_frames_nm(found: Resolution, windows: Sequence[Window]) -> float:
    """Median root mean square distance of the frames of exact trajectories to their own frames in random order."""
    rng, apart = np.random.default_rng(0), []
    for window in windows:
        frames = np.moveaxis(Truth(found).predict([window], MacroGrid(101, 8))[0].arrays["positions"], -1, 0)
        shuffled = frames[rng.permutation(len(frames))]
        apart += [superposed_distance_nm(x, y) for x, y in zip(frames, shuffled, strict=True)]
    return float(np.median(apart))


def superposed_distance_nm(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square distance of two geometries (N, 3) after the best superposition.

    Source: W. Kabsch, Acta Cryst. A 32, 922 (1976).
    """
    x, y = one - one.mean(axis=0), other - other.mean(axis=0)
    left, values, right = np.linalg.svd(x.T @ y)
    values[-1] *= np.sign(np.linalg.det(left @ right))
    rest = max((x**2).sum() + (y**2).sum() - 2 * values.sum(), 0.0)
    return float(np.sqrt(rest / len(x)))


def share_beyond_a_fixed_bound(found: Resolution, windows: Sequence[Window]) -> float:
    """Share of jumps of 2 fs in which an atom changes its velocity by more than 2 nm/ps."""
    return share_beyond(found, windows, lambda window: np.full(len(window.molecule), FIXED_BOUND_NM_PS))


def share_beyond_the_bounds_of_the_network(found: Resolution, windows: Sequence[Window]) -> float:
    """The same for jumps of the packaged network's k and its bounds, six deviations at 600 K for each element."""
    k = base_steps("jump", 8)
    bounds = load_jump(k, Step(k).tau_ps, windows[0].molecule.numbers).bounds[:, 1].double().numpy()
    return share_beyond(found, windows, lambda window: bounds[np.array(window.molecule.numbers)], k)


def share_beyond(
    found: Resolution, windows: Sequence[Window], bounds: Callable[[Window], np.ndarray], k: int = 8
) -> float:
    """Share of jumps of k base steps in which a change of a velocity exceeds the bound of its atom, (N,) in nm/ps."""
    beyond = []
    for window in windows:
        v = Truth(found).predict([window], MacroGrid(101, k))[0].arrays["velocities"]
        changes = np.linalg.norm(np.diff(v, axis=-1), axis=1)
        beyond.append((changes > bounds(window)[:, None]).any(axis=0).mean())
    return float(np.mean(beyond))


def saving_of_the_corrector(found: Resolution, windows: Sequence[Window]) -> float:
    """Base steps for each quantum call of a jump of k = 4 with a corrector, over k."""
    window = windows[0]
    corrected = Method("jump-corrected", found).integrator(window.molecule, 5)
    steps = 20
    calls = run(corrected, window.start, steps).qm_calls
    return 5 * steps / calls / 4


def share_of_failed_steps(found: Resolution, windows: Sequence[Window]) -> float:
    """Failed steps of velocity Verlet of 2.5 fs over all of its steps; infinite unless most runs break."""
    return failed_share(found, windows, 10)


def share_of_failed_longer_steps(found: Resolution, windows: Sequence[Window]) -> float:
    """The same for steps of 5 fs, far beyond stability."""
    return failed_share(found, windows, 20)


def failed_share(found: Resolution, windows: Sequence[Window], k: int) -> float:
    """Number of runs that break over the number of steps of all: a run ends with its first failed step.

    Two runs from each window, the second with all velocities turned round.
    """
    broken, steps = 0, 0
    for window in windows:
        for start in (window.start, window.start.reversed()):
            verlet = Method("verlet", found, warm=True).integrator(window.molecule, k)
            path = run(verlet, start, round(BREAKING_PS / verlet.dt_ps), bonds_of(window.molecule))
            broken, steps = broken + bool(path.fault), steps + len(path.positions_nm) - (not path.fault)
    return broken / steps if broken > len(windows) else float("inf")
