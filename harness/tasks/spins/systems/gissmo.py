"""The library of 1,080 spin systems in ``molecules/library.jsonl``: metabolites and fragments of the GISSMO library.

One line per system, after a head with the source, the licence and the SHA-256 of all other lines. An *entry*
("bmse000052", "Maybridge_Ro3_Fragment_06_B03") holds one or several *systems* ("simulation_1", "alpha"); the key of a
system is the two joined by "_". The checksum shows damage of the file; its head gives the sources of the numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from harness.errors import InputError, nearest
from harness.resources import shared_folder
from harness.tasks.spins.systems.equivalence import equivalent_groups
from harness.tasks.spins.systems.molecule import Molecule
from harness.tasks.spins.systems.system import SpinSystem

SCHEMA = "spin-library-1"
SOURCE = "gissmo-library"


@dataclass(frozen=True)
class LibraryEntry:
    """One spin system of the library: ``couplings_hz`` are (i, j, Hz) with places in ``labels``."""

    entry: str
    system: str
    name: str
    labels: tuple[str, ...]
    shifts_ppm: tuple[float, ...]
    couplings_hz: tuple[tuple[int, int, float], ...]

    @property
    def key(self) -> str:
        """Entry and system, which together name it."""
        return f"{self.entry}_{self.system}"

    def __len__(self) -> int:
        return len(self.labels)

    def molecule(self, head: Mapping[str, Any]) -> Molecule:
        """As a molecule of protons; groups are the magnetically equivalent spins, named by their first label."""
        couplings = np.zeros((len(self), len(self)))
        for i, j, value in self.couplings_hz:
            couplings[i, j] = couplings[j, i] = value
        groups = list(self.labels)
        for members in equivalent_groups(SpinSystem(self.shifts_ppm, couplings)):
            first = self.labels[min(members)]
            for k in members if len(members) > 1 else ():
                groups[k] = f"group-{first}"
        cited = {key: head[key] for key in ("doi", "licence", "attribution", "provenance")}
        return Molecule(
            name=self.name or self.key,
            source=SOURCE,
            labels=self.labels,
            isotopes=("1H",) * len(self),
            groups=tuple(groups),
            shifts_ppm=np.array(self.shifts_ppm),
            couplings_hz=couplings,
            citation={"id": f"GISSMO {self.key}", **cited},
        )


@dataclass(frozen=True, eq=False)
class Library:
    """All systems by key, and the head of the file."""

    head: Mapping[str, Any]
    systems: Mapping[str, LibraryEntry]

    def __repr__(self) -> str:
        return f"Library({len(self.systems)} systems, {self.head['licence']})"

    def find(self, word: str) -> list[LibraryEntry]:
        """Systems whose key, entry or name is ``word``, case ignored; an exact key is preferred to all others."""
        if word in self.systems:
            return [self.systems[word]]
        plain = word.casefold()
        return [one for one in self.systems.values() if plain in (one.entry.casefold(), one.name.casefold())]

    def search(self, words: str) -> list[LibraryEntry]:
        """Systems whose key or name contains every word of ``words``, case ignored."""
        wanted = words.casefold().split()
        return [one for one in self.systems.values() if all(w in f"{one.key} {one.name}".casefold() for w in wanted)]

    def molecule(self, word: str) -> Molecule:
        """The molecule of one system by key, entry or name.

        Raises
        ------
        InputError
            If there is none, or if several systems answer to the word: the message has their keys.
        """
        found = self.find(word)
        if len(found) > 1:
            keys = ", ".join(one.key for one in found)
            raise InputError(f"molecule {word!r}: {len(found)} systems of the library have this name: write {keys}")
        if not found:
            words = [one.entry for one in self.systems.values()] + [one.name for one in self.systems.values()]
            raise InputError(f"molecule {word!r} is not in the library{nearest(word, words)}")
        return found[0].molecule(self.head)


def library() -> Library:
    """The library that comes with the package, read once."""
    return read_library(shared_folder("molecules") / "library.jsonl")


@lru_cache(maxsize=2)
def read_library(path: Path) -> Library:
    """Read and check a library file.

    Raises
    ------
    InputError
        If the file cannot be read, has another schema, or its lines do not match the checksum in its head.
    """
    try:
        first, _, body = path.read_bytes().partition(b"\n")
        head = json.loads(first)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a library ({error}); reinstall the package") from None
    if not isinstance(head, dict) or head.get("schema") != SCHEMA:
        raise InputError(f"{path}: schema {head.get('schema') if isinstance(head, dict) else None!r}, not {SCHEMA!r}")
    if hashlib.sha256(body).hexdigest() != head.get("sha256"):
        raise InputError(f"{path}: its lines do not match the checksum in its first line; the file is damaged")
    rows = [json.loads(line) for line in body.splitlines()]
    entries = [
        LibraryEntry(
            row["entry"],
            row["system"],
            row["name"],
            tuple(row["labels"]),
            tuple(row["shifts_ppm"]),
            tuple((i, j, value) for i, j, value in row["couplings_hz"]),
        )
        for row in rows
    ]
    return Library(MappingProxyType(head), MappingProxyType({one.key: one for one in entries}))
