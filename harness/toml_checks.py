"""Reading TOML so that every fault is one line that names the key, the file and the remedy."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError, shown
from harness.text_files import read_text


def read_toml(path: str | Path) -> dict[str, Any]:
    """Parse a TOML file; every fault of the file is an InputError of one line."""
    text = read_text(path, "TOML file")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: an integer of more digits than Python takes, too
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise InputError(f"{str(path)!r}: is not valid TOML ({reason})") from None


def only_keys(table: Mapping[str, Any], where: str, place: str, known: tuple[str, ...]) -> None:
    """Refuse a key that is not known; if only its unit is missing, the error states the unit."""
    for key in table:
        if key not in known:
            unit = next((k for k in known if k.startswith(f"{key}_")), None)
            remedy = f"the unit is missing: write {unit!r}" if unit else f"known keys: {', '.join(known)}"
            raise InputError(f"{place}key {key!r} in {where}: {remedy}")


def text_at(table: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    """A non-empty string."""
    value = table.get(key, default)
    if value is None:
        raise InputError(f"{key!r} is missing in {where}: it must be a non-empty string")
    if not isinstance(value, str) or (default != "" and not value):
        raise InputError(f"{key} = {value!r} in {where}: must be a non-empty string")
    return value


def number_at(table: Mapping[str, Any], key: str, where: str) -> float:
    """A finite number."""
    if key not in table:
        raise InputError(f"{key!r} of {where} is missing: it must be a finite number")
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_finite(value):
        raise InputError(f"{key} = {shown(value)} of {where}: must be a finite number")
    return float(value)


def table_at(table: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    """A table; an absent one is empty."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise InputError(f"{key} = {value!r} in {where}: must be a table, [{key}]")
    return value


def is_finite(value: float) -> bool:
    """True for a finite number; integers beyond the range of floats are not."""
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond the range of floats
        return False
