"""What Spinach said, kept: folders of entries, looked at in order, each entry one file that is whole or refused."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.spinach.entry import CacheFault, Entry, entry_name, parse_entry_name, read_entry, write_entry
from harness.tasks.spins.spinach.manifest import is_packaged
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import SpinSystem, Trajectory

FOLDER_VARIABLE = "HARNESS_CACHE"


def user_folder(cache_dir: str | Path | None = None) -> Path:
    """The user's own cache: ``cache_dir``, else HARNESS_CACHE, else spin-harness/ in the user's cache folder."""
    named = cache_dir or os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "spin-harness" / "spinach_cache"


@dataclass(frozen=True)
class SpinachCache:
    """Folders of cache entries; writing goes to the first of ``folders``.

    Whatever their order, the packaged folder is looked at first: its entries are pinned by the code, and a run must not
    say something else where a user's folder holds the same request with other numbers. A user's entries answer what the
    package does not hold, and their provenance names the folder.
    """

    folders: tuple[Path, ...]

    @property
    def in_order(self) -> tuple[Path, ...]:
        """The folders as they are looked at: the packaged one, then the others in their order."""
        return tuple(sorted(self.folders, key=lambda folder: not is_packaged(folder)))

    @classmethod
    def open(cls, dirs: Sequence[str | Path] | str | Path | None = None, packaged: bool = True) -> SpinachCache:
        """The user's folder (or those given), and the one that comes with the package."""
        from harness.resources import shared_folder

        if dirs is None or isinstance(dirs, str | Path):
            chosen = [user_folder(dirs)]
        else:
            chosen = [Path(folder) for folder in dirs]
        if packaged:
            chosen.append(shared_folder("spinach_cache"))
        return cls(tuple(dict.fromkeys(folder.absolute() for folder in chosen)))

    def describe(self) -> str:
        """The folders, for messages."""
        return " or ".join(str(folder) for folder in self.folders)

    def paths(self) -> list[Path]:
        """Every entry file, by folder and name; an entry of an earlier folder hides its namesake in a later one."""
        seen: dict[str, Path] = {}
        for folder in self.in_order:
            for path in sorted(folder.glob("*.h5")):
                seen.setdefault(path.name, path)
        return list(seen.values())

    def count(self, engine: str | None = None) -> int:
        """Number of entry files (not verified), of one engine or of all."""
        parsed = [parse_entry_name(path.name) for path in self.paths()]
        return sum(name is not None and engine in (None, name.engine) for name in parsed)

    def lookup(self, request: Request, engine: str | None = None, commit: str | None = None) -> Trajectory | None:
        """The trajectory that answers this request, or None.

        An entry of the same system, options and dt that is longer answers with its first samples, and one with more
        observables with those asked for: Spinach takes the same steps. The provenance says so ("prefix_of_points").
        Where several engines or commits have answered, the newest date wins unless ``engine`` or ``commit`` say which.

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
        """What there is for the molecule of ``system``, for the message that it is not there as asked: one line.

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

    def store(self, entry: Entry, replace_refused: bool = False) -> Path:
        """Write an entry to the first folder, whole or not at all.

        A valid file of the same name is left as it is. With ``replace_refused`` a damaged one is set aside as
        ``<name>.refused``; otherwise it is an error: nothing is overwritten silently.

        Raises
        ------
        CacheFault
            If a damaged file stands in the way.
        InputError
            If the folder cannot be written to, or the disk is full.
        """
        folder = self.folders[0]
        path = folder / entry_name(entry.request, entry.engine, entry.commit)
        if path.exists():
            try:
                read_entry(path)
            except CacheFault:
                if not replace_refused:
                    raise
                path.replace(path.with_name(path.name + ".refused"))
            else:
                return path
        try:
            write_entry(path, entry)
        except OSError as error:
            raise InputError(f"cache {folder}: cannot write {path.name} ({error.strerror}); nothing was lost") from None
        return path

    def verify(self) -> list[tuple[Path, str]]:
        """Every entry file of every folder with "" if it is sound, or what is wrong with it."""
        verdicts = []
        for path in (path for folder in self.in_order for path in sorted(folder.glob("*.h5"))):
            try:
                read_entry(path)
                verdicts.append((path, ""))
            except CacheFault as fault:
                verdicts.append((path, str(fault)))
        return verdicts


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
