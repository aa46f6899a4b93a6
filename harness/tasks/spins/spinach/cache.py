"""The cache of results of Spinach: which entry answers a request, and what there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.bridge.entry_file import CacheFault
from harness.bridge.folders import EntryFolders, named_folder, user_folder
from harness.tasks.spins.spinach.entry import Entry, entry_name, parse_entry_name, read_entry, to_bytes
from harness.tasks.spins.spinach.manifest import PINS
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import SpinSystem, Trajectory


def user_cache(cache_dir: str | Path | None = None) -> Path:
    """The user's own cache: ``cache_dir``, else HARNESS_CACHE, else spin-harness/ in the user's cache folder."""
    return named_folder(cache_dir) or user_folder("spinach_cache")


@dataclass(frozen=True)
class SpinachCache(EntryFolders[Entry]):
    """Folders of entries, see :class:`EntryFolders`.

    A user's entries answer what the package does not hold, and their provenance names the folder.
    """

    pins = PINS

    @classmethod
    def read(cls, path: Path) -> Entry:
        """See :func:`harness.tasks.spins.spinach.entry.read_entry`."""
        return read_entry(path)

    @classmethod
    def name_of(cls, entry: Entry) -> str:
        """See :func:`harness.tasks.spins.spinach.entry.entry_name`."""
        return entry_name(entry.request, entry.engine, entry.commit)

    @classmethod
    def content_of(cls, entry: Entry) -> bytes:
        """See :func:`harness.tasks.spins.spinach.entry.to_bytes`."""
        return to_bytes(entry)

    @classmethod
    def open(cls, dirs: Sequence[str | Path] | str | Path | None = None, packaged: bool = True) -> SpinachCache:
        """The user's folder (or those given), and the one that comes with the package."""
        from harness.resources import shared_folder

        if dirs is None or isinstance(dirs, str | Path):
            chosen = [user_cache(dirs)]
        else:
            chosen = [Path(folder) for folder in dirs]
        if packaged:
            chosen.append(shared_folder("spinach_cache"))
        return cls(tuple(dict.fromkeys(folder.absolute() for folder in chosen)))

    def count(self, engine: str | None = None) -> int:
        """Number of entry files (not verified), of one engine or of all."""
        parsed = [parse_entry_name(path.name) for path in self.paths()]
        return sum(name is not None and engine in (None, name.engine) for name in parsed)

    def lookup(self, request: Request, engine: str | None = None, commit: str | None = None) -> Trajectory | None:
        """The trajectory that answers this request, or None.

        An entry of the same system, options and dt that is longer answers with its first samples, and one with more
        observables with the requested ones: Spinach takes the same steps. The provenance records it
        ("prefix_of_points"). Where several engines or commits have answered, the newest is taken unless ``engine`` or
        ``commit`` is given.

        Raises
        ------
        CacheFault
            If a file that would answer is damaged or of another schema; it is named, and never used.
        """
        entry = self.find(request, engine, commit)
        return None if entry is None else entry.trajectory(request)

    def find(self, request: Request, engine: str | None = None, commit: str | None = None) -> Entry | None:
        """The entry that :meth:`lookup` answers from."""
        for folder in self.in_order:
            candidates = []
            for path in sorted(folder.glob(f"{request.family[:32]}-*.h5")):
                name = parse_entry_name(path.name)
                if name is None or name.points < request.grid.points or engine not in (None, name.engine):
                    continue
                if commit is not None and not commit.startswith(name.commit):
                    continue
                entry = read_entry(path)
                if entry.answers(request):
                    candidates.append(entry)
            if candidates:
                # The shortest that suffices, the newest among those.
                shortest = min(entry.request.grid.points for entry in candidates)
                same = [entry for entry in candidates if entry.request.grid.points == shortest]
                return max(same, key=lambda entry: str(entry.details["date"]))
        return None

    def entries(
        self, role: str | Sequence[str] | None = None, case: str | None = None, engine: str | None = None
    ) -> Iterator[Entry]:
        """Every entry (in order of role and case), or those of some roles, one case or one engine.

        Raises
        ------
        CacheFault
            At the first file that is damaged or of another schema.
        """
        roles = (role,) if isinstance(role, str) else role
        chosen = []
        for path in self.paths():
            entry = read_entry(path)
            fits = (roles is None or entry.role in roles) and case in (None, entry.case)
            if fits and engine in (None, entry.engine):
                chosen.append(entry)
        yield from sorted(chosen, key=lambda entry: (entry.role, entry.case, entry.request.grid.points, entry.engine))

    def like(self, system: SpinSystem, engine: str | None = None) -> str:
        """What there is for the molecule of ``system``, for the message that the wanted entry is not there: one line.

        Known by labels, isotopes and couplings; given as fields, carriers and samples, "" if nothing is there.
        Damaged files are left out.
        """
        found: dict[str, list[Entry]] = {}
        for path in self.paths():
            try:
                entry = read_entry(path)
            except CacheFault:
                continue
            there, about = entry.system, entry.parameters
            same = (there.labels, there.isotopes) == (system.labels, system.isotopes)
            same = same and np.array_equal(there.couplings_hz, system.couplings_hz)
            if same and "molecule" in about and "variant" not in about and engine in (None, entry.engine):
                found.setdefault(f"{about['molecule']} ({about['source']})", []).append(entry)
        if not found:
            return ""
        return "; ".join(f"{name}: {_span(entries)}" for name, entries in sorted(found.items()))


def _span(entries: Sequence[Entry]) -> str:
    """Fields, carriers of the observed isotope, and the most points of each dwell time."""
    fields = sorted({float(entry.parameters["field_t"]) for entry in entries})
    carriers = sorted({float(entry.parameters["carrier_ppm"][entry.system.observed]) for entry in entries})
    most: dict[float, int] = {}
    for entry in entries:
        most[entry.grid.dt_s] = max(most.get(entry.grid.dt_s, 0), entry.grid.points)
    samples = " or ".join(f"{points} points of {dt_s:g} s" for dt_s, points in sorted(most.items()))
    return (
        f"{', '.join(f'{value:g} T' for value in fields)}; carrier "
        f"{' or '.join(f'{value:.9g}' for value in carriers)} ppm; up to {samples}"
    )


def as_table(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries as plain rows, for listings."""
    return [
        {
            "role": entry.role,
            "case": entry.case,
            "spins": len(entry.request.system),
            "points": entry.request.grid.points,
            "engine": f"{entry.details['engine']} {entry.details['engine_version']}",
            "commit": entry.commit[:12],
            "basis": entry.basis,
            "date": str(entry.details["date"]),
            "wall_s": entry.wall_s,
        }
        for entry in entries
    ]
