"""Seeds: one number for every system of a mix. Two splits or two blocks never have a seed in common."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Protocol

from harness.data.block import SPLITS
from harness.errors import InputError

INDEX_BITS, STREAM_BITS, SPLIT_BIT = 24, 32, 56


class Named(Protocol):
    """A part of a mix."""

    @property
    def name(self) -> str:
        """Its name in the file."""
        ...


class Unit(Protocol):
    """The systems of one block: part, size or name (``make``), split, and how many."""

    @property
    def part(self) -> Named:
        """The part of the mix."""
        ...

    @property
    def make(self) -> int | str:
        """What distinguishes the blocks of a part: a size, or the name of what the systems are made of."""
        ...

    @property
    def split(self) -> str:
        """One of :data:`harness.data.block.SPLITS`."""
        ...

    @property
    def count(self) -> int:
        """Number of systems."""
        ...

    @property
    def size(self) -> int:
        """The size of every system."""
        ...

    @property
    def key(self) -> str:
        """Name of the block in messages."""
        ...


def seed_of(mix_seed: int, unit: Unit, index: int) -> int:
    """The seed from which system ``index`` of a block is drawn.

    The highest bits contain the split (1 … 4), so that two splits cannot have a seed in common, for any parts; below
    follow a hash of mix seed, part and make, then the index. Numbers below 2^56 are never used here. Suites draw their
    test systems from small seeds and therefore never draw a training system.
    """
    return code_of(unit.split) << SPLIT_BIT | _stream(mix_seed, unit) << INDEX_BITS | index


def index_of(seed: int) -> int:
    """The place of a system within its block."""
    return seed & ((1 << INDEX_BITS) - 1)


def code_of(split: str) -> int:
    """The number of a split; the highest bits of its seeds contain it."""
    return SPLITS.index(split) + 1


def check_streams(name: str, mix_seed: int, units: Iterable[Unit]) -> None:
    """Refuse a mix called ``name`` in which two blocks would draw from one stream of seeds.

    Raises
    ------
    InputError
        Naming both blocks, or a block that is too large.
    """
    streams: dict[tuple[str, int], Unit] = {}
    for unit in units:
        other = streams.setdefault((unit.split, _stream(mix_seed, unit)), unit)
        if other is not unit:
            raise InputError(f"mix {name!r}: {unit.key} and {other.key} would share seeds: rename a part")
        if unit.count >= 1 << INDEX_BITS:
            raise InputError(f"mix {name!r}: {unit.key} asks for {unit.count} systems (limit {1 << INDEX_BITS})")


def _stream(mix_seed: int, unit: Unit) -> int:
    return zlib.crc32(f"{mix_seed}\0{unit.part.name}\0{unit.make}".encode()) & ((1 << STREAM_BITS) - 1)
