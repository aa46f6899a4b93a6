"""Folders of entries, searched in order; each entry is one file that is complete or refused."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from harness.bridge.entry_file import CacheFault
from harness.bridge.pins import Pins
from harness.errors import InputError

FOLDER_VARIABLE = "HARNESS_CACHE"

E = TypeVar("E")


def named_folder(cache_dir: str | Path | None = None) -> Path | None:
    """The cache that the user has named: ``cache_dir``, else HARNESS_CACHE; None if neither is set."""
    named = cache_dir or os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else None


def user_folder(code: str, cache_dir: str | Path | None = None) -> Path:
    """The user's folder for one production code: ``code`` in the named cache, else in spin-harness/ in the user's
    cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (named_folder(cache_dir) or Path(base).expanduser() / "spin-harness") / code


@dataclass(frozen=True)
class EntryFolders(ABC, Generic[E]):
    """Folders of entries of one kind; writing goes to the first of ``folders``.

    In any case the packaged folder is searched first: its entries are pinned by the code, and a run must not get
    another result if a user's folder contains the same request with other numbers. A subclass defines what an entry
    is: :meth:`read`, :meth:`name_of`, :meth:`content_of`.
    """

    folders: tuple[Path, ...]
    pins: ClassVar[Pins | None] = None

    @classmethod
    @abstractmethod
    def read(cls, path: Path) -> E:
        """One entry, checked; raises :class:`CacheFault` for a file that is not one."""

    @classmethod
    @abstractmethod
    def name_of(cls, entry: E) -> str:
        """The file name of an entry, ending in ".h5"."""

    @classmethod
    @abstractmethod
    def content_of(cls, entry: E) -> bytes:
        """The whole file of an entry."""

    @classmethod
    def is_packaged(cls, folder: Path) -> bool:
        """True for the folder that comes with the package."""
        return cls.pins is not None and cls.pins.is_packaged(folder)

    @property
    def in_order(self) -> tuple[Path, ...]:
        """The folders in the order of the search: the packaged one, then the others in their order."""
        return tuple(sorted(self.folders, key=lambda folder: not self.is_packaged(folder)))

    def describe(self) -> str:
        """The folders, for messages."""
        return " or ".join(str(folder) for folder in self.folders)

    def paths(self) -> list[Path]:
        """Every entry file, by folder and name; an entry of an earlier folder hides one with the same name later."""
        seen: dict[str, Path] = {}
        for folder in self.in_order:
            for path in sorted(folder.glob("*.h5")):
                seen.setdefault(path.name, path)
        return list(seen.values())

    def has(self, name: str) -> bool:
        """True if a valid entry of this name is in any folder.

        Raises
        ------
        CacheFault
            If a damaged file has the name.
        """
        for folder in self.in_order:
            if (folder / name).exists():
                self.read(folder / name)
                return True
        return False

    def store(self, entry: E, replace_refused: bool = False) -> Path:
        """Write an entry to the first folder, completely or not at all.

        A valid file of the same name is left as it is. With ``replace_refused`` a damaged one is set aside as
        ``<name>.refused``; otherwise it is an error: nothing is overwritten silently.

        Raises
        ------
        CacheFault
            If a damaged file has the same name.
        InputError
            If the folder cannot be written to, or the disk is full.
        """
        from harness.durable import write_bytes

        folder = self.folders[0]
        path = folder / self.name_of(entry)
        if path.exists():
            try:
                self.read(path)
            except CacheFault:
                if not replace_refused:
                    raise
                path.replace(path.with_name(path.name + ".refused"))
            else:
                return path
        try:
            write_bytes(path, self.content_of(entry))
        except OSError as error:
            raise InputError(f"cache {folder}: cannot write {path.name} ({error.strerror}); nothing was lost") from None
        return path

    def verify(self) -> list[tuple[Path, str]]:
        """Every entry file of every folder with "" if it is valid, or with its fault."""
        verdicts = []
        for path in (path for folder in self.in_order for path in sorted(folder.glob("*.h5"))):
            try:
                self.read(path)
                verdicts.append((path, ""))
            except CacheFault as fault:
                verdicts.append((path, str(fault)))
        return verdicts


def checked_content(path: Path, pins: Pins | None) -> bytes:
    """The bytes of an entry file; a packaged one is compared with its pin.

    Raises
    ------
    CacheFault
        If it cannot be read, or lies in the packaged folder and is not one of the package's.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CacheFault(f"cache file {path}: cannot be read ({error.strerror})") from None
    if pins is not None and pins.is_packaged(path.parent) and (reason := pins.unpinned(path, content)):
        raise CacheFault(f"cache file {path}: {reason}")
    return content
