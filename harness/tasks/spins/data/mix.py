"""The multi-fidelity mix: which systems, from which reference, how many, and how often each class is sampled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.data.block import SPLITS
from harness.data.presets import preset_path
from harness.data.tables import check_keys, counts, number, pair, plain_name, size_list, strings, word
from harness.errors import InputError
from harness.task import BatchedReference
from harness.tasks.spins.data.block import FIDELITIES, Block, block_of
from harness.tasks.spins.data.draw import Unit, draw, units
from harness.tasks.spins.data.part import Part
from harness.tasks.spins.data.stored import BLOCKS, SpinBlocks
from harness.tasks.spins.references import METHODS, check_options, reference
from harness.tasks.spins.spinach.plan import ROLES
from harness.tasks.spins.systems import TimeGrid, molecule_names
from harness.tasks.spins.systems.topologies import TOPOLOGIES
from harness.toml_checks import read_toml

SCHEMA = "spin-mix-1"


@dataclass(frozen=True)
class Mix:
    """A whole mix; ``shares`` are the sampling weights of the fidelity classes (they do not depend on the counts)."""

    name: str
    seed: int
    grid: TimeGrid
    parts: tuple[Part, ...]
    shares: Mapping[str, float]
    observables: tuple[str, ...] = ("m", "i1z")
    precision: str = "float32"
    shard_samples: int = 5

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values: everything that the data depend on.

        Keys that the format got later are left out at their defaults, so that the fingerprints of older data do not
        change.
        """
        values = json.loads(json.dumps(asdict(self)))
        for part in values["parts"]:
            if not part["role"]:
                del part["role"]
        return values

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of :meth:`as_dict`."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

    @property
    def blocks(self) -> SpinBlocks:
        """How blocks are stored in a file."""
        return BLOCKS

    def units(self) -> list[Unit]:
        """All blocks, see :func:`harness.tasks.spins.data.draw.units`."""
        return units(self)

    def simulate(self, unit: Unit, seeds: Sequence[int]) -> Block:
        """The block of these seeds, simulated in one batch where the method can."""
        part = unit.part
        systems = [draw(unit, seed) for seed in seeds]
        method = reference(part.reference, **part.options)
        if isinstance(method, BatchedReference):
            found = method.simulate_batch(systems, self.grid, self.observables)
        else:
            found = [method.simulate(system, self.grid, self.observables) for system in systems]
        return block_of(part.name, unit.split, part.fidelity, part.reference, systems, seeds, found, self.precision)

    def without(self, *fidelities: str) -> Mix:
        """The mix without some classes (for example on a machine without Spinach).

        Raises
        ------
        InputError
            For a class that does not exist, or if nothing is left.
        """
        for fidelity in fidelities:
            if fidelity not in FIDELITIES:
                raise InputError(f"class {fidelity!r} is unknown (known: {', '.join(FIDELITIES)})")
        return self._of(tuple(p for p in self.parts if p.fidelity not in fidelities))

    def only(self, sizes: tuple[int, ...]) -> Mix:
        """The random systems of these sizes alone."""
        parts = [Part(**{**vars(p), "spins": tuple(n for n in p.spins if n in sizes)}) for p in self.parts]
        return self._of(tuple(p for p in parts if p.spins))

    def _of(self, parts: tuple[Part, ...]) -> Mix:
        if not parts:
            raise InputError(f"mix {self.name!r}: nothing is left of it")
        there = {p.fidelity for p in parts}
        shares = {k: v for k, v in self.shares.items() if k in there}
        return Mix(**{**vars(self), "parts": parts, "shares": shares})


def load_mix(name: str | Path) -> Mix:
    """A mix by the name of its preset, or from a TOML file; see docs/data-format.md.

    Raises
    ------
    InputError
        For anything in it that cannot be used; the message names the file, the part and the key.
    """
    path = preset_path(name)
    return parse_mix(read_toml(path), path.name)


