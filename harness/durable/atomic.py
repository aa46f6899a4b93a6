"""Atomic writes: a temporary name in the same folder, fsync, rename, fsync of the folder."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from harness.durable.system_errors import Unwritable, described, is_of_system, make_folder
from harness.errors import InputError

LONGEST_NAME = 200
"""Largest number of bytes of a name such that the temporary name fits into the 255 bytes of most file systems."""


@contextmanager
def writing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path to write; on success it becomes ``path``, on any failure it is removed.

    A reader sees the old or the new file, never a partial one, also after a power failure (POSIX rename, both synced).

    Raises
    ------
    Unwritable
        If the system cannot write there (read-only, full, forbidden): one line with the path and the remedy.
    """
    target = Path(path)
    make_folder(target.parent)
    temporary = target.with_name(_temporary_name(target.name))
    try:
        yield temporary
        _sync(temporary)
        os.replace(temporary, target)
        _sync(target.parent)
    except Exception as error:
        failed = not isinstance(error, InputError) and is_of_system(error, target)
        _remove(temporary)
        if failed:
            raise Unwritable(described(error, target)) from None
        raise
    except BaseException:
        _remove(temporary)
        raise


def _temporary_name(name: str) -> str:
    """A hidden name specific to this process; shortened if ``name`` has the largest allowed length."""
    if len(os.fsencode(name)) > LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return f".{name}.{os.getpid()}.part"


def _remove(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink()


def sweep(folder: str | Path) -> None:
    """Remove temporary files of killed writers below ``folder``; only for a folder where no writer is running."""
    for leftover in Path(folder).rglob(".*.part"):
        leftover.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a whole file atomically."""
    with writing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | Path, content: str) -> None:
    """Write a whole UTF-8 file atomically."""
    write_bytes(path, content.encode("utf-8"))


def json_text(value: Any, indent: int | None = None) -> str:
    """Plain values as JSON text: the only function that converts numbers to JSON.

    Raises
    ------
    InputError
        For NaN or an infinity, which are not JSON: the message names the first such value and its place.
    """
    try:
        return json.dumps(value, indent=indent, allow_nan=False)
    except ValueError as error:
        raise InputError(_not_json(value) or str(error)) from None


def write_json(path: str | Path, value: Any) -> None:
    """Write plain values as indented JSON, atomically; NaN and infinity are refused, see :func:`json_text`."""
    write_text(path, json_text(value, 2) + "\n")


def _not_json(value: Any, place: str = "") -> str:
    """A line about the first number in ``value`` that is not finite, "" if there is none."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"result{place} = {value!r}: JSON has no such number, nothing was written"
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    return next((line for key, one in pairs if (line := _not_json(one, f"{place}[{key!r}]"))), "")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
