"""Every system of a mix from one number: its seed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.data.block import SPLITS
from harness.data.mix import Mix, Part
from harness.errors import InputError
from harness.tasks.spins.systems import SpinSystem, load_molecule, topology

INDEX_BITS, STREAM_BITS = 24, 32


@dataclass(frozen=True)
class Unit:
    """The systems of one block: part, size or molecule (``make``), split, and how many."""

    part: Part
    make: int | str
    split: str
    count: int
    spins: int

    @property
    def key(self) -> str:
        """Name of the block in the file, e.g. ``chain-8/8/train``."""
        return f"{self.part.name}/{self.make}/{self.split}"


def units(mix: Mix) -> list[Unit]:
    """All blocks of a mix, smallest systems first.

    Raises
    ------
    InputError
        If two blocks would draw from one stream of seeds.
    """
    found = []
    for part in mix.parts:
        makes = part.molecules or part.spins
        for split, count in part.counts.items():
            for place, make in enumerate(makes):
                if isinstance(make, str):
                    share = len(range(place, count, len(makes)))
                    found.append(Unit(part, make, split, share, len(load_molecule(make, part.source))))
                else:
                    found.append(Unit(part, make, split, count, make))
    streams: dict[tuple[str, int], Unit] = {}
    for unit in found:
        other = streams.setdefault((unit.split, _stream(mix.seed, unit)), unit)
        if other is not unit:
            raise InputError(f"mix {mix.name!r}: {unit.key} and {other.key} would share seeds: rename a part")
        if unit.count >= 1 << INDEX_BITS:
            raise InputError(f"mix {mix.name!r}: {unit.key} asks for {unit.count} systems (limit {1 << INDEX_BITS})")
    return sorted((u for u in found if u.count), key=lambda u: u.spins)


def seed_of(mix_seed: int, unit: Unit, index: int) -> int:
    """The number that system ``index`` of a block is drawn with.

    The split (1 … 4) stands in the highest bits, so that no two splits can share a seed, whatever their parts; below
    it a hash of mix seed, part and make, then the index. Numbers below 2^56 are never used here: suites that draw
    their own test systems from small seeds never meet a training system.
    """
    return (SPLITS.index(unit.split) + 1) << 56 | _stream(mix_seed, unit) << INDEX_BITS | index


def draw(unit: Unit, seed: int) -> SpinSystem:
    """The system of this seed; of a planned part its index counts, and the plan has drawn it.

    Raises
    ------
    InputError
        If the plan has fewer systems than the mix asks for.
    """
    rng, part = np.random.default_rng(seed), unit.part
    if part.role:
        return _planned(unit, seed & ((1 << INDEX_BITS) - 1))
    if isinstance(unit.make, int):
        return topology(
            part.topology, unit.make, rng, part.offset_range_hz, part.coupling_range_hz, part.uniform_coupling
        )
    molecule = load_molecule(unit.make, part.source)
    system = molecule.at(float(rng.uniform(*part.field_t)))
    shift_hz = rng.uniform(-1, 1) * part.carrier_jitter_hz
    scale = rng.uniform(*part.coupling_scale)
    return system.with_(offsets_hz=system.offsets_hz + shift_hz, couplings_hz=system.couplings_hz * scale)


def shards(mix: Mix) -> Iterator[tuple[Unit, range]]:
    """The work in pieces of ``mix.shard_samples`` systems: block and indices."""
    for unit in units(mix):
        for start in range(0, unit.count, mix.shard_samples):
            yield unit, range(start, min(start + mix.shard_samples, unit.count))


def _stream(mix_seed: int, unit: Unit) -> int:
    return zlib.crc32(f"{mix_seed}\0{unit.part.name}\0{unit.make}".encode()) & ((1 << STREAM_BITS) - 1)


def _planned(unit: Unit, index: int) -> SpinSystem:
    from harness.tasks.spins.spinach.plan import full_plan, select

    items = [i for i in select(full_plan(), [unit.part.role]) if i.parameters.get("molecule") == unit.make]
    if index >= len(items):
        raise InputError(
            f"part {unit.part.name!r}: {unit.part.role} of {unit.make} has {len(items)} systems, not {index + 1}"
        )
    return items[index].request.system
