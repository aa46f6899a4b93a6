"""Generation of trajectories: one file for each, written whole; a killed job continues and gives the same bytes.

A trajectory depends only on the job and its seed: each SCF starts without a previous density, and the trajectories are
independent of each other. A trajectory that was not finished at a kill is computed again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import h5py
import numpy as np

from harness.durable import Progress, lock, sweep, write_json, writing
from harness.errors import InputError
from harness.tasks.kstep.data.job import SCHEMA, Job, Shard
from harness.tasks.kstep.forces import inner_force
from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.integrators.langevin import Langevin
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.library import load
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.ladder import Resolution, resolve
from harness.tasks.kstep.rigid import without_rigid_motion
from harness.tasks.kstep.state import State, thermal_velocities

MANIFEST = "manifest.json"
WARM_UP_PS = 1.0
WARM_UP_DT_PS = 5e-4


def generate(job: Job, folder: Path, say: Callable[[str], None] = lambda line: None) -> list[Path]:
    """Make every missing trajectory of the job, and the manifest; return the files in their order.

    Raises
    ------
    InputError
        If the folder contains another job, GFN2-xTB is needed and not available, or a trajectory fails.
    """
    with lock(folder):
        sweep(folder)
        _claim(job, folder)
        found = resolve(live=True) if job.force == "xtb" else None
        shards = job.shards()
        progress = Progress(folder / "progress.json")
        progress.start(None, "dataset_generation")
        for done, shard in enumerate(shards):
            progress.update(done / len(shards), trajectory=shard.file)
            if not (folder / shard.file).is_file():
                _write(job, shard, folder, found)
                say(f"{shard.file}: {job.steps} steps")
        progress.finish()
    return [folder / shard.file for shard in shards]


def _claim(job: Job, folder: Path) -> None:
    """Write the manifest, or check that the existing one is the same."""
    content = {"job": job.as_dict(), "fingerprint": job.fingerprint, "shards": [asdict(s) for s in job.shards()]}
    path = folder / MANIFEST
    if path.is_file():
        there = json.loads(path.read_text(encoding="utf-8"))
        if there.get("fingerprint") != job.fingerprint:
            raise InputError(f"{folder} holds another data set (its manifest differs); choose another folder")
        return
    write_json(path, content)


def _write(job: Job, shard: Shard, folder: Path, found: Resolution | None) -> None:
    molecule = load(shard.molecule)
    force = found.force(molecule) if found is not None else inner_force(job.force, molecule)
    start = _start(job, shard, molecule, force)
    path = run(VelocityVerlet(Counted(force), molecule.masses_da, job.dt_ps), start, job.steps)
    if path.fault:
        raise InputError(f"{shard.file}: {path.fault}; lower the temperature or choose another seed")
    answers = [force(x) for x in path.positions_nm]
    with writing(folder / shard.file) as temporary, h5py.File(temporary, "w", libver="latest") as file:
        file.attrs["schema"] = SCHEMA
        file.attrs["about"] = json.dumps(
            {"molecule": molecule.as_dict(), "job": job.as_dict(), "shard": asdict(shard), "force": force.name,
             "engine": found.version if found is not None else force.name},
            sort_keys=True,
        )  # fmt: skip
        arrays = {
            "positions_nm": path.positions_nm,
            "velocities_nm_ps": path.velocities_nm_ps,
            "energies_kj_mol": np.array([energy for energy, _ in answers]),
            "forces": np.array([forces for _, forces in answers]),
        }
        for name, array in arrays.items():
            file.create_dataset(name, data=array, track_times=False)


def _start(job: Job, shard: Shard, molecule: Molecule, force: Force) -> State:
    """A thermal state on the job's own force, by Langevin."""
    rng = np.random.default_rng(shard.seed)
    masses = molecule.masses_da
    begin = State(molecule.positions_nm, thermal_velocities(molecule.positions_nm, masses, 2 * job.temperature_k, rng))
    langevin = Langevin(Counted(force), masses, WARM_UP_DT_PS, job.temperature_k, rng)
    path = run(langevin, begin, round(WARM_UP_PS / WARM_UP_DT_PS))
    if path.fault:
        raise InputError(f"{shard.file}: {path.fault}; lower the temperature or choose another seed")
    positions = path.positions_nm[-1] - masses @ path.positions_nm[-1] / masses.sum()
    return State(positions, without_rigid_motion(positions, path.velocities_nm_ps[-1], masses))
