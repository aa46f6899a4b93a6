"""How much memory a process may still use; computations that need more are refused before anything is allocated.

The operating system kills a process that uses more, without a message, and its results are lost. Therefore every method
computes the bytes that it needs beforehand and calls :func:`require_memory`, the only function that refuses.
"""

from __future__ import annotations

import os
from pathlib import Path

from harness.errors import InputError

SHARE = 0.8
"""Share of the available memory for one computation: estimates are not exact, and libraries have buffers."""
NEGLIGIBLE_BYTES = 1 << 26
"""Allowed without a check of the memory: the check takes 0.3 ms, longer than the computation of a small system."""


def available_memory_bytes() -> int:
    """Bytes that this process can still use: the smaller of ``MemAvailable`` and the limit of its control group.

    Linux provides both (Documentation/filesystems/proc.rst, admin-guide/cgroup-v2.rst); on other systems the physical
    memory is used.
    """
    bounds = [_meminfo_bytes(), *_cgroup_bytes()]
    known = [bound for bound in bounds if bound is not None]
    return min(known) if known else os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def require_memory(needed_bytes: float, what: str, remedy: str, available_bytes: int | None = None) -> None:
    """Refuse before allocating.

    Parameters
    ----------
    needed_bytes
        Estimated growth of the process, an integer; a float if it is extremely large (infinity is refused as well).
    what
        What needs the memory, with the value that causes it: "method 'exact' on 20 atoms".
    remedy
        What to do instead, as the end of the sentence: "take fewer points, or use method 'cluster'".
    available_bytes
        Instead of :func:`available_memory_bytes`, for tests.

    Raises
    ------
    InputError
        If ``needed_bytes`` exceed 80 % of the available memory; the message names both numbers.
    """
    if available_bytes is None and needed_bytes <= NEGLIGIBLE_BYTES:
        return
    limit = SHARE * (available_memory_bytes() if available_bytes is None else available_bytes)
    if needed_bytes > limit:
        raise InputError(
            f"{what} needs about {_gib(needed_bytes)} of memory here, more than the {_gib(limit)} that this machine "
            f"can give: {remedy}"
        )


def fits_memory(needed_bytes: float) -> bool:
    """True if :func:`require_memory` would not refuse."""
    return needed_bytes <= NEGLIGIBLE_BYTES or needed_bytes <= SHARE * available_memory_bytes()


def _gib(count: float) -> str:
    """A number of bytes with three digits; a number beyond the range of floats is printed as infinity."""
    try:
        return f"{count:.3g} bytes ({count / 2**30:.3g} GiB)"
    except OverflowError:
        return "inf bytes"


def _meminfo_bytes() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), None)


def _cgroup_bytes(listing: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> list[int]:
    """Limits of this process's control group and of all its parent groups, of version 2 and of version 1."""
    try:
        lines = listing.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    limits = []
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            top, name = root, "memory.max"
        elif "memory" in controllers.split(","):
            top, name = root / "memory", "memory.limit_in_bytes"
        else:
            continue
        own = top / group.lstrip("/")
        limits += [_limit(place / name) for place in (own, *own.parents) if place.is_relative_to(top)]
    return [limit for limit in limits if limit is not None]


def _limit(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None  # "max": no limit
