"""The mix of a task that defines no class for mixes: systems of its populations, computed by its references."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import Any

from harness.data.block import SPLITS
from harness.data.plain_block import PlainBlock, PlainBlocks, plain_block
from harness.data.presets import preset_path
from harness.data.seeds import check_streams
from harness.data.tables import check_keys, counts, number, plain_name, strings, word
from harness.errors import InputError
from harness.task import BatchedReference, Learning, Task, loaded, task_named
from harness.toml_checks import read_toml

KEYS = ("schema", "name", "seed", "shares", "observables", "precision", "shard_samples", "part")


@dataclass(frozen=True)
class PlainPart:
    """Systems of one population, computed by a reference with its options; ``counts`` are their numbers per split.

    ``fidelity`` is the class of the sampling weights, any word.
    """

    name: str
    population: str
    reference: str
    fidelity: str
    counts: Mapping[str, int]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PlainUnit:
    """The systems of one block."""

    part: PlainPart
    split: str
    count: int
    size: int

    @property
    def make(self) -> int:
        """A part has one population and therefore one size."""
        return self.size

    @property
    def key(self) -> str:
        """Name of the block in messages."""
        return f"{self.part.name}/{self.size}/{self.split}"


@dataclass(frozen=True)
class PlainMix:
    """See :class:`harness.data.Mix`; ``task`` is the name of the task."""

    task: str
    name: str
    seed: int
    parts: tuple[PlainPart, ...]
    shares: Mapping[str, float]
    observables: tuple[str, ...]
    precision: str = "float32"
    shard_samples: int = 5

    @property
    def grid(self) -> Any:
        """The grid of its populations, which is the same for all."""
        return self._task.populations[self.parts[0].population].grid

    @property
    def blocks(self) -> PlainBlocks:
        """How its blocks are stored in a file."""
        return plain_blocks(self._task)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of :meth:`as_dict`."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; for a population its ``repr``, which for a dataclass contains every range."""
        parts = [
            {**vars(part), "counts": dict(part.counts), "options": dict(part.options),
             "ranges": repr(self._task.populations[part.population])}
            for part in self.parts
        ]  # fmt: skip
        values = {key: getattr(self, key) for key in ("task", "name", "seed", "precision", "shard_samples")}
        return {**values, "shares": dict(self.shares), "observables": list(self.observables), "parts": parts}

    def units(self) -> list[PlainUnit]:
        """All its blocks, smallest systems first."""
        found = [
            PlainUnit(part, split, count, self._task.populations[part.population].size)
            for part in self.parts
            for split, count in part.counts.items()
        ]
        check_streams(self.name, self.seed, found)
        return sorted(found, key=lambda unit: unit.size)

    def simulate(self, unit: PlainUnit, seeds: Sequence[int]) -> PlainBlock:
        """Draw the systems of these seeds and compute them by the reference, in one batch if it supports this."""
        part, population = unit.part, self._task.populations[unit.part.population]
        systems = [population.draw(1, seed)[0] for seed in seeds]
        method = loaded(self._task.references[part.reference])(**part.options)
        if isinstance(method, BatchedReference):
            answers = method.simulate_batch(systems, self.grid, self.observables)
        else:
            answers = [method.simulate(system, self.grid, self.observables) for system in systems]
        head = {"task": self.task, "part": part.name, "split": unit.split, "fidelity": part.fidelity}
        return plain_block({**head, "reference": part.reference}, systems, seeds, answers, self.precision)

    def without(self, *fidelities: str) -> PlainMix:
        """The mix without some classes; :class:`InputError` for an unknown class, or if nothing is left."""
        for fidelity in fidelities:
            if fidelity not in {part.fidelity for part in self.parts}:
                raise InputError(f"class {fidelity!r} is not in mix {self.name!r}")
        return self._of(tuple(part for part in self.parts if part.fidelity not in fidelities))

    def only(self, sizes: tuple[int, ...]) -> PlainMix:
        """The mix with only the systems of these sizes; :class:`InputError` if there are none."""
        return self._of(tuple(p for p in self.parts if self._task.populations[p.population].size in sizes))

    def _of(self, parts: tuple[PlainPart, ...]) -> PlainMix:
        if not parts:
            raise InputError(f"mix {self.name!r}: nothing is left of it")
        there = {part.fidelity for part in parts}
        return replace(self, parts=parts, shares={k: v for k, v in self.shares.items() if k in there})

    @cached_property
    def _task(self) -> Task:
        return task_named(self.task)

    def __getstate__(self) -> dict[str, Any]:
        # A task contains functions, which cannot be sent between processes; it is looked up again by its name.
        return {key: value for key, value in self.__dict__.items() if key != "_task"}


def plain_blocks(task: Task) -> PlainBlocks:
    """How the plain blocks of a task are stored in a file."""
    return PlainBlocks((task.learning or Learning()).schema("dataset-1"))


def load_plain_mix(name: str | Path, task: Task) -> PlainMix:
    """A mix by the name of its preset, or from a TOML file.

    Raises
    ------
    InputError
        For anything in it that cannot be used; the message names the file, the part and the key.
    """
    path = preset_path(name)
    return parse_plain_mix(read_toml(path), path.name, task)


def parse_plain_mix(data: Mapping[str, Any], where: str, task: Task) -> PlainMix:
    """Check the content of a mix file; ``where`` is its name in messages."""
    check_keys(data, KEYS, where)
    schema = (task.learning or Learning()).schema("mix-1")
    if data.get("schema") != schema:
        raise InputError(f"{where}: schema {data.get('schema')!r}, this version reads {schema!r}")
    tables = data.get("part")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise InputError(f"{where}: no [[part]] tables; write one for every population")
    parts = tuple(_part(table, where, task) for table in tables)
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{where}: two parts are called {name!r}; every part needs a name of its own")
    if len({task.populations[part.population].grid for part in parts}) > 1:
        raise InputError(f"{where}: its populations are on different time grids; write a mix for each grid")
    shares = data.get("shares", {})
    if not isinstance(shares, dict):
        raise InputError(f"{where}: shares must be a table of class = weight")
    if shares:
        check_keys(shares, sorted({part.fidelity for part in parts}), f"{where}: shares")
    every = tuple(one.name for one in task.observables)
    observables = strings(data, "observables", where, every)
    check_keys(dict.fromkeys(observables), every, f"{where}: observables")
    return PlainMix(
        task.name,
        plain_name(data, "name", where),
        int(number(data, "seed", where, default=0, whole=True)),
        parts,
        {key: number(shares, key, f"{where}: shares", above=0.0) for key in shares},
        observables,
        word(data, "precision", where, "float32", ("float32", "float64")),
        int(number(data, "shard_samples", where, default=5, above=0, whole=True)),
    )


def _part(table: Mapping[str, Any], where: str, task: Task) -> PlainPart:
    name = plain_name(table, "name", where)
    place = f"{where}: part {name!r}"
    check_keys(table, ("name", "population", "reference", "class", "counts", "options"), place)
    options = table.get("options", {})
    if not isinstance(options, dict):
        raise InputError(f"{place}: options must be a table")
    reference = word(table, "reference", place, None, tuple(task.references))
    check_keys(options, tuple(signature(loaded(task.references[reference])).parameters), f"{place}: options")
    return PlainPart(
        name,
        word(table, "population", place, None, tuple(task.populations)),
        reference,
        word(table, "class", place, "cheap"),
        counts(table, place, SPLITS),
        options,
    )