def parse_mix(data: Mapping[str, Any], where: str) -> Mix:
    """Check the content of a mix file; ``where`` is its name in messages."""
    known = ("schema", "name", "seed", "grid", "shares", "observables", "precision", "shard_samples", "part")
    check_keys(data, known, where)
    if data.get("schema") != SCHEMA:
        raise InputError(f"{where}: schema {data.get('schema')!r}, this version reads {SCHEMA!r}")
    grid = data.get("grid", {})
    if not isinstance(grid, dict) or set(grid) != {"points", "dt_s"}:
        raise InputError(f"{where}: grid must be {{points = …, dt_s = …}}")
    shares = data.get("shares", {})
    if not isinstance(shares, dict):
        raise InputError(f"{where}: shares must be a table of class = weight")
    check_keys(shares, FIDELITIES, f"{where}: shares")
    shares = {key: number(shares, key, f"{where}: shares", above=0.0) for key in shares}
    tables = data.get("part")
    if not isinstance(tables, list) or not tables:
        raise InputError(f"{where}: no [[part]] tables; write one per kind of system")
    parts = tuple(_part(table, where) for table in tables)
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{where}: two parts are called {name!r}; every part needs a name of its own")
    for part in parts:
        if shares and part.fidelity not in shares:
            raise InputError(f"{where}: part {part.name!r} is of class {part.fidelity!r}, which has no share")
    precision = word(data, "precision", where, "float32", ("float32", "float64"))
    observables = strings(data, "observables", where, ("m", "i1z"))
    if not {"m", "i1z"} <= set(observables) <= {"m", "i1z", "spin_signals", "spin_polarisations"}:
        raise InputError(f"{where}: observables {list(observables)} must hold 'm' and 'i1z', and no unknown name")
    return Mix(
        plain_name(data, "name", where),
        int(number(data, "seed", where, default=0, whole=True)),
        TimeGrid(grid["points"], grid["dt_s"]),
        parts,
        shares,
        observables,
        precision,
        int(number(data, "shard_samples", where, default=5, above=0, whole=True)),
    )


def _part(table: Any, where: str) -> Part:
    if not isinstance(table, dict):
        raise InputError(f"{where}: [[part]] must be a table")
    name = plain_name(table, "name", where)
    place = f"{where}: part {name!r}"
    common = ("name", "class", "reference", "options", "counts")
    random = ("topology", "spins", "offset_range_hz", "coupling_range_hz", "uniform_coupling")
    molecular = ("molecules", "source", "field_t", "carrier_jitter_hz", "coupling_scale")
    planned = ("molecules", "role")
    kind = planned if "role" in table else molecular if "molecules" in table else random
    check_keys(table, (*common, *kind), place)
    options = table.get("options", {})
    if not isinstance(options, dict):
        raise InputError(f"{place}: options must be a table")
    method = word(table, "reference", place, "exact", METHODS)
    try:
        check_options(method, options)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    given: dict[str, Any] = {
        "name": name,
        "fidelity": word(table, "class", place, "cheap", FIDELITIES),
        "reference": method,
        "counts": counts(table, place, SPLITS),
        "options": options,
    }
    if "role" in table:
        return Part(**given, molecules=strings(table, "molecules", place), role=word(table, "role", place, None, ROLES))
    if "molecules" in table:
        molecules = strings(table, "molecules", place)
        for molecule in molecules:
            if molecule not in molecule_names():
                raise InputError(f"{place}: molecule {molecule!r} is unknown (known: {', '.join(molecule_names())})")
        return Part(
            **given,
            molecules=molecules,
            source=word(table, "source", place, "gissmo"),
            field_t=pair(table, "field_t", place, (9.4, 14.1)),
            carrier_jitter_hz=number(table, "carrier_jitter_hz", place, default=0.0),
            coupling_scale=pair(table, "coupling_scale", place, (1.0, 1.0)),
        )
    uniform = table.get("uniform_coupling", False)
    if not isinstance(uniform, bool):
        raise InputError(f"{place}: uniform_coupling = {uniform!r} must be true or false")
    return Part(
        **given,
        topology=word(table, "topology", place, "chain", TOPOLOGIES),
        spins=size_list(table, "spins", place),
        offset_range_hz=number(table, "offset_range_hz", place, default=250.0),
        coupling_range_hz=pair(table, "coupling_range_hz", place, (5.0, 20.0)),
        uniform_coupling=uniform,
    )
