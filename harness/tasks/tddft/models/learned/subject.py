"""The learned propagator as a subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.requirements import install_command
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.impulse import as_impulse
from harness.tasks.tddft.models.stored import FOLDER
from harness.tasks.tddft.models.subject import Domain
from harness.tasks.tddft.propagators.base import kicked
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES, density_arrays
from harness.trajectory import Provenance, Trajectory

HEADS = ("generator", "density")
SEEDS = (0, 1, 2)
"""Of the networks that come with the package."""
TRAINED = Domain(("h2",), ("hf",), ("6-31g",), 0.1)


@dataclass(frozen=True)
class LearnedPropagator:
    """``name`` is its name in records, ``file`` the weights."""

    name: str
    file: Path
    domain: Domain = TRAINED
    observables: tuple[str, ...] = OBSERVABLES

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole, energy and density; errors as in :meth:`predict`."""
        return self.predict([system], grid)[0]

    def predict(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> list[Trajectory]:
        """The answers for several systems.

        Raises
        ------
        InputError
            If e3nn or mambapy is missing, for open shells, and for a grid whose step is no multiple of the trained one.
        """
        structures = [structure_of(system) for system in systems]
        densities = self.densities(systems, structures, grid)
        return [answer_from(one, made, grid, self.name) for one, made in zip(densities, structures, strict=True)]

    def densities(
        self, systems: Sequence[MolecularSystem], structures: Sequence[Structure], grid: AtomicTimeGrid
    ) -> list[np.ndarray]:
        """(points, 1, n, n) D of every system; molecules with the same elements are computed together."""
        found: list[np.ndarray] = [np.empty(0)] * len(systems)
        network = _network(self.file)
        step = network.settings.dt_au
        every = round(grid.dt_au / step)
        if every < 1 or abs(every * step - grid.dt_au) > 1e-9:
            raise InputError(f"{self.name}: samples of {grid.dt_au:g} au; it was trained for multiples of {step:g} au")
        for rows in _alike(systems):
            moved = _rolled(network, [systems[k] for k in rows], [structures[k] for k in rows], grid)
            for row, densities in zip(rows, moved, strict=True):
                found[row] = densities[::every, None]
        return found


def _rolled(
    network: Any, systems: Sequence[MolecularSystem], structures: Sequence[Structure], grid: AtomicTimeGrid
) -> np.ndarray:
    """(B, steps+1, n, n) of systems with the same elements, in double precision: independent of batch and processor."""
    import torch

    from harness.tasks.tddft.models.learned.inputs import MoleculeInputs, is_supported
    from harness.tasks.tddft.models.learned.rollout import rolled

    if reason := is_supported(systems[0]):
        raise InputError(f"{systems[0].name}: {reason}: take 'kernel'")
    step = network.settings.dt_au
    times = (np.arange(round(grid.horizon_au / step)) + 0.5) * step
    fields = [as_impulse(system, grid).field for system in systems]
    start = [kicked(one.ground, one.dipole, field.impulse_au) for one, field in zip(structures, fields, strict=True)]
    middle = np.array([[field.at(time) for time in times] for field in fields])
    with torch.no_grad():
        found = rolled(
            network,
            [MoleculeInputs.of(one, torch.float64) for one in structures],
            torch.tensor(np.concatenate(start)),
            torch.tensor(middle),
            exact=True,
        )
    return found.numpy()


def _alike(systems: Sequence[MolecularSystem]) -> list[list[int]]:
    """Places of systems with the same elements, basis and charge."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, system in enumerate(systems):
        key = (system.elements, system.basis, system.charge, system.multiplicity)
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def answer_from(densities: np.ndarray, structure: Structure, grid: AtomicTimeGrid, name: str) -> Trajectory:
    """Dipole, energy and density of D (points, 1, n, n)."""
    import torch

    arrays = {
        "dipole": structure.moment(densities).T,
        "energy": np.array([structure.energy(one) for one in densities]),
        **density_arrays(densities),
    }
    return Trajectory(grid, Provenance(name, "torch", torch.__version__), arrays)


def packaged(head: str, seed: int = 0) -> LearnedPropagator:
    """A learned propagator that comes with the package."""
    return LearnedPropagator(name_of(head, seed), file_of(head, seed))


def name_of(head: str, seed: int) -> str:
    """The name of a packaged network; that of the first seed is without a number."""
    return f"learned-{head}-{seed}" if seed else f"learned-{head}"


def file_of(head: str, seed: int, folder: Path = FOLDER) -> Path:
    """The weights of one head and seed, trained on H2."""
    return folder / f"learned-{head}-h2-{seed}.safetensors"


@lru_cache(maxsize=8)
def _network(path: Path) -> Any:
    try:
        from harness.tasks.tddft.models.learned.weights import load_propagator
    except ImportError as error:
        raise InputError(
            f"{error.name} is missing: the learned propagator needs it; {install_command('tddft')}"
        ) from None
    return load_propagator(path).double()
