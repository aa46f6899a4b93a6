"""Training data: one HDF5 file for each trajectory, written whole, and a manifest; a killed run can be continued.

Layout of a file (float64 and complex128, because an energy of -76 hartree in single precision resolves only 8e-6):
``geometry/charges``, ``geometry/positions_bohr``, ``basis/shell_index``, ``dynamics/time_au``, ``dynamics/dipole``
(points, 3), ``dynamics/energy``, ``dynamics/field`` (points, 3), ``dynamics/density`` (points, s, n, n): P in atomic
orbitals for each spin, in the restricted case the total. The attribute ``head`` (JSON) contains all other data;
``sha256`` covers it and every array. What it says of basis, xc, grid, field, propagator, builds, seed and provenance
are attributes too, for readers without JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from harness.durable import Progress, lock, make_folder, sweep, write_json, writing
from harness.errors import InputError
from harness.tasks.tddft.fields import field_as_dict
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.populations import MolecularPopulation
from harness.tasks.tddft.propagators import Evolution, evolve
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.systems import MolecularSystem

SCHEMA = "tddft-trajectory-1"
ATTRIBUTES = ("basis", "xc", "grid", "field", "propagator", "builds", "seed", "provenance")


@dataclass(frozen=True)
class DatasetPlan:
    """``count`` systems of a population, propagated by ``method`` with ``substeps`` steps for each sample."""

    population: MolecularPopulation
    count: int
    seed: int
    method: str = "cfm4"
    substeps: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        population = self.population
        return {
            "population": population.name,
            "molecule": population.molecule,
            "functional": population.functional,
            "quadrature": population.quadrature,
            "basis": population.basis,
            "flexible": population.flexible,
            "field": {
                "kind": population.field.kind,
                "strength_au": list(population.field.strength_au),
                "frequency_au": list(population.field.frequency_au),
            },
            "points": population.grid.points,
            "dt_au": population.grid.dt_au,
            "count": self.count,
            "seed": self.seed,
            "method": self.method,
            "substeps": self.substeps,
        }

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the plan."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class StoredTrajectory:
    """The content of a file: the system, its samples, and its attributes as plain values."""

    system: MolecularSystem
    evolution: Evolution
    about: dict[str, Any]


def generate(
    plan: DatasetPlan, folder: str | Path, report: Callable[[int, int], None] = lambda done, total: None
) -> list[Path]:
    """Make every missing trajectory of a plan; the files do not depend on kills.

    Raises
    ------
    InputError
        If the folder holds the data of another plan, or another process works in it.
    """
    folder = make_folder(folder)
    with lock(folder):
        sweep(folder)
        _claim(folder, plan)
        progress = Progress(folder / "progress.json")
        progress.start(plan.population.name, "dataset_generation")
        paths = [folder / f"trajectory-{index:06d}.h5" for index in range(plan.count)]
        for index, path in enumerate(paths):
            if not path.is_file():
                _make(plan, index, path)
            progress.update((index + 1) / plan.count)
            report(index + 1, plan.count)
        progress.finish()
    return paths


def trajectories(folder: str | Path) -> Iterator[StoredTrajectory]:
    """Every trajectory of a folder, in order.

    Raises
    ------
    InputError
        If there is none, or one is damaged.
    """
    paths = sorted(Path(folder).glob("trajectory-*.h5"))
    if not paths:
        raise InputError(f"{folder}: holds no trajectory-*.h5; make them with 'harness tddft dataset'")
    return map(read_trajectory, paths)


def write_trajectory(
    path: Path, system: MolecularSystem, structure: Structure, evolution: Evolution, about: dict[str, Any]
) -> None:
    """Write one file whole, with its checksum."""
    assert evolution.densities is not None
    assert evolution.energies is not None
    grid = evolution.grid
    inverse = np.linalg.inv(structure.root)
    arrays = {
        "geometry/charges": np.array(system.charges),
        "geometry/positions_bohr": np.array(system.positions_bohr),
        "basis/shell_index": structure.shells,
        "dynamics/time_au": grid.times_au,
        "dynamics/dipole": evolution.dipole,
        "dynamics/energy": evolution.energies,
        "dynamics/field": np.array([system.field.at(time) for time in grid.times_au]),
        "dynamics/density": structure.weight * (inverse @ evolution.densities @ inverse),
    }
    head = {
        "schema": SCHEMA,
        "system": system.as_dict(),
        "basis": system.basis,
        "xc": system.functional,
        "grid": system.quadrature,
        "points": grid.points,
        "dt_au": grid.dt_au,
        "builds": evolution.builds,
        "field": field_as_dict(system.field),
        **about,
    }
    text = json.dumps(head, sort_keys=True)
    with writing(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["head"] = text
        file.attrs["sha256"] = _checksum(text, arrays)
        for key in ATTRIBUTES:
            if key in head:
                file.attrs[key] = head[key] if isinstance(head[key], str | int) else json.dumps(head[key])
        for name, array in arrays.items():
            file.create_dataset(name, data=array, track_times=False)


def read_trajectory(path: Path) -> StoredTrajectory:
    """The trajectory of a file; its densities are in the Löwdin basis again.

    Raises
    ------
    InputError
        If the file cannot be read, is of another schema, any of it has changed, or a density is none of the molecule.
    """
    try:
        with h5py.File(path, "r") as file:
            text, stated = str(file.attrs["head"]), str(file.attrs["sha256"])
            arrays: dict[str, np.ndarray] = {}
            file.visititems(
                lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
    except (OSError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"trajectory {path}: cannot be read ({reason}): delete it and generate again") from None
    if _checksum(text, arrays) != stated:
        raise InputError(f"trajectory {path}: its checksum differs: delete it and generate again")
    head = json.loads(text)
    if head["schema"] != SCHEMA:
        raise InputError(f"trajectory {path}: schema {head['schema']!r}, this version reads {SCHEMA!r}")
    system = MolecularSystem.from_dict(head["system"])
    grid = AtomicTimeGrid(head["points"], head["dt_au"], largest_step_au=float("inf"))
    structure = structure_of(system)
    densities = structure.from_atomic_orbitals(arrays["dynamics/density"])
    for sample, density in enumerate(densities):
        try:
            structure.check_density(density)
        except InputError as error:
            raise InputError(f"trajectory {path}: sample {sample}: {error}") from None
    evolution = Evolution(grid, arrays["dynamics/dipole"], head["builds"], densities, arrays["dynamics/energy"])
    return StoredTrajectory(system, evolution, head)


def _make(plan: DatasetPlan, index: int, path: Path) -> None:
    """Propagate and write one trajectory."""
    system = plan.population.one(plan.seed, index)
    structure = structure_of(system)
    evolution = evolve(
        structure,
        system.field,
        plan.population.grid,
        plan.method,
        densities=True,
        energies=True,
        substeps=plan.substeps,
    )
    about: dict[str, Any] = {
        "propagator": plan.method,
        "substeps": plan.substeps,
        "seed": plan.seed,
        "index": index,
        "provenance": provenance(),
    }
    write_trajectory(path, system, structure, evolution, about)


def _claim(folder: Path, plan: DatasetPlan) -> None:
    """Write the manifest, or check that it is that of the same plan."""
    path = folder / "manifest.json"
    if path.is_file():
        try:
            there = json.loads(path.read_text(encoding="utf-8")).get("fingerprint")
        except (ValueError, AttributeError):
            there = None
        if there != plan.fingerprint:
            raise InputError(f"{folder}: holds the data of another plan ({path.name}); choose another folder")
        return
    seeds = [[plan.seed, index] for index in range(plan.count)]
    write_json(path, {"fingerprint": plan.fingerprint, "plan": plan.as_dict(), "seeds": seeds})


def provenance() -> dict[str, str]:
    """The programs that a trajectory comes from."""
    import pyscf

    return {"program": "harness.tasks.tddft", "pyscf": pyscf.__version__, "numpy": np.__version__}


def _checksum(text: str, arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
