"""One writer per folder, by an advisory lock that the kernel drops when its owner dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import InputError


class Locked(InputError):
    """Another process works in this folder."""


@contextmanager
def lock(folder: str | Path) -> Iterator[None]:
    """Hold ``folder/.lock`` while the block runs.

    Raises
    ------
    Locked
        At once, naming the folder and the process that holds it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            owner = handle.read().strip() or "unknown"
            raise Locked(f"{folder} is in use by process {owner}: wait for it, or choose another folder") from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
