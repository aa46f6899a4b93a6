"""``harness molecules``: what comes with the package, by name, by entry, by search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from harness.cli.names import Group

if TYPE_CHECKING:
    from harness.tasks.spins.systems import Molecule

SHOWN = 40
"""Rows of a search that are printed where --all is not given."""


@click.group(cls=Group)
def command() -> None:
    """List, search and show the molecules that come with the package.

    Example: harness molecules search glucose
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def list_(as_json: bool) -> None:
    """The molecules with files of their own, with their sources, and how large the library is.

    Example: harness molecules list
    """
    from harness.tasks.spins.systems import molecule_names
    from harness.tasks.spins.systems.gissmo import library

    names, known = molecule_names(), library()
    if as_json:
        click.echo(json.dumps({"molecules": names, "library": list(known.systems)}))
        return
    for name, sources in names.items():
        click.echo(f"{name:20} {', '.join(sources)}")
    licence = known.head["licence"]
    click.echo(f"and {len(known.systems)} systems of the GISSMO library ({licence}): harness molecules search WORD")


@command.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help=f"print every match, not the first {SHOWN}")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def search(words: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Systems of the library whose entry or name holds every word.

    Example: harness molecules search glucose
    """
    from harness.errors import InputError
    from harness.tasks.spins.systems.gissmo import library

    found = library().search(" ".join(words))
    if as_json:
        click.echo(json.dumps([{"key": one.key, "name": one.name, "spins": len(one)} for one in found]))
        return
    if not found:
        raise InputError(f"no entry of the library holds {' '.join(words)!r}: try a shorter word")
    shown = found if everything else found[:SHOWN]
    width = max(len(one.key) for one in shown)
    for one in shown:
        click.echo(f"{one.key:{width}}  {len(one):3} spins  {one.name or '(no name)'}")
    if len(shown) < len(found):
        click.echo(f"… and {len(found) - len(shown)} more: --all prints them")


@command.command()
@click.argument("name")
@click.option("--source", default=None, help="gissmo, govindaraju or gissmo-library")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def show(name: str, source: str | None, as_json: bool) -> None:
    """Shifts, couplings, groups and source of one molecule.

    Example: harness molecules show bmse000052
    """
    from harness.tasks.spins.systems import load_molecule

    content = described(load_molecule(name, source))
    if as_json:
        click.echo(json.dumps(content))
        return
    click.echo(f"{content['name']} ({content['source']}), {len(content['spins'])} spins; largest coupled part: "
               f"{content['largest_part']} spins")  # fmt: skip
    for spin in content["spins"]:
        group = f"  in {spin['group']}" if spin["group"] != spin["label"] else ""
        click.echo(f"  {spin['label']:8} {spin['isotope']:4} {spin['shift_ppm']:9.4f} ppm{group}")
    for one, two, value in content["couplings_hz"]:
        click.echo(f"  J({one}, {two}) = {value:g} Hz")
    for key, value in content["citation"].items():
        click.echo(f"  {key}: {value}")


def described(molecule: Molecule) -> dict[str, Any]:
    """A molecule as plain values."""
    parts = molecule.at(1.0).components()
    pairs = [
        [molecule.labels[i], molecule.labels[j], float(molecule.couplings_hz[i, j])]
        for i in range(len(molecule))
        for j in range(i + 1, len(molecule))
        if molecule.couplings_hz[i, j]
    ]
    names = zip(molecule.labels, molecule.isotopes, molecule.groups, molecule.shifts_ppm, strict=True)
    return {
        "name": molecule.name,
        "source": molecule.source,
        "largest_part": max(map(len, parts)),
        "spins": [{"label": a, "isotope": b, "group": c, "shift_ppm": float(d)} for a, b, c, d in names],
        "couplings_hz": pairs,
        "citation": {key: str(value) for key, value in molecule.citation.items()},
    }
