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
from harness.tasks.tddft.models.linear_response import as_impulse
from harness.tasks.tddft.models.stored import FOLDER
from harness.tasks.tddft.models.subject import Domain
from harness.tasks.tddft.propagators.base import kicked
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES, density_arrays
from harness.trajectory import Provenance, Trajectory

TRAINED = Domain(("h2",), ("hf",), ("6-31g",), 0.1)


@dataclass(frozen=True)
class LearnedPropagator:
    """``name`` is "learned-generator" or "learned-density"; ``file`` the weights."""

    name: str
    file: Path
    domain: Domain = TRAINED
    observables: tuple[str, ...] = OBSERVABLES

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole, energy and density.

        Raises
        ------
        InputError
            If e3nn or mambapy is missing, for open shells, and for a grid whose step is no multiple of the trained one.
        """
        import torch

        from harness.tasks.tddft.models.learned.inputs import MoleculeInputs, is_supported
        from harness.tasks.tddft.models.learned.rollout import rolled

        network = _network(self.file)
        if reason := is_supported(system):
            raise InputError(f"{system.name}: {reason}: take 'kernel'")
        step = network.settings.dt_au
        every = round(grid.dt_au / step)
        if every < 1 or abs(every * step - grid.dt_au) > 1e-9:
            raise InputError(f"{self.name}: samples of {grid.dt_au:g} au; it was trained for multiples of {step:g} au")
        structure = structure_of(system)
        field = as_impulse(system, grid).field
        start = kicked(structure.ground, structure.dipole, field.impulse_au)
        steps = every * (grid.points - 1)
        middle = np.array([field.at((k + 0.5) * step) for k in range(steps)])
        with torch.no_grad():
            found = rolled(
                network,
                [MoleculeInputs.of(structure)],
                torch.tensor(start, dtype=torch.complex64),
                torch.tensor(middle[None], dtype=torch.float32),
                exact=True,
            )
        densities = found[0, ::every].numpy().astype(complex)[:, None]
        energies = np.array([structure.energy(one) for one in densities])
        arrays = {
            "dipole": structure.moment(densities).T,
            "energy": energies,
            **density_arrays(densities),
        }
        return Trajectory(grid, Provenance(self.name, "torch", torch.__version__), arrays)

    def predict(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> list[Trajectory]:
        """The answers for several systems."""
        return [self.answer(system, grid) for system in systems]


def packaged(head: str, seed: int = 0) -> LearnedPropagator:
    """A learned propagator that comes with the package."""
    name = f"learned-{head}" if seed == 0 else f"learned-{head}-{seed}"
    return LearnedPropagator(name, FOLDER / f"learned-{head}-h2-{seed}.safetensors")


@lru_cache(maxsize=8)
def _network(path: Path) -> Any:
    try:
        from harness.tasks.tddft.models.learned.training import load_propagator
    except ImportError as error:
        raise InputError(
            f"{error.name} is missing: the learned propagator needs it; {install_command('tddft')}"
        ) from None
    return load_propagator(path)
