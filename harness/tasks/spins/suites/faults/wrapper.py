"""Trajectories of spins with some of their arrays replaced."""

from __future__ import annotations

import numpy as np

from harness.tasks.spins.systems import Trajectory


def with_arrays(one: Trajectory, **arrays: np.ndarray | None) -> Trajectory:
    """A trajectory with some arrays replaced."""
    retained = {name: getattr(one, name) for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations")}
    return Trajectory(one.grid, one.provenance, **{**retained, **arrays})


def with_m(one: Trajectory, m: np.ndarray) -> Trajectory:
    """A trajectory with another M; its spin signals are left out, because they would not agree with the new M."""
    return with_arrays(one, mx=np.real(m), my=np.imag(m), spin_signals=None)
