"""Errors over short horizons, before chaos, and mean bonds over long ones."""

from __future__ import annotations

import numpy as np

from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.molecule import Molecule, bond_lengths_nm

HORIZONS = (1, 10, 100)
"""Macro steps after which positions are compared: 200 fs at k = 8, before chaotic trajectories diverge."""


def jump_errors_nm(path: Path, reference: Path, horizons: tuple[int, ...] = HORIZONS) -> dict[int, float]:
    """Number of macro steps -> rms over atoms of |x - x_reference| in nm; infinite where the run had ended before.

    Both start at the same state; the reference has a state every femtosecond, or every other fraction of the step.
    """
    ratio = path.dt_ps / reference.dt_ps
    stride = round(ratio)
    if stride < 1 or abs(ratio - stride) > 1e-9:
        raise ValueError(f"a step of {path.dt_ps:g} ps is no multiple of the reference's {reference.dt_ps:g} ps")
    found = {}
    for steps in horizons:
        if steps >= len(path.positions_nm):
            found[steps] = float("inf")
            continue
        apart = path.positions_nm[steps] - reference.positions_nm[steps * stride]
        found[steps] = float(np.sqrt((apart**2).sum(axis=1).mean()))
    return found


def mean_bonds_nm(path: Path, molecule: Molecule) -> np.ndarray:
    """Mean length of every bond in nm, (B,)."""
    return bond_lengths_nm(path.positions_nm, molecule.bonds).mean(axis=0)
