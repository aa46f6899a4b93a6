"""Blocks of a task that defines no class for them: systems as JSON, observables by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.task import task_named
from harness.trajectory import Provenance, Trajectory

TEXTS = ("task", "part", "split", "fidelity", "reference")
OWN = ("systems", "seeds")
"""Arrays that are not observables: the systems as ASCII JSON, and their seeds."""


@dataclass(frozen=True, eq=False)
class PlainBlock:
    """K systems of one size as the codec of their task writes them, and the answers of a reference; see :class:`Block`.

    ``signals`` holds (K, …, T) by observable; ``written`` (K,) the systems as JSON texts in bytes.
    """

    task: str
    part: str
    split: str
    fidelity: str
    reference: str
    size: int
    grid: Any
    written: np.ndarray
    seeds: np.ndarray
    signals: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.seeds)

    @property
    def precision(self) -> str:
        """Of the signals."""
        return str(np.real(next(iter(self.signals.values()))).dtype)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Systems, seeds, then every observable."""
        return {"systems": self.written, "seeds": self.seeds, **self.signals}

    @property
    def attributes(self) -> dict[str, str | int | float]:
        """Texts, size, and the grid as JSON."""
        grid = task_named(self.task).codec.grid_to_json(self.grid)
        return {**{name: getattr(self, name) for name in TEXTS}, "size": self.size, "grid": json.dumps(grid)}

    @property
    def header(self) -> list[Any]:
        """The attributes in their order."""
        return list(self.attributes.values())

    def signal(self, name: str) -> np.ndarray:
        """(K, …, T) of an observable."""
        return self.signals[name]

    def system(self, k: int) -> Any:
        """The k-th system."""
        return task_named(self.task).codec.system_from_json(json.loads(self.written[k]))

    def systems(self) -> list[Any]:
        """All K systems."""
        return [self.system(k) for k in range(len(self))]

    def trajectory(self, k: int) -> Trajectory:
        """The k-th answer."""
        source = Provenance(self.reference, details={"seed": int(self.seeds[k])})
        return Trajectory(self.grid, source, {name: array[k] for name, array in self.signals.items()})

    def take(self, rows: Sequence[int] | np.ndarray) -> PlainBlock:
        """The block of these rows, in the order given."""
        index = np.asarray(rows, dtype=np.int64)
        return self.with_arrays({name: array[index] for name, array in self.arrays.items()})

    def with_arrays(self, arrays: Mapping[str, np.ndarray]) -> PlainBlock:
        """A block of the same kind with these arrays."""
        signals = {name: array for name, array in arrays.items() if name not in OWN}
        return replace(self, written=arrays["systems"], seeds=arrays["seeds"], signals=signals)


def plain_block(
    head: Mapping[str, Any],
    systems: Sequence[Any],
    seeds: Sequence[int],
    answers: Sequence[Any],
    precision: str = "float64",
) -> PlainBlock:
    """Gather systems of one size and their answers; ``head`` holds the texts of the block, of :data:`TEXTS`.

    ``precision`` is "float32" or "float64", of the signals.

    Raises
    ------
    InputError
        If the answers differ in their grids or observables, or a value is not finite.
    """
    codec, first = task_named(head["task"]).codec, answers[0]
    where = f"part {head['part']!r}: {head['reference']!r}"
    signals = {}
    for name in first.arrays:
        if any(one.grid != first.grid or one.arrays.keys() != first.arrays.keys() for one in answers):
            raise InputError(f"{where} gave answers with other observables or time grids in one block")
        values = np.stack([one.arrays[name] for one in answers])
        least = np.complex64 if np.iscomplexobj(values) else np.float32
        signals[name] = values.astype(np.result_type(least, np.dtype(precision)))
        bad = np.argwhere(~np.isfinite(signals[name]))
        if len(bad):
            raise InputError(f"{where} gave a {name} that is not finite for seed {seeds[int(bad[0][0])]}")
    written = np.array([json.dumps(codec.system_to_json(system), sort_keys=True).encode() for system in systems])
    numbers = np.array(seeds, dtype=np.int64)
    return PlainBlock(**head, size=systems[0].size, grid=first.grid, written=written, seeds=numbers, signals=signals)


@dataclass(frozen=True)
class PlainBlocks:
    """How plain blocks are stored in a file."""

    schema: str
    size_name: str = "size"

    def read(self, group: Any) -> PlainBlock:
        """One block, checked.

        Raises
        ------
        ValueError, KeyError
            For an array that is missing, or whose shape or type does not agree with the others.
        """
        texts = {name: str(group.attrs[name]) for name in TEXTS}
        grid = task_named(texts["task"]).codec.grid_from_json(json.loads(str(group.attrs["grid"])))
        arrays = {name: group[name][()] for name in group}
        written, seeds = arrays.pop("systems"), arrays.pop("seeds")
        if seeds.ndim != 1 or seeds.dtype.kind != "i" or not len(seeds) or not arrays:
            raise ValueError(f"{group.name}: seeds are {seeds.dtype} {seeds.shape}, or there is no observable")
        if written.shape != seeds.shape or written.dtype.kind != "S":
            raise ValueError(f"{group.name}: systems are {written.dtype} {written.shape}, texts {seeds.shape} are due")
        for name, array in arrays.items():
            fits = array.ndim > 1 and (array.shape[0], array.shape[-1]) == (len(seeds), grid.points)
            if not fits or array.dtype.kind not in "fc":
                raise ValueError(f"{group.name}: {name} is {array.dtype} {array.shape}, (K, …, {grid.points}) is due")
        return PlainBlock(
            **texts, size=int(group.attrs["size"]), grid=grid, written=written, seeds=seeds, signals=arrays
        )
