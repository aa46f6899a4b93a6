"""Checked values from TOML tables: every fault is one line that names file, place and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.errors import InputError, shown
from harness.toml_checks import is_finite

LARGEST_WHOLE = 2**63 - 1
LARGEST_SIZE = 1000
"""Largest size of random systems: no reference computes larger ones, and arrays of size squared would fill memory."""


def check_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Refuse a key that is not known."""
    known = tuple(known)
    for key in table:
        if key not in known:
            raise InputError(f"{where}: key {key!r} is unknown here (known: {', '.join(known)})")


def word(
    table: Mapping[str, Any], key: str, where: str, default: str | None = None, known: Sequence[str] | None = None
) -> str:
    """A non-empty string, one of ``known`` if that is given."""
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise InputError(f"{where}: {key} = {shown(value)} must be a non-empty string")
    if known is not None and value not in known:
        raise InputError(f"{where}: {key} {value!r} is unknown (known: {', '.join(known)})")
    return value


def plain_name(table: Mapping[str, Any], key: str, where: str) -> str:
    """A name that is also that of a file or folder: letters, digits and -._+= and spaces, and no dot in front."""
    value = word(table, key, where)
    if not re.fullmatch(r"[^\W_][\w.+= -]{0,99}", value):
        raise InputError(
            f"{where}: {key} = {shown(value)} names a folder: use letters, digits, -, . and _, at most 100 of them"
        )
    return value


def number(
    table: Mapping[str, Any],
    key: str,
    where: str,
    default: float | None = None,
    above: float | None = None,
    whole: bool = False,
) -> float:
    """A finite number, not below 0, or above ``above``; an int of at most 63 bits if ``whole``."""
    value = table.get(key, default)
    good = isinstance(value, int) or (isinstance(value, float) and not whole)
    if isinstance(value, bool) or not good or not is_finite(value) or value < 0:
        kind = "whole number" if whole else "finite number"
        raise InputError(f"{where}: {key} = {shown(value)} must be a {kind} of at least 0")
    if whole and value > LARGEST_WHOLE:
        raise InputError(f"{where}: {key} = {shown(value)} must be below 2^63")
    if above is not None and value <= above:
        raise InputError(f"{where}: {key} = {shown(value)} must be above {above:g}")
    return value if whole else float(value)


def pair(table: Mapping[str, Any], key: str, where: str, default: tuple[float, float]) -> tuple[float, float]:
    """Two finite numbers in ascending order; a single number stands for both."""
    value: Any = table.get(key, default)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = (value, value)
    values = list(value) if isinstance(value, list | tuple) else []
    if len(values) != 2 or any(isinstance(v, bool) or not isinstance(v, int | float) for v in values):
        raise InputError(f"{where}: {key} = {shown(value)} must be a number or [lowest, highest]")
    if not all(is_finite(v) for v in values) or values[0] > values[1]:
        raise InputError(f"{where}: {key} = {shown(values)}: finite, and the lower value first")
    return float(values[0]), float(values[1])


def strings(table: Mapping[str, Any], key: str, where: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A list of non-empty strings."""
    value = table.get(key, list(default))
    if not isinstance(value, list) or not value or not all(isinstance(v, str) and v for v in value):
        raise InputError(f"{where}: {key} = {shown(value)} must be a list of names")
    return tuple(value)


def size_list(table: Mapping[str, Any], key: str, where: str) -> tuple[int, ...]:
    """A list of different sizes of systems."""
    value = table.get(key)
    if not isinstance(value, list) or not value or any(isinstance(v, bool) or not isinstance(v, int) for v in value):
        raise InputError(f"{where}: {key} = {shown(value)} must be a list of whole numbers")
    if min(value) < 1 or max(value) > LARGEST_SIZE or len(set(value)) != len(value):
        raise InputError(f"{where}: {key} = {shown(value)}: each from 1 to {LARGEST_SIZE}, none twice")
    return tuple(value)


def counts(table: Mapping[str, Any], where: str, splits: Sequence[str]) -> dict[str, int]:
    """The table ``counts``: whole numbers per split."""
    value = table.get("counts")
    if not isinstance(value, dict) or not value:
        raise InputError(f"{where}: counts must be a table such as {{train = 50, validation = 50}}")
    check_keys(value, splits, f"{where}: counts")
    found = {key: int(number(value, key, f"{where}: counts", whole=True)) for key in splits if key in value}
    if not any(found.values()):
        raise InputError(f"{where}: counts ask for no system at all: leave the part out, or give a number above 0")
    return {key: count for key, count in found.items() if count}
