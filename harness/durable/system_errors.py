"""Errors of the operating system in one line: the place, the fault, and the remedy.

Every file that this package writes goes through :func:`harness.durable.writing`, and every folder that it owns through
:func:`harness.durable.make_folder`; both convert such an error to :class:`Unwritable`. Errors of reading, of starting
programs and of printing are caught in :func:`harness.cli.main`. Therefore no verb handles them itself.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.errors import InputError

REMEDIES = {
    errno.ENOSPC: "the disk is full: make room, or choose another folder",
    errno.EDQUOT: "the disk quota is used up: make room, or choose another folder",
    errno.EFBIG: "the file would be larger than this system allows: choose another folder, or raise the limit",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.EACCES: "permission denied: choose another folder, or change its permissions",
    errno.EPERM: "permission denied: choose another folder, or change its permissions",
    errno.ENAMETOOLONG: "the name is longer than this file system allows: choose a shorter one",
    errno.ENOTDIR: "a part of this path is a file, where a folder is due: choose another path",
    errno.EISDIR: "is a folder, where a file is due: choose another name",
    errno.EEXIST: "is a file, where a folder is due: choose another name",
    errno.ENOENT: "no such file or folder: check the path",
    errno.EMFILE: "too many files are open: raise the limit with 'ulimit -n', or use fewer workers",
    errno.ENFILE: "too many files are open on this machine: try again later, or use fewer workers",
    errno.EAGAIN: "no further process or thread can be started: try again later, or use fewer workers",
    errno.ENOMEM: "out of memory: use fewer workers, or a smaller problem",
    errno.EIO: "the device reports an input or output error: check the disk, or choose another folder",
    errno.ELOOP: "the symbolic links lead in a circle: choose another path",
}
FULL_BYTES = 4096
"""A file system with less space than a block is full, whatever message a library gives."""


class Unwritable(InputError):
    """A file or folder cannot be written; computed results are not lost, see the message of the verb."""


def number_of(error: BaseException) -> int | None:
    """The system's error number: from an OSError, or from the message of a compiled library."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = re.search(r"(?:errno = |os error |\[Errno )(\d+)", str(error))
    return int(found[1]) if found else None


def described(error: BaseException, place: str | Path | None) -> str:
    """One line about a failure at ``place``; None means a place without a path, mostly standard output."""
    number = number_of(error)
    if number is None and place is not None and _is_full(Path(place)):
        number = errno.ENOSPC
    words = REMEDIES.get(number or 0) or " ".join((getattr(error, "strerror", None) or str(error)).split())
    return f"{'standard output' if place is None else repr(str(place))}: {words}"


def is_of_system(error: BaseException, place: str | Path) -> bool:
    """True if the operating system failed at ``place``, not the program."""
    return isinstance(error, OSError) or number_of(error) is not None or _is_full(Path(place))


def make_folder(path: str | Path) -> Path:
    """Make a folder with its parents, unless it exists.

    Raises
    ------
    Unwritable
        If this is impossible.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(described(error, folder)) from None
    return folder


def check_file(path: str | Path, where: str = "--out") -> None:
    """Refuse a file that could not be written, before anything is computed for it; ``where`` names the option.

    Raises
    ------
    Unwritable
        If the path is a folder, the parent is missing or not a folder or not writable, or the name is too long.
    """
    file = Path(path)
    parent = file.parent
    with _named(f"{where} {str(file)!r}"):
        if file.is_dir():
            raise Unwritable("is a folder; name a file in it")
        if not parent.exists():
            raise Unwritable(f"there is no folder {str(parent)!r}; make it first")
        _check_writable(parent)
        _check_name(file.name, parent)


def check_folder(path: str | Path, where: str = "--out") -> Path:
    """The folder; refused if it does not exist and cannot be made, or is not writable.

    Raises
    ------
    Unwritable
        If the path or a parent is a file, the place is read-only, or the name is too long.
    """
    folder = Path(path)
    with _named(f"{where} {str(folder)!r}"):
        if folder.is_file():
            raise Unwritable(REMEDIES[errno.EEXIST])
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        _check_writable(there)
        if there != folder:
            for name in folder.absolute().relative_to(there.absolute()).parts:
                _check_name(name, there)
    return folder


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Add the option and the path in front of the message of an exception in the block."""
    try:
        yield
    except (Unwritable, OSError, ValueError) as error:  # ValueError: a null byte in the path
        words = REMEDIES.get(number_of(error) or 0) or " ".join(str(error).split())
        raise Unwritable(f"{place}: {words}") from None


def _check_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise Unwritable(REMEDIES[errno.ENOTDIR])
    if not os.access(folder, os.W_OK | os.X_OK):
        read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
        raise Unwritable(REMEDIES[errno.EROFS if read_only else errno.EACCES])
    if _is_full(folder):
        raise Unwritable(REMEDIES[errno.ENOSPC])


def _check_name(name: str, folder: Path) -> None:
    if "\0" in name:
        raise Unwritable("a null byte in a path: take it out")
    limit = os.pathconf(folder, "PC_NAME_MAX")
    if len(os.fsencode(name)) > limit:
        raise Unwritable(f"the name has {len(os.fsencode(name))} bytes, this file system allows {limit}: shorten it")


def _is_full(place: Path) -> bool:
    """True if the file system of a file or folder has no space left."""
    with suppress(OSError, ValueError):
        there = next(p for p in (place, *place.absolute().parents) if p.is_dir())
        found = os.statvfs(there)
        return found.f_blocks > 0 and found.f_bavail * found.f_frsize < FULL_BYTES
    return False
