"""System files: a spin system in Hz as TOML, for ``harness simulate my_system.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.tasks.spins.systems.molecule import Molecule
from harness.tasks.spins.systems.molecule_file import SCHEMA, parse_molecule
from harness.tasks.spins.systems.relaxation import Relaxation
from harness.tasks.spins.systems.system import SpinSystem
from harness.toml_checks import only_keys, read_toml, table_at, text_at

_KEYS = ("offsets_hz", "couplings_hz", "labels", "isotopes", "observed", "tagged_spin", "name", "relaxation")


def parse_system(data: Mapping[str, Any], where: str) -> SpinSystem:
    """The system of a file with ``offsets_hz = [...]`` and ``couplings_hz = [[...], ...]``.

    Optional: ``labels``, ``isotopes`` (lists of N strings), ``observed`` (an isotope), ``tagged_spin`` (a label, or an
    index from 0), ``name``, and a table ``[relaxation]`` with the fields of
    :class:`~harness.tasks.spins.systems.relaxation.Relaxation`.

    Raises
    ------
    InputError
        For a missing or unknown key, or whatever :class:`SpinSystem` refuses; the message names the file.
    """
    only_keys(data, where, "", _KEYS)
    for key in ("offsets_hz", "couplings_hz"):
        if not isinstance(data.get(key), list):
            raise InputError(f"{key!r} in {where}: must be a list of numbers in Hz, got {data.get(key)!r}")
        _numbers_only(data[key], key, where)
    words = {}
    for key in ("labels", "isotopes"):
        words[key] = data.get(key, [])
        if not isinstance(words[key], list):
            raise InputError(f"{key} = {words[key]!r} in {where}: must be a list of strings")
    tagged = data.get("tagged_spin", 0)
    if isinstance(tagged, str):
        labels = words["labels"] or [f"S{k + 1}" for k in range(len(data["offsets_hz"]))]
        if tagged not in labels:
            raise InputError(f"tagged_spin {tagged!r} in {where}: no spin has this label (known: {labels!r})")
        tagged = labels.index(tagged)
    elif isinstance(tagged, bool) or not isinstance(tagged, int):
        raise InputError(f"tagged_spin = {tagged!r} in {where}: must be a label or an index from 0")
    name = text_at(data, "name", where, "")
    observed = text_at(data, "observed", where, "")
    try:
        relaxation = Relaxation.from_dict(table_at(data, "relaxation", where)) if "relaxation" in data else None
        return SpinSystem(
            data["offsets_hz"], data["couplings_hz"], words["labels"], words["isotopes"], observed, tagged, name,
            relaxation=relaxation,
        )  # fmt: skip
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def load_toml(path: str | Path) -> Molecule | SpinSystem:
    """A molecule (``schema = "spin-molecule-1"``) or a system (``offsets_hz``) from a TOML file, whichever it is."""
    path = Path(path)
    data = read_toml(path)
    if "schema" in data or "spin" in data:
        return parse_molecule(data, path.name)
    if not {"offsets_hz", "couplings_hz", "offsets", "couplings"} & set(data):
        raise InputError(f"{path.name}: neither a molecule (schema = {SCHEMA!r}) nor a system (offsets_hz = [...])")
    return parse_system(data, path.name)


def _numbers_only(value: Any, key: str, where: str) -> None:
    """TOML strings and booleans would turn into numbers on the way to an array."""
    if isinstance(value, list):
        for item in value:
            _numbers_only(item, key, where)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key} in {where}: {value!r} is not a number")
