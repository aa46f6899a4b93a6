"""A cache entry with other numbers and a checksum that fits them: anybody can write one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.tasks.spins.spinach.entry import from_bytes, to_bytes


def forged(path: Path) -> bytes:
    """The content of an entry whose M is half of what it was, as a sound file."""
    entry = from_bytes(path.read_bytes(), str(path))
    assert entry.answer.m is not None
    return to_bytes(replace(entry, answer=replace(entry.answer, m=entry.answer.m / 2)))
