"""``harness simulate``: one or several systems, one method, one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.ends import printed
from harness.cli.names import Name
from harness.cli.values import CLUSTER, SHIFT_RANGE
from harness.tasks.spins.cli.experiment import Experiment
from harness.tasks.spins.cli.field import field_of, field_options
from harness.tasks.spins.cli.methods import NAMES, options_of
from harness.tasks.spins.cli.relaxation import relaxation_of, relaxation_options
from harness.tasks.spins.cli.system import prepared
from harness.tasks.spins.references import RELAXING

if TYPE_CHECKING:
    from harness.tasks.spins.spectra.acquisition import Acquisition
    from harness.tasks.spins.spectra.several import Several
    from harness.tasks.spins.spectra.write import Result
    from harness.tasks.spins.systems import SpinSystem

SHOWN_LINES = 40
"""Lines of a spectrum that are printed where no file is named, the highest ones."""
POINTS, DT_S = 300, 1e-4
"""The grid of trajectories, where none is given and no spectrum is requested."""


def complete_molecule(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of molecules for shell completion."""
    from harness.tasks.spins.systems import molecule_names

    return [name for name in molecule_names() if name.startswith(incomplete)]


def complete_source(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Sources of the molecule named before, for shell completion."""
    from harness.tasks.spins.systems import molecule_names

    named = context.params.get("what") or ()
    first = str(named[0] if isinstance(named, tuple) and named else named)
    sources = molecule_names().get(first, ["gissmo", "govindaraju"])
    return [source for source in sources if source.startswith(incomplete)]


@click.command("simulate")
@click.argument("what", metavar="MOLECULE|FILE.toml...", nargs=-1, required=True, shell_complete=complete_molecule)
@click.option("--source", shell_complete=complete_source, help="Source of the molecule.  [default: gissmo]")
@click.option(
    "--method", type=Name(NAMES), default=None,
    help="Method or surrogate. 'spinach-octave' is Spinach run by Octave; 'octave' is our own exact FID run by it.  "
    "[default: exact; with relaxation liouville-neighbourhoods]",
)  # fmt: skip
@click.option("--size", type=CLUSTER, help="Spins of a cluster, for cluster.  [default: 5]")
@click.option("--tolerance", type=float, help="Largest error of M, for krylov, chebyshev and grown-cluster.")
@relaxation_options
@field_options
@click.option(
    "--carrier-ppm",
    "carriers",
    multiple=True,
    metavar="PPM|ISOTOPE=PPM",
    help="Carrier of the observed isotope, or of one isotope (repeat).  [default: middle of its shifts]",
)
@click.option(
    "--points", type=int, default=None,
    help=f"Number of samples, t = 0 included.  [default: {POINTS}; of a spectrum or a FID file: 8 T2, at least 2 s]",
)  # fmt: skip
@click.option(
    "--dt-s", type=float, default=None,
    help=f"Dwell time in seconds.  [default: {DT_S:g}; of a spectrum or a FID file: so that the sweep has every line]",
)  # fmt: skip
@click.option(
    "--t2-s", type=float, default=None,
    help="M decays with exp(-t/T2); I_1z is left as it is.  [default: none; with a chosen acquisition 0.5]",
)  # fmt: skip
@click.option(
    "--spectrum",
    is_flag=True,
    help="The spectrum, on a ppm axis from right to left; without T2 with a squared-cosine window.",
)
@click.option("--ppm", type=SHIFT_RANGE, metavar="LOW:HIGH", help="The part of the spectrum between two shifts.")
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="A .csv, .json, .png, .jdx, .npz or .fid (NMRPipe).  [default: on stdout]",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout (all samples without --out).")
def command(
    what: tuple[str, ...],
    source: str | None,
    method: str | None,
    size: int | None,
    tolerance: float | None,
    field_t: float | None,
    mhz: float | None,
    carriers: tuple[str, ...],
    points: int | None,
    dt_s: float | None,
    t2_s: float | None,
    spectrum: bool,
    ppm: tuple[float, float] | None,
    out: Path | None,
    as_json: bool,
    **relaxation: Any,
) -> None:
    """Simulate molecules of the library, or molecule or system files, with any method or surrogate.

    Several systems are drawn above one another, on one axis. Without --out the samples are printed as CSV; of a
    spectrum, its highest lines.

    \b
    harness simulate alanine --method exact --points 300 --dt-s 1e-4 --out alanine.csv
    harness simulate valine --mhz 600 --spectrum --out valine.png
    harness simulate valine leucine isoleucine --mhz 600 --ppm 0.8:1.2 --spectrum --out bcaa.png
    harness simulate alanine --mhz 600 --out alanine.fid
    harness simulate my_system.toml --method cluster --size 7 --out out.csv
    harness simulate strychnine --relaxation redfield --tau-c-s 2e-10 --mhz 600 --spectrum --out strychnine.png
    """
    from harness.durable import Unwritable
    from harness.tasks.spins.spectra.several import check_alike

    _check(what, points, spectrum, ppm, out)
    requested = relaxation_of(relaxation)
    placed = prepared(what, source, field_of(field_t, mhz), carriers, requested)
    if method is None:
        method = RELAXING if placed[0][0].relaxation is not None else "exact"
    options = options_of(method, size=size, tolerance=tolerance)
    check_alike([(name, system.observed, system.axis) for name, (system, _) in zip(what, placed, strict=True)])
    seconds = spectrum or _is_fid(out)
    taken = _acquisition([system for system, _ in placed], points, dt_s, t2_s, ppm, seconds)
    magnet = "" if mhz is None else f"{mhz:g} MHz"
    experiment = Experiment(method, options, taken, spectrum, ppm, magnet)
    results = [experiment.result(name, system, facts) for name, (system, facts) in zip(what, placed, strict=True)]
    result = results[0] if len(results) == 1 else experiment.several(results)
    try:
        if out is not None:
            result.write(out)
    except Unwritable:
        printed(result.csv())  # what was computed must not be lost with the file
        raise
    if seconds:
        click.echo(f"acquisition: {taken}", err=True)
    _report(result, results, taken, out, as_json)


def _check(
    what: tuple[str, ...], points: int | None, spectrum: bool, ppm: tuple[float, float] | None, out: Path | None
) -> None:
    """Refuse what cannot be done before anything is read or computed."""
    from harness.errors import InputError
    from harness.tasks.spins.spectra.several import check_shared
    from harness.tasks.spins.spectra.write import check_out

    if out is not None:
        check_out(out, spectrum)
        if len(what) > 1:
            check_shared(out, spectrum)
    if twice := next((name for name in what if what.count(name) > 1), None):
        raise InputError(f"{twice!r} is named twice; once is enough")
    if ppm is not None and not spectrum:
        raise InputError(f"--ppm {ppm[0]:g}:{ppm[1]:g}: is a range of a spectrum; add --spectrum")
    if spectrum and points is not None and points < 2:
        raise InputError(f"--points {points}: a spectrum needs at least 2; take some thousands for narrow lines")


def _is_fid(out: Path | None) -> bool:
    from harness.tasks.spins.spectra.write import FID_ENDINGS

    return out is not None and out.suffix in FID_ENDINGS


def _acquisition(
    systems: list[SpinSystem],
    points: int | None,
    dt_s: float | None,
    t2_s: float | None,
    ppm: tuple[float, float] | None,
    seconds: bool,
) -> Acquisition:
    """The grid that was given, or seconds where a spectrum or a file for other programs is required, else 30 ms."""
    from harness.tasks.spins.spectra import linewidth_of_t2
    from harness.tasks.spins.spectra.acquisition import Acquisition, acquisition
    from harness.tasks.spins.systems import TimeGrid

    if seconds:
        return acquisition(systems, points, dt_s, t2_s, ppm)
    if t2_s is not None:
        linewidth_of_t2(t2_s)
    return Acquisition(TimeGrid(POINTS if points is None else points, DT_S if dt_s is None else dt_s), t2_s)


def _report(
    result: Result | Several, results: list[Result], taken: Acquisition, out: Path | None, as_json: bool
) -> None:
    """Print a summary, or everything where no file was named."""
    from harness.durable import json_text
    from harness.tasks.spins.spectra.write import origin

    origins = ", ".join(dict.fromkeys(origin(one.trajectory.provenance) for one in results))
    if as_json:
        content = result.as_dict() if out is None else result.about() | {"out": str(out)}
        printed(json_text(content) + "\n")
    elif out is not None:
        grid = taken.grid
        click.echo(f"{out}: {result.title}, {grid.points} points of {grid.dt_s:g} s, by {origins}", err=True)
    else:
        printed("".join(map(_lines, results)) if results[0].spectrum is not None else result.csv())
        click.echo(f"{result.title}, by {origins}", err=True)


def _lines(result: Result) -> str:
    """The highest lines of the spectrum as CSV, and how to get all of it."""
    from harness.tasks.spins.spectra.line_picking import pick_lines

    assert result.spectrum is not None
    spectrum = result.spectrum
    found = pick_lines(spectrum, 0.01)
    retained = sorted(sorted(found, key=lambda line: -line.height)[:SHOWN_LINES], key=lambda line: line.offset_hz)
    ppm = spectrum.larmor_hz is not None
    rows = ["ppm,height_s" if ppm else "offset_hz,height_s"]
    for line in retained:
        place = spectrum.ppm_of(line.offset_hz) if ppm else line.offset_hz
        rows.append(f"{place:.6f},{line.height:.6g}")
    more = f" (of {len(found)})" if len(found) > len(retained) else ""
    click.echo(
        f"{result.label}: {len(retained)} highest lines{more}; all {len(spectrum.offset_hz)} points: --out "
        "spectrum.csv (.png, .jdx); frequencies and intensities: harness peaks",
        err=True,
    )
    return "\n".join(rows) + "\n"
