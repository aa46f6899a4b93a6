"""Sixty systems of the library that Spinach itself computes; part of the plan of the cache.

Spinach is given the molecule: field, shifts, couplings. Chosen by size and hardness
(:mod:`harness.tasks.spins.systems.hardness`): of the connected systems of each size, ordered by their hardness at 1.4
T, those at evenly spaced ranks, from the least to the greatest hardness; of systems with the same numbers the first,
and none of hardness 0, whose M is known without computing. There are fewer large ones because a complete basis of 10
spins takes Spinach under Octave two minutes of computing. Fields alternate along the ranks, that of least hardness of
each size at 1.4 T, so that there are systems of small and of great hardness at both fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from harness.tasks.spins.spinach.molecule_request import MoleculeRequest
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID
from harness.tasks.spins.systems.gissmo import LibraryEntry, library
from harness.tasks.spins.systems.hardness import hardness

ROLE = "library"
FIELDS_T = (1.4, 11.74)
COUNTS = {2: 4, 3: 6, 4: 10, 5: 10, 6: 10, 7: 8, 8: 6, 9: 4, 10: 2}
"""Spins of a system → how many systems of this size are chosen."""

LONG_UP_TO = 6
"""Systems up to this many spins are computed over 100 ms, larger ones over 30 ms."""


@cache
def chosen() -> tuple[tuple[LibraryEntry, float], ...]:
    """The systems, each with its field in tesla, by size and hardness."""
    return tuple(
        (entry, FIELDS_T[rank % len(FIELDS_T)]) for size in COUNTS for rank, entry in enumerate(_of_size(size))
    )


def requests() -> Iterator[tuple[str, LibraryEntry, MoleculeRequest]]:
    """(case, system of the library, request with M and I_1z in a complete basis)."""
    head = library().head
    for entry, field_t in chosen():
        grid = LONG_GRID if len(entry) <= LONG_UP_TO else STANDARD_GRID
        yield f"{entry.key} {field_t:g} T", entry, MoleculeRequest.of_molecule(entry.molecule(head), field_t, grid)


def _of_size(size: int) -> list[LibraryEntry]:
    """The chosen systems of one size by hardness at the first field, ties by key."""
    found = library()
    distinct: dict[tuple[object, ...], LibraryEntry] = {}
    for entry in found.systems.values():
        if len(entry) == size:
            distinct.setdefault((entry.shifts_ppm, entry.couplings_hz), entry)
    systems = [(entry, entry.molecule(found.head).at(FIELDS_T[0])) for entry in distinct.values()]
    ordered = sorted((hardness(system), entry.key, entry) for entry, system in systems if len(system.components()) == 1)
    hard = [entry for value, _, entry in ordered if value > 0]
    ranks = np.linspace(0, len(hard) - 1, COUNTS[size]).round().astype(int)
    return [hard[rank] for rank in ranks]
