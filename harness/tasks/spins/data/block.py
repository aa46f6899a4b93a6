"""Blocks of spin systems of one kind, and their trajectories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

FIDELITIES = ("cheap", "expensive", "spinach")
SIGNALS = ("mx", "my", "i1z", "spin_signals", "spin_polarisations")


@dataclass(frozen=True, eq=False)
class Block:
    """K systems with the same number of spins N, isotopes, labels and observed isotope, and the answers of a
    reference.

    Parameters
    ----------
    part, split, fidelity, reference
        Name of the part of the mix, one of :data:`harness.data.block.SPLITS`, one of :data:`FIDELITIES`, a name of
        :data:`harness.tasks.spins.references.METHODS`.
    grid
        Sample times of every trajectory, T of them.
    labels, isotopes, observed
        Of the N spins, as in :class:`harness.SpinSystem`.
    offsets_hz, couplings_hz, tagged_spin
        (K, N) and (K, N, N) float64 in Hz, (K,) int64.
    seeds
        (K,) int64, the number each system was drawn with; no two systems of a dataset share one.
    mx, my, i1z
        (K, T) float32 or float64, normalised to their values at t = 0.
    spin_signals, spin_polarisations
        (K, n_observed, T) complex and (K, N, T) real, or None if they were not requested.
    """

    part: str
    split: str
    fidelity: str
    reference: str
    grid: TimeGrid
    labels: tuple[str, ...]
    isotopes: tuple[str, ...]
    observed: str
    offsets_hz: np.ndarray
    couplings_hz: np.ndarray
    tagged_spin: np.ndarray
    seeds: np.ndarray
    mx: np.ndarray
    my: np.ndarray
    i1z: np.ndarray
    spin_signals: np.ndarray | None = None
    spin_polarisations: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.offsets_hz)

    @property
    def spins(self) -> int:
        """Number of spins N of every system."""
        return len(self.labels)

    @property
    def size(self) -> int:
        """:attr:`spins`, by its name in :class:`harness.data.Block`."""
        return len(self.labels)

    @property
    def precision(self) -> str:
        """Of the signals."""
        return str(self.mx.dtype)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Every array that is present, in the order of :data:`ARRAYS`."""
        return {name: array for name in ARRAYS if (array := getattr(self, name)) is not None}

    @property
    def attributes(self) -> dict[str, str | int | float]:
        """Texts, labels and isotopes as JSON, and the grid."""
        texts = {name: getattr(self, name) for name in TEXTS}
        lists = {"labels": json.dumps(self.labels), "isotopes": json.dumps(self.isotopes)}
        return {**texts, **lists, "points": self.grid.points, "dt_s": self.grid.dt_s}

    @property
    def header(self) -> list[Any]:
        """Texts, labels, isotopes and grid."""
        texts = [getattr(self, name) for name in TEXTS]
        return [*texts, self.labels, self.isotopes, self.grid.points, self.grid.dt_s]

    def signal(self, name: str) -> np.ndarray:
        """An observable by its name in trajectories; "m" is complex."""
        return getattr(self, name)

    @property
    def m(self) -> np.ndarray:
        """(K, T) complex Mx + iMy."""
        return self.mx + 1j * self.my

    def system(self, k: int) -> SpinSystem:
        """The k-th spin system."""
        return SpinSystem(
            self.offsets_hz[k],
            self.couplings_hz[k],
            self.labels,
            self.isotopes,
            self.observed,
            int(self.tagged_spin[k]),
            name=f"{self.part}/{int(self.seeds[k])}",
        )

    def systems(self) -> list[SpinSystem]:
        """All K spin systems."""
        return [self.system(k) for k in range(len(self))]

    def trajectory(self, k: int) -> Trajectory:
        """The k-th trajectory, as float64."""
        signals, polarisations = self.spin_signals, self.spin_polarisations
        return Trajectory(
            self.grid,
            Provenance(self.reference, details={"seed": int(self.seeds[k])}),
            self.mx[k],
            self.my[k],
            self.i1z[k],
            None if signals is None else signals[k],
            None if polarisations is None else polarisations[k],
        )

    def take(self, rows: Sequence[int] | np.ndarray) -> Block:
        """The block of these rows, in the order given."""
        index = np.asarray(rows, dtype=np.int64)
        return self.with_arrays({name: array[index] for name, array in self.arrays.items()})

    def with_arrays(self, arrays: Mapping[str, np.ndarray]) -> Block:
        """A block of the same kind with these arrays."""
        fixed = {name: getattr(self, name) for name in FIXED}
        return Block(**fixed, **arrays)  # type: ignore[arg-type]


FIXED = ("part", "split", "fidelity", "reference", "grid", "labels", "isotopes", "observed")
TEXTS = ("part", "split", "fidelity", "reference", "observed")
ARRAYS = ("offsets_hz", "couplings_hz", "tagged_spin", "seeds", *SIGNALS)


def block_of(
    part: str,
    split: str,
    fidelity: str,
    reference: str,
    systems: Sequence[SpinSystem],
    seeds: Sequence[int],
    trajectories: Sequence[Trajectory],
    precision: str = "float64",
) -> Block:
    """Gather systems of one kind and their trajectories.

    ``precision`` is "float32" or "float64", of the signals (parameters always stay float64).

    Raises
    ------
    InputError
        If the systems differ in labels, isotopes or observed isotope, the trajectories in their grids, or if a value is
        not finite.
    """
    first, grid = systems[0], trajectories[0].grid
    for system in systems:
        if (system.labels, system.isotopes, system.observed) != (first.labels, first.isotopes, first.observed):
            raise InputError(f"part {part!r}: systems of one block differ in labels or isotopes ({first}, {system})")
    if any(t.grid != grid for t in trajectories):
        raise InputError(f"part {part!r}: trajectories of one block are on different time grids")
    signals: dict[str, np.ndarray | None] = {}
    for name in SIGNALS:
        values = [getattr(t, name) for t in trajectories]
        if any(value is None for value in values):
            signals[name] = None
            continue
        kind = np.result_type(np.complex64 if name == "spin_signals" else np.float32, np.dtype(precision))
        signals[name] = np.stack(values).astype(kind)
        if not np.all(np.isfinite(signals[name])):  # type: ignore[arg-type]
            bad = int(np.argwhere(~np.isfinite(signals[name]))[0][0])  # type: ignore[arg-type]
            raise InputError(f"part {part!r}: {reference!r} gave a {name} that is not finite for seed {seeds[bad]}")
    return Block(
        part,
        split,
        fidelity,
        reference,
        grid,
        first.labels,
        first.isotopes,
        first.observed,
        np.stack([s.offsets_hz for s in systems]),
        np.stack([s.couplings_hz for s in systems]),
        np.array([s.tagged_spin for s in systems], dtype=np.int64),
        np.array(seeds, dtype=np.int64),
        **signals,  # type: ignore[arg-type]
    )
