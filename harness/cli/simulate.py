"""``harness simulate``: one system, one method, one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.ends import printed
from harness.cli.field import warn_if_mhz
from harness.cli.methods import NAMES, answered, options_of
from harness.cli.names import Name
from harness.cli.system import prepared

if TYPE_CHECKING:
    from harness.spectra import Spectrum
    from harness.spectra.write import Result
    from harness.spins import SpinSystem, TimeGrid, Trajectory

SHOWN_LINES = 40
"""Lines of a spectrum that are printed where no file is named, the highest ones."""


def complete_molecule(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of molecules for shell completion."""
    from harness.spins import molecule_names

    return [name for name in molecule_names() if name.startswith(incomplete)]


def complete_source(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Sources of the molecule named before, for shell completion."""
    from harness.spins import molecule_names

    sources = molecule_names().get(str(context.params.get("what")), ["gissmo", "govindaraju"])
    return [source for source in sources if source.startswith(incomplete)]


@click.command("simulate")
@click.argument("what", metavar="MOLECULE|FILE.toml", shell_complete=complete_molecule)
@click.option("--source", shell_complete=complete_source, help="Source of the molecule.  [default: gissmo]")
@click.option(
    "--method", type=Name(NAMES), default="exact", show_default=True,
    help="Method or surrogate. 'spinach-octave' is Spinach run by Octave; 'octave' is our own exact FID run by it.",
)  # fmt: skip
@click.option("--size", type=click.IntRange(2), help="Spins of a cluster, for cluster.  [default: 5]")
@click.option("--tolerance", type=float, help="Largest error of M, for krylov, chebyshev and grown-cluster.")
@click.option("--field-t", type=float, default=None, help="B0 in tesla.  [default: 14.1 for molecules]")
@click.option(
    "--carrier-ppm",
    "carriers",
    multiple=True,
    metavar="PPM|ISOTOPE=PPM",
    help="Carrier of the observed isotope, or of one isotope (repeat).  [default: middle of its shifts]",
)
@click.option("--points", type=int, default=300, show_default=True, help="Number of samples, t = 0 included.")
@click.option("--dt-s", type=float, default=1e-4, show_default=True, help="Dwell time in seconds.")
@click.option("--t2-s", type=float, default=None, help="M decays with exp(-t/T2); I_1z is left as it is.")
@click.option(
    "--spectrum",
    is_flag=True,
    help="The spectrum, on a ppm axis from right to left; without --t2-s with a squared-cosine window.",
)
@click.option("--out", type=click.Path(path_type=Path), help="A .csv, .json, .png or .jdx.  [default: on stdout]")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout (all samples without --out).")
def command(
    what: str,
    source: str | None,
    method: str,
    size: int | None,
    tolerance: float | None,
    field_t: float | None,
    carriers: tuple[str, ...],
    points: int,
    dt_s: float,
    t2_s: float | None,
    spectrum: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Simulate a molecule of the library, or a molecule or system file, with any method or surrogate.

    Without --out the samples are printed as CSV; of a spectrum, its highest lines.

    \b
    harness simulate alanine --method exact --points 300 --dt-s 1e-4 --out alanine.csv
    harness simulate alanine --points 16384 --dt-s 1.25e-4 --t2-s 0.5 --spectrum --out alanine.png
    harness simulate my_system.toml --method cluster --size 7 --out out.csv
    """
    from harness.durable import Unwritable, json_text
    from harness.errors import InputError
    from harness.spectra.write import Result, check_out, origin
    from harness.spins import TimeGrid

    if out is not None:
        check_out(out, spectrum)
    grid = TimeGrid(points, dt_s)
    if spectrum and points < 2:
        raise InputError(f"--points {points}: a spectrum needs at least 2; take some thousands for narrow lines")
    options = options_of(method, size=size, tolerance=tolerance)
    warn_if_mhz(field_t)
    system, facts = prepared(what, source, field_t, carriers)
    trajectory = _simulated(system, grid, method, options, t2_s, spectrum)
    shown = _spectrum(trajectory, system, facts, t2_s) if spectrum else None
    facts |= {"method": method, **options, "t2_s": t2_s}
    title = f"{system.name or Path(what).stem}, {method}"
    if facts.get("field_t"):
        title += f", {facts['field_t']:g} T"
    result = Result(title, trajectory, shown, system.observed, facts)
    try:
        if out is not None:
            result.write(out)
    except Unwritable:
        printed(result.csv())  # what was computed must not be lost with the file
        raise
    if as_json:
        content = result.as_dict()
        if out is not None:
            content = {k: v for k, v in content.items() if k not in ("mx", "my", "i1z", "spectrum")} | {"out": str(out)}
        printed(json_text(content) + "\n")
    elif out is not None:
        click.echo(f"{out}: {title}, {points} points of {dt_s:g} s, by {origin(trajectory.provenance)}", err=True)
    else:
        printed(_lines(result) if spectrum else result.csv())
        click.echo(f"{title}, by {origin(trajectory.provenance)}", err=True)


def _simulated(
    system: SpinSystem, grid: TimeGrid, method: str, options: dict[str, float], t2_s: float | None, spectrum: bool
) -> Trajectory:
    """The trajectory, with T2 applied to M; an aliased offset is a warning, or a refusal where a spectrum is due."""
    from harness.spectra import exponential_window, linewidth_of_t2
    from harness.spins import Trajectory
    from harness.spins.checks import refuse_aliased

    width_hz = None if t2_s is None else linewidth_of_t2(t2_s)
    if spectrum:
        refuse_aliased(system, grid)
    trajectory = answered(system, grid, method, options)
    if width_hz is None or trajectory.mx is None:
        return trajectory
    decay = exponential_window(grid, width_hz)  # made last: the method has refused a grid that does not fit
    return Trajectory.of(grid, trajectory.provenance, trajectory.m * decay, trajectory.i1z)


def _spectrum(trajectory: Trajectory, system: SpinSystem, facts: dict[str, Any], t2_s: float | None) -> Spectrum:
    from harness.spectra import cosine_window, spectrum_of

    window = cosine_window(trajectory.grid) if t2_s is None else None
    carrier = facts["carrier_ppm"].get(system.observed, 0.0)
    return spectrum_of(
        trajectory.m, trajectory.grid, window, field_t=facts["field_t"], carrier_ppm=carrier, isotope=system.observed
    )


def _lines(result: Result) -> str:
    """The highest lines of the spectrum as CSV, and how to get all of it."""
    from harness.spectra.lines import pick_lines

    assert result.spectrum is not None
    spectrum = result.spectrum
    found = pick_lines(spectrum, 0.01)
    kept = sorted(sorted(found, key=lambda line: -line.height)[:SHOWN_LINES], key=lambda line: line.offset_hz)
    ppm = spectrum.larmor_hz is not None
    rows = ["ppm,height_s" if ppm else "offset_hz,height_s"]
    for line in kept:
        place = spectrum.ppm_of(line.offset_hz) if ppm else line.offset_hz
        rows.append(f"{place:.6f},{line.height:.6g}")
    more = f" (of {len(found)})" if len(found) > len(kept) else ""
    click.echo(
        f"{len(kept)} highest lines{more}; all {len(spectrum.offset_hz)} points: --out spectrum.csv (.png, .jdx)",
        err=True,
    )
    return "\n".join(rows) + "\n"
