"""Claims about k-step dynamics that do not hold, each as one number of a small experiment.

Most are bounds that say nothing, because what must fail meets them; the others are numbers that are not what was
claimed. Every experiment has its target in the table ``claims``: met means that the claim is refuted again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.forces import GfnFF
from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.measure.temperature import temperatures_k
from harness.tasks.kstep.molecule import bond_lengths_nm
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.window import MacroGrid, Window

FIXED_BOUND_NM_PS = 2.0
SINGLE_RUN_PS = 2.0


@dataclass(frozen=True)
class Claim:
    """``target`` is its row in targets.toml; ``claimed`` is the claim and ``found`` what the experiment shows."""

    target: str
    metric: str
    unit: str
    claimed: str
    found: str
    measure: Callable[[Resolution, Sequence[Window]], float]


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


def temperature_error_of_one_run(found: Resolution, windows: Sequence[Window]) -> float:
    """Largest relative deviation of an element's temperature from 300 K in one exact run at constant energy."""
    window = windows[0]
    verlet = Method("verlet", found, warm=True).integrator(window.molecule, 2)
    path = run(verlet, window.start, round(SINGLE_RUN_PS / verlet.dt_ps))
    temperatures = temperatures_k(path, window.molecule, window.molecule.masses_da)
    return max(abs(mean / 300.0 - 1) for mean, _ in temperatures.values())


def share_beyond_a_fixed_bound(found: Resolution, windows: Sequence[Window]) -> float:
    """Share of jumps of 2 fs in which an atom changes its velocity by more than 2 nm/ps."""
    return share_beyond(found, windows, lambda window: np.full(len(window.molecule), FIXED_BOUND_NM_PS))


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


def force_of_another_surface(found: Resolution, windows: Sequence[Window]) -> float:
    """Root mean square of F(GFN-FF) - F(GFN2-xTB) over that of F(GFN2-xTB), at thermal geometries."""
    pairs = [(GfnFF(w.molecule)(w.positions_nm)[1], found.force(w.molecule)(w.positions_nm)[1]) for w in windows]
    apart = np.mean([(one - other) ** 2 for one, other in pairs])
    return float(np.sqrt(apart / np.mean([other**2 for _, other in pairs])))


CLAIMS = (
    Claim("bonds", "bond error of MMFF94 alone", "nm", "bond lengths within 0.002 nm show that a jump is right",
          "MMFF94 alone, without any quantum call, meets this bound", bond_error_of_mmff_nm),
    Claim("frames", "distance of shuffled frames", "nm", "a distance of 0.05 nm shows that a path is right",
          "the frames of the reference itself in random order meet it", distance_of_shuffled_frames_nm),
    Claim("one_run", "temperature error of one exact run", "1", "the temperature of one run shows that it is right",
          "an exact run at constant energy misses 300 K by more than 2 %", temperature_error_of_one_run),
    Claim("fixed_bound", "share of jumps beyond 2 nm/ps", "1", "changes of velocities can be bounded at 2 nm/ps",
          "exact jumps of k = 8 exceed the bound", share_beyond_a_fixed_bound),
    Claim("saving", "saving of the corrected jump over k", "1", "a corrected jump saves k of k + 1 quantum calls",
          "it saves (k + 1)/2", saving_of_the_corrector),
    Claim("surface", "force of GFN-FF that GFN2-xTB has not", "1", "GFN-FF can stand in where GFN2-xTB is missing",
          "its forces are those of another surface", force_of_another_surface),
)  # fmt: skip
