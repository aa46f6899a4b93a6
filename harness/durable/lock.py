"""One writer per folder, by an advisory lock that the kernel releases when the process that holds it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from harness.durable.system_errors import Unwritable, described, make_folder
from harness.errors import InputError


class Locked(InputError):
    """Another process works in this folder."""


@contextmanager
def lock(folder: str | Path) -> Iterator[None]:
    """Hold ``folder/.lock`` while the block runs.

    Raises
    ------
    Locked
        Immediately, naming the folder and the process that holds the lock.
    Unwritable
        If the folder or its lock cannot be made.
    """
    folder = make_folder(folder)
    with _opened(folder / ".lock") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            owner = handle.read().strip() or "unknown"
            raise Locked(f"{folder} is in use by process {owner}: wait for it, or choose another folder") from None
        try:
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
        except OSError as error:
            raise Unwritable(described(error, folder / ".lock")) from None
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _opened(path: Path) -> TextIO:
    try:
        return open(path, "a+", encoding="utf-8", errors="replace")
    except OSError as error:
        raise Unwritable(described(error, path)) from None
