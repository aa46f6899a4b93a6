"""Jumps taken from trajectories: a state, and the state after k base steps. The split is by time, never by frame."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.data.job import SCHEMA
from harness.tasks.kstep.molecule import Molecule

PARTS = {"training": (0.0, 0.8), "validation": (0.85, 1.0)}
"""Parts of a trajectory in time. Because of the gap, no frame of one part is next to a frame of the other."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One file: the molecule, the base step, and arrays (S + 1, N, 3) of positions, velocities and forces."""

    molecule: Molecule
    dt_ps: float
    positions_nm: np.ndarray
    velocities_nm_ps: np.ndarray
    forces: np.ndarray


@dataclass(frozen=True, eq=False)
class Jumps:
    """Jumps of one molecule over ``tau_ps``.

    ``positions_nm``, ``velocities_nm_ps`` and ``forces`` are those at the start of each, (J, N, 3);
    ``position_residuals_nm`` is Δx - v τ and ``velocity_changes_nm_ps`` is Δv.
    """

    molecule: Molecule
    tau_ps: float
    positions_nm: np.ndarray
    velocities_nm_ps: np.ndarray
    forces: np.ndarray
    position_residuals_nm: np.ndarray
    velocity_changes_nm_ps: np.ndarray

    def __len__(self) -> int:
        return len(self.positions_nm)

    def first(self, fraction: float) -> Jumps:
        """The earliest jumps, at least one."""
        count = max(1, round(fraction * len(self)))
        names = (
            "positions_nm", "velocities_nm_ps", "forces", "position_residuals_nm", "velocity_changes_nm_ps",
        )  # fmt: skip
        return Jumps(self.molecule, self.tau_ps, *(getattr(self, name)[:count] for name in names))


def read_trajectory(path: Path) -> Trajectory:
    """Read one file of :func:`harness.tasks.kstep.data.generate`.

    Raises
    ------
    InputError
        If it cannot be read, or is of another schema.
    """
    try:
        with h5py.File(path, "r") as file:
            schema = file.attrs["schema"]
            if schema != SCHEMA:
                raise InputError(f"{path}: schema {schema!r}, this version reads {SCHEMA!r}; generate it anew")
            about = json.loads(str(file.attrs["about"]))
            arrays = [np.array(file[name]) for name in ("positions_nm", "velocities_nm_ps", "forces")]
    except (OSError, KeyError) as error:
        raise InputError(f"{path}: no trajectory of this task ({str(error)[:80]}); generate it anew") from None
    return Trajectory(Molecule.from_dict(about["molecule"]), float(about["job"]["dt_ps"]), *arrays)


def read_set(folder: Path, k: int, every: int = 10) -> tuple[list[Jumps], list[Jumps], float]:
    """Training and validation jumps of all trajectories of a folder, and their temperature in K.

    Training has one from every frame (dense sampling), validation one from every ``every``-th.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise InputError(f"{folder}: no data set here (no manifest.json); make one with 'harness kstep dataset'")
    content = json.loads(manifest.read_text(encoding="utf-8"))
    files = sorted(folder.glob("*.h5"))
    if len(files) < len(content["shards"]):
        raise InputError(f"{folder}: {len(files)} of {len(content['shards'])} trajectories; let 'dataset' finish first")
    found = [read_trajectory(path) for path in files]
    training = [cut(one, k) for one in found]
    return training, [cut(one, k, "validation", every) for one in found], float(content["job"]["temperature_k"])


def cut(trajectory: Trajectory, k: int, part: str = "training", every: int = 1) -> Jumps:
    """Jumps of k base steps whose start and end lie in one part of the trajectory, one from every ``every``-th frame.

    Raises
    ------
    InputError
        If k < 1 or the part is too short for one jump.
    """
    if k < 1:
        raise InputError(f"k = {k}: at least one base step is due")
    low, high = (round(edge * (len(trajectory.positions_nm) - 1)) for edge in PARTS[part])
    starts = np.arange(low, high - k + 1, every)
    if not len(starts):
        raise InputError(f"k = {k}: the {part} part has {high - low} base steps; generate longer trajectories")
    tau = k * trajectory.dt_ps
    x, v = trajectory.positions_nm, trajectory.velocities_nm_ps
    return Jumps(
        trajectory.molecule, tau, x[starts], v[starts], trajectory.forces[starts],
        x[starts + k] - x[starts] - tau * v[starts], v[starts + k] - v[starts],
    )  # fmt: skip
