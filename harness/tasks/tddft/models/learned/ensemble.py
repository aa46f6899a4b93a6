"""Several seeds of the learned generator: their mean, and an uncertainty calibrated on systems that none has seen.

The mean of the members' densities is projected on the nearest D of the right rank. The spread of a system is the root
mean square, over samples and directions, of the standard deviation of the members' dipole moments. It is no standard
deviation of the error, because the members share their data; a map from spread to error and conformal bands are fitted
on fresh systems. Both are for the length of the error vector |Δμ|, which for a molecule that responds along one axis
alone is the error along this axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.surrogates.base import Band
from harness.surrogates.conformal import KindCalibration, Traits, calibrate
from harness.surrogates.conformal_file import load_calibration, save_calibration
from harness.surrogates.recalibration import fit_spread
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.learned.subject import SEEDS, TRAINED, LearnedPropagator, answer_from, packaged
from harness.tasks.tddft.models.stored import FOLDER
from harness.tasks.tddft.models.subject import Domain
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES
from harness.trajectory import Provenance, Trajectory

SCHEMA = "tddft-conformal-1"
CALIBRATION = FOLDER / "learned-ensemble-h2.conformal.safetensors"
JUDGED = "dipole"


@dataclass(frozen=True)
class LearnedEnsemble:
    """The mean of ``members``; ``calibration`` is the file of its uncertainty."""

    members: tuple[LearnedPropagator, ...]
    calibration: Path = CALIBRATION
    name: str = "learned-ensemble"
    domain: Domain = TRAINED
    observables: tuple[str, ...] = OBSERVABLES

    def answer(self, system: MolecularSystem, grid: AtomicTimeGrid) -> Trajectory:
        """Dipole, energy and density; errors as those of a member."""
        return self.predict([system], grid)[0]

    def predict(self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid) -> list[Trajectory]:
        """The answers for several systems, computed at every call, so that its time is that of an answer."""
        return _with_spread(self, tuple(systems), grid)[0]

    def with_spread(
        self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid
    ) -> tuple[list[Trajectory], np.ndarray]:
        """The answers, and the spread of each, (systems,) in e·bohr.

        They are remembered, because standard deviations and bands are requested one after the other.
        """
        return _remembered(self, tuple(systems), grid)

    def standard_deviations(self, spreads: np.ndarray, grid: AtomicTimeGrid) -> tuple[Trajectory, ...]:
        """The calibrated standard deviation of the error of the dipole, (T,) for each system."""
        provenance = Provenance(self.name)
        known = self._calibrated(grid)
        return tuple(known.standard_deviations(_traits(spreads, 0), spreads, known.grid, provenance))

    def bands(self, spreads: np.ndarray, grid: AtomicTimeGrid) -> tuple[tuple[Band, ...], ...]:
        """Conformal bands for |Δμ| of each system."""
        known = self._calibrated(grid)
        return known.bands(_traits(spreads, 1), known.grid)

    def _calibrated(self, grid: AtomicTimeGrid) -> KindCalibration:
        found = _calibration_of(self.calibration)
        if (found.grid.points, found.grid.step) != (grid.points, grid.step):
            raise InputError(
                f"{self.name}: its uncertainty was calibrated for {found.grid.points} samples of {found.grid.step:g} "
                f"au, not {grid.points} of {grid.step:g} au: ask for that grid"
            )
        return found


def packaged_ensemble() -> LearnedEnsemble:
    """The three generators that come with the package."""
    return LearnedEnsemble(tuple(packaged("generator", seed) for seed in SEEDS))


def calibrated(
    ensemble: LearnedEnsemble,
    systems: Sequence[MolecularSystem],
    grid: AtomicTimeGrid,
    truth: Callable[[MolecularSystem, AtomicTimeGrid], Trajectory],
) -> KindCalibration:
    """Bands and the map from spread to standard deviation, from the errors on fresh systems."""
    answers, spreads = ensemble.with_spread(systems, grid)
    pairs = zip(answers, systems, strict=True)
    errors = np.stack([one.arrays[JUDGED] - truth(system, grid).arrays[JUDGED] for one, system in pairs])
    size = {JUDGED: np.linalg.norm(errors, axis=1)}
    bands = calibrate(size, grid, difficulty=spreads[:, None])  # type: ignore[arg-type]
    return KindCalibration({"": bands}, {"": fit_spread(size, spreads[:, None])})


def save_uncertainty(path: Path, calibration: KindCalibration, record: dict[str, object]) -> None:
    """Write the file of an ensemble's uncertainty."""
    save_calibration(path, "learned-ensemble", calibration, record, schema=SCHEMA)


def _with_spread(
    ensemble: LearnedEnsemble, systems: tuple[MolecularSystem, ...], grid: AtomicTimeGrid
) -> tuple[list[Trajectory], np.ndarray]:
    structures = [structure_of(system) for system in systems]
    members = [member.densities(systems, structures, grid) for member in ensemble.members]
    answers, spreads = [], []
    for structure, *densities in zip(structures, *members, strict=True):
        spreads.append(_spread(structure, densities))
        mean = _projected(np.mean(densities, axis=0), structure.system.occupied[0])
        answers.append(answer_from(mean, structure, grid, ensemble.name))
    return answers, np.array(spreads)


_remembered = lru_cache(maxsize=4)(_with_spread)


@lru_cache(maxsize=2)
def _calibration_of(path: Path) -> KindCalibration:
    return load_calibration(path, "learned-ensemble", schema=SCHEMA, grid=AtomicTimeGrid)[0]


def _traits(spreads: np.ndarray, difficulties: int) -> Traits:
    """The bands depend on the spread as a difficulty; the standard deviations have it as their raw value already."""
    return Traits(("",) * len(spreads), np.repeat(spreads[:, None], difficulties, axis=1))


def _spread(structure: Structure, densities: Sequence[np.ndarray]) -> float:
    dipoles = np.stack([structure.moment(one) for one in densities])
    return float(np.sqrt(np.mean(np.var(dipoles, axis=0, ddof=1))))


def _projected(densities: np.ndarray, occupied: int) -> np.ndarray:
    """(points, 1, n, n) projectors on the eigenvectors of the largest eigenvalues."""
    vectors = np.linalg.eigh(densities)[1][..., -occupied:]
    return vectors @ vectors.conj().swapaxes(-1, -2)
