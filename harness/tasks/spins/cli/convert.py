"""``harness convert``: spin systems between formats, chosen by the endings of the file names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.tasks.spins.cli.field import field_options, field_or_default
from harness.tasks.spins.cli.methods import warnings_as_lines
from harness.tasks.spins.cli.relaxation import relaxation_of, relaxation_options
from harness.tasks.spins.cli.simulate import complete_molecule

if TYPE_CHECKING:
    from harness.tasks.spins.systems import Molecule

FORMATS_IN = "a molecule of the library, .toml (molecule), .sxml or SpinXML .xml, GISSMO .xml"
FORMATS_OUT = ".toml, .sxml or .xml (SpinXML), .m (Spinach script)"


@click.command("convert")
@click.argument("what", metavar="MOLECULE|FILE", shell_complete=complete_molecule)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--source", help="Source of a molecule of the library.")
@click.option(
    "--keep", multiple=True, metavar="ISOTOPE", help="Isotopes to keep from SpinXML (repeat).  [default: all]"
)
@click.option("--matrix", type=int, default=1, show_default=True, help="Which coupling matrix of a GISSMO file.")
@field_options
@click.option("--carrier-ppm", type=float, help="Carrier of a Spinach script.  [default: middle of the shifts]")
@click.option("--points", type=int, default=300, show_default=True, help="Samples in a Spinach script.")
@click.option("--dt-s", type=float, default=1e-4, show_default=True, help="Dwell time in a Spinach script, in seconds.")
@relaxation_options
def command(
    what: str,
    out: Path,
    source: str | None,
    keep: tuple[str, ...],
    matrix: int,
    field_t: float | None,
    mhz: float | None,
    carrier_ppm: float | None,
    points: int,
    dt_s: float,
    **relaxation: Any,
) -> None:
    """Turn a spin system into another format.

    \b
    In:  a molecule of the library, .toml, SpinXML (.sxml, .xml), GISSMO .xml
    Out: .toml, SpinXML (.sxml, .xml), Spinach script (.m)
    harness convert alanine alanine.sxml
    harness convert bmse000028.xml alanine.toml
    harness convert alanine alanine_fid.m --field-t 14.1
    harness convert strychnine strychnine_fid.m --relaxation redfield --tau-c-s 2e-10
    """
    from harness.durable import write_text
    from harness.errors import InputError
    from harness.tasks.spins.exchange.molecule_toml import toml_of
    from harness.tasks.spins.exchange.spinach_script import spinach_script_of
    from harness.tasks.spins.exchange.spinxml import spinxml_of
    from harness.tasks.spins.systems import TimeGrid

    if not out.parent.is_dir():
        raise InputError(f"{str(out)!r}: there is no folder {str(out.parent)!r}; make it first")
    requested = relaxation_of(relaxation)
    with warnings_as_lines():
        molecule = _read(what, source, keep, matrix)
    if out.suffix == ".toml":
        text = toml_of(molecule)
    elif out.suffix in (".sxml", ".xml"):
        text = spinxml_of(molecule)
    elif out.suffix == ".m":
        tesla = field_or_default(field_t, mhz)
        relaxes = None if requested is None else molecule.at(tesla, relaxation=requested).relaxation
        text = spinach_script_of(molecule, out.stem, tesla, TimeGrid(points, dt_s), carrier_ppm, relaxes)
    else:
        raise InputError(f"{str(out)!r}: the ending must be one of {FORMATS_OUT}")
    try:
        write_text(out, text)
    except OSError as error:
        raise InputError(f"{str(out)!r}: cannot be written ({error.strerror})") from None
    if requested is not None and out.suffix != ".m":
        click.echo(
            f"harness: warning: {out}: relaxation {requested['model']!r} is not stored by this format, which holds "
            "positions and shift tensors at most; give it to harness simulate",
            err=True,
        )
    couplings = int((molecule.couplings_hz != 0).sum()) // 2
    click.echo(f"{out}: {len(molecule)} spins, {couplings} couplings", err=True)


def _read(what: str, source: str | None, keep: tuple[str, ...], matrix: int) -> Molecule:
    from harness.errors import InputError
    from harness.tasks.spins.exchange.gissmo_xml import read_gissmo_xml
    from harness.tasks.spins.exchange.spinxml import read_spinxml
    from harness.tasks.spins.systems import SpinSystem, load_molecule
    from harness.tasks.spins.systems.system_file import load_toml

    path = Path(what)
    is_file = path.suffix in (".toml", ".xml", ".sxml")
    if is_file and source is not None:
        raise InputError(f"--source {source!r}: {path.name!r} is a file and its own source; leave --source out")
    if path.suffix == ".toml":
        loaded = load_toml(path)
        if isinstance(loaded, SpinSystem):
            raise InputError(
                f"{path.name}: holds offsets in Hz; the other formats need shifts in ppm (a molecule file)"
            )
        return loaded
    if path.suffix == ".sxml" or (path.suffix == ".xml" and not _is_gissmo(path)):
        return read_spinxml(path, keep)
    if path.suffix == ".xml":
        return read_gissmo_xml(path, matrix)
    if path.suffix:
        raise InputError(f"{what!r}: cannot be read; give {FORMATS_IN}")
    return load_molecule(what, source)


def _is_gissmo(path: Path) -> bool:
    try:
        return b"<spin_simulation" in path.read_bytes()
    except OSError:
        return False
