"""``harness peaks``: the lines and multiplets of a system."""

from __future__ import annotations

from typing import Any

import click

from harness.cli.ends import printed
from harness.cli.values import SHIFT_RANGE
from harness.tasks.spins.cli.field import field_of, field_options
from harness.tasks.spins.cli.relaxation import relaxation_of, relaxation_options
from harness.tasks.spins.cli.simulate import complete_molecule, complete_source
from harness.tasks.spins.cli.system import prepared


@click.command("peaks")
@click.argument("what", metavar="MOLECULE|FILE.toml", shell_complete=complete_molecule)
@click.option("--source", shell_complete=complete_source, help="Source of the molecule.  [default: gissmo]")
@field_options
@click.option(
    "--carrier-ppm", "carriers", multiple=True, metavar="PPM|ISOTOPE=PPM",
    help="Shift that offsets in Hz count from (repeat for more isotopes).  [default: middle of the shifts]",
)  # fmt: skip
@click.option("--ppm", type=SHIFT_RANGE, metavar="LOW:HIGH", help="Multiplets with a line between two shifts.")
@click.option("--resolution-hz", type=float, default=0.2, show_default=True, help="Lines closer than this are one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print one row per line as CSV.")
@relaxation_options
def command(
    what: str,
    source: str | None,
    field_t: float | None,
    mhz: float | None,
    carriers: tuple[str, ...],
    ppm: tuple[float, float] | None,
    resolution_hz: float,
    as_json: bool,
    as_csv: bool,
    **relaxation: Any,
) -> None:
    """Lines and multiplets of a molecule: ppm, Hz, intensity, integral in spins.

    From the eigenvalues, so that no line width hides anything; with relaxation (up to six spins) each line has its
    width. The integrals of all multiplets sum to the number of observed spins; a range shows the multiplets in it,
    whole.

    \b
    harness peaks valine --mhz 600
    harness peaks valine --mhz 600 --ppm 0.8:1.2 --csv
    harness peaks my_system.toml --json
    harness peaks alanine --mhz 600 --relaxation redfield --tau-c-s 2e-10
    """
    from harness.durable import json_text
    from harness.errors import InputError
    from harness.tasks.spins.spectra.peak_text import peak_csv, peak_dict, peak_text
    from harness.tasks.spins.spectra.peaks import peak_list

    if as_json and as_csv:
        raise InputError("--json and --csv: one of them prints; keep one")
    [(system, _)] = prepared([what], source, field_of(field_t, mhz), carriers, relaxation_of(relaxation))
    found = peak_list(system, resolution_hz)
    shown = found if ppm is None else found.between(*ppm)
    if as_json:
        printed(json_text(peak_dict(shown)) + "\n")
    elif as_csv:
        printed(peak_csv(shown))
    else:
        where = "" if shown.axis is None else f", {shown.isotope} at {shown.axis.larmor_hz / 1e6:.6g} MHz"
        click.echo(f"{shown.name or what}{where}: {len(shown)} multiplets, {shown.observed_spins} spins in the whole")
        width = "" if system.relaxation is None else ", full width at half height"
        click.echo(f"shift, offset from the carrier, intensity in spins{width} of each line:")
        printed(peak_text(shown))
