"""Systems as TOML: the molecules that come with the package, and files of users."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError, nearest, shown
from harness.tasks.tddft.fields import field_from_dict
from harness.tasks.tddft.systems import DEFAULT_FIELD, UNITS_BOHR, MolecularSystem
from harness.toml_checks import only_keys, read_toml, table_at, text_at

KEYS = ("name", "charge", "multiplicity", "basis", "functional", "quadrature", "geometry", "field", "source")
FOLDER = Path(__file__).with_name("molecules")


def molecule_names() -> list[str]:
    """Names of the molecules that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_system(what: str | Path) -> MolecularSystem:
    """The system of a name ("h2o") or of a TOML file.

    Raises
    ------
    InputError
        If there is no such molecule, or the file is not as docs/tddft.md has it.
    """
    names = molecule_names()
    if str(what) in names:
        return read_system(FOLDER / f"{what}.toml")
    if not str(what).endswith(".toml"):
        raise InputError(
            f"molecule {shown(str(what))}{nearest(str(what), names)} (known: {', '.join(names)}, or a .toml file)"
        )
    return read_system(what)


def read_system(path: str | Path) -> MolecularSystem:
    """The system of a TOML file."""
    table = read_toml(path)
    where = f"{str(path)!r}"
    only_keys(table, where, "", KEYS)
    geometry = table_at(table, "geometry", where)
    only_keys(geometry, f"[geometry] of {where}", "", ("unit", "atoms"))
    unit = geometry.get("unit")
    if unit not in UNITS_BOHR:
        raise InputError(
            f"unit = {shown(unit)} in [geometry] of {where}: write 'bohr' or 'angstrom', there is no default"
        )
    elements, places = _atoms(geometry.get("atoms"), UNITS_BOHR[unit], where)
    whole = {
        key: _whole(table, key, default, where)
        for key, default in (("charge", 0), ("multiplicity", 1), ("quadrature", 3))
    }
    try:
        return MolecularSystem(
            text_at(table, "name", where),
            elements,
            places,
            field_from_dict(table_at(table, "field", where)) if "field" in table else DEFAULT_FIELD,
            basis=text_at(table, "basis", where, "6-31g"),
            functional=text_at(table, "functional", where, "hf"),
            **whole,
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _atoms(rows: object, factor: float, where: str) -> tuple[tuple[str, ...], tuple[tuple[float, float, float], ...]]:
    """Elements and positions in bohr of ``[["O", 0.0, 0.0, 0.2], …]``."""
    if not isinstance(rows, list) or not rows:
        raise InputError(f"atoms of [geometry] of {where}: must be a list of rows such as ['O', 0.0, 0.0, 0.2226]")
    for k, row in enumerate(rows):
        shaped = isinstance(row, list) and len(row) == 4 and isinstance(row[0], str)
        if not shaped or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in row[1:]):
            raise InputError(f"atom {k} = {shown(row)} in {where}: must be an element and three numbers")
    return tuple(row[0] for row in rows), tuple((factor * row[1], factor * row[2], factor * row[3]) for row in rows)


def _whole(table: dict[str, object], key: str, default: int, where: str) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"{key} = {shown(value)} in {where}: must be a whole number")
    return value
