"""Every system of a mix from one number: its seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from harness.data.seeds import check_streams, index_of
from harness.errors import InputError
from harness.tasks.spins.data.part import Part
from harness.tasks.spins.systems import SpinSystem, load_molecule, topology


@dataclass(frozen=True)
class Unit:
    """The systems of one block: part, size or molecule (``make``), split, and how many."""

    part: Part
    make: int | str
    split: str
    count: int
    spins: int

    @property
    def size(self) -> int:
        """:attr:`spins`, by its name in :class:`harness.data.Unit`."""
        return self.spins

    @property
    def key(self) -> str:
        """Name of the block in the file, e.g. ``chain-8/8/train``."""
        return f"{self.part.name}/{self.make}/{self.split}"


class Parts(Protocol):
    """The fields of a mix that the draw depends on."""

    @property
    def name(self) -> str:
        """For messages."""
        ...

    @property
    def seed(self) -> int:
        """Of all its systems."""
        ...

    @property
    def parts(self) -> Sequence[Part]:
        """Its parts."""
        ...


def units(mix: Parts) -> list[Unit]:
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
    check_streams(mix.name, mix.seed, found)
    return sorted((u for u in found if u.count), key=lambda u: u.spins)


def draw(unit: Unit, seed: int) -> SpinSystem:
    """The system of this seed; of a planned part its index counts, and the plan has drawn it.

    Raises
    ------
    InputError
        If the plan has fewer systems than the mix requires.
    """
    rng, part = np.random.default_rng(seed), unit.part
    if part.role:
        return _planned(unit, index_of(seed))
    if isinstance(unit.make, int):
        return topology(
            part.topology, unit.make, rng, part.offset_range_hz, part.coupling_range_hz, part.uniform_coupling
        )
    molecule = load_molecule(unit.make, part.source)
    system = molecule.at(float(rng.uniform(*part.field_t)))
    shift_hz = rng.uniform(-1, 1) * part.carrier_jitter_hz
    scale = rng.uniform(*part.coupling_scale)
    return system.with_(offsets_hz=system.offsets_hz + shift_hz, couplings_hz=system.couplings_hz * scale)


def _planned(unit: Unit, index: int) -> SpinSystem:
    from harness.tasks.spins.spinach.plan import full_plan, select

    items = [i for i in select(full_plan(), [unit.part.role]) if i.parameters.get("molecule") == unit.make]
    if index >= len(items):
        raise InputError(
            f"part {unit.part.name!r}: {unit.part.role} of {unit.make} has {len(items)} systems, not {index + 1}"
        )
    return items[index].request.system
