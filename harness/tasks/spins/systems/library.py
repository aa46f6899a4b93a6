"""The molecules that come with the package, by name and source."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError, nearest
from harness.resources import shared_folder
from harness.tasks.spins.systems.gissmo import SOURCE as LIBRARY_SOURCE
from harness.tasks.spins.systems.gissmo import library
from harness.tasks.spins.systems.molecule import Molecule
from harness.tasks.spins.systems.molecule_file import parse_molecule, read_toml
from harness.tasks.spins.systems.positions import with_positions

DEFAULT_SOURCE = "gissmo"


def molecule_names() -> dict[str, list[str]]:
    """Every molecule that comes with the package, with its sources."""
    names: dict[str, list[str]] = {}
    for path in sorted(shared_folder("molecules").glob("*.toml")):
        name, _, source = path.stem.rpartition(".")
        names.setdefault(name, []).append(source)
    return names


def load_molecule(name: str | Path, source: str | None = None) -> Molecule:
    """A molecule by name and source, or from a TOML file of the user.

    Parameters
    ----------
    name
        A name that :func:`molecule_names` lists, the path of a ``.toml`` file, or an entry ("bmse000052"), a system
        ("bmse000015_alpha") or a name of the library of 1,080 systems (:mod:`harness.tasks.spins.systems.gissmo`).
    source
        "gissmo", "govindaraju" or "gissmo-library"; by default GISSMO, or the only one there is.

    Raises
    ------
    InputError
        For an unknown molecule or source, or a file that breaks a rule of the format; the message names the key.
    """
    if str(name).endswith(".toml"):
        path = Path(name)
        if source is not None:
            raise InputError(f"source {source!r} with {path.name}: a file is its own source; leave it out")
        return parse_molecule(read_toml(path), path.name)
    known = molecule_names()
    if name not in known or source == LIBRARY_SOURCE:
        return _from_library(str(name), source, known)
    sources = known[str(name)]
    chosen = source or (DEFAULT_SOURCE if DEFAULT_SOURCE in sources else sources[0])
    if chosen not in sources:
        raise InputError(f"source {chosen!r} is not there for {name} (there are: {', '.join(sources)})")
    path = shared_folder("molecules") / f"{name}.{chosen}.toml"
    return with_positions(parse_molecule(read_toml(path), path.name, chosen), str(name))


def _from_library(name: str, source: str | None, known: dict[str, list[str]]) -> Molecule:
    """A molecule of the library; for an unknown name the error message gives the nearest name of both."""
    if source not in (None, LIBRARY_SOURCE):
        raise InputError(f"source {source!r} is not there for {name} (there is: {LIBRARY_SOURCE})")
    if library().find(name):
        return library().molecule(name)
    names = [*known, *(word for one in library().systems.values() for word in (one.entry, one.name))]
    raise InputError(
        f"molecule {name!r} is unknown{nearest(name, names)} (known: {', '.join(known)}, and {len(library().systems)} "
        "systems that `harness molecules search WORD` finds; or give a path to a .toml file)"
    )
