"""``harness simulate``: one system, one method, one file."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.field import warn_if_mhz
from harness.cli.names import Name
from harness.cli.train import MODELS
from harness.references import METHODS

if TYPE_CHECKING:
    from harness.spectra import Spectrum
    from harness.spins import SpinSystem, TimeGrid, Trajectory

SURROGATE = "a surrogate, which stands for no method: load_surrogate(...).predict in Python, pytest --subject in a run"


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
    "--method", type=Name(METHODS, dict.fromkeys(MODELS, SURROGATE)), default="exact", show_default=True,
    help="Who computes it. 'spinach-octave' is Spinach run by Octave; 'octave' is our own exact FID run by Octave.",
)  # fmt: skip
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
@click.option("--out", type=click.Path(path_type=Path), help="A .csv, .json, .png or .jdx.  [default: CSV on stdout]")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout (all samples without --out).")
def command(
    what: str,
    source: str | None,
    method: str,
    field_t: float | None,
    carriers: tuple[str, ...],
    points: int,
    dt_s: float,
    t2_s: float | None,
    spectrum: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Simulate a molecule of the library, or a molecule or system file, with any method.

    \b
    harness simulate alanine --method exact --points 300 --dt-s 1e-4 --out alanine.csv
    harness simulate alanine --points 16384 --dt-s 1.25e-4 --t2-s 0.5 --spectrum --out alanine.png
    harness simulate my_system.toml --method chebyshev --out out.csv
    """
    import json

    from harness.errors import InputError
    from harness.spectra.write import Result, check_out, origin
    from harness.spins import TimeGrid

    if out is not None:
        check_out(out, spectrum)
    grid = TimeGrid(points, dt_s)
    if spectrum and points < 2:
        raise InputError(f"--points {points}: a spectrum needs at least 2; take some thousands for narrow lines")
    warn_if_mhz(field_t)
    system, facts = _prepared(what, source, field_t, carriers)
    trajectory = _simulated(system, grid, method, t2_s, spectrum)
    shown = _spectrum(trajectory, system, facts, t2_s) if spectrum else None
    facts |= {"method": method, "t2_s": t2_s}
    title = f"{system.name or Path(what).stem}, {method}"
    if facts.get("field_t"):
        title += f", {facts['field_t']:g} T"
    result = Result(title, trajectory, shown, system.observed, facts)
    if out is not None:
        result.write(out)
    if as_json:
        content = result.as_dict()
        if out is not None:
            content = {k: v for k, v in content.items() if k not in ("mx", "my", "i1z", "spectrum")} | {"out": str(out)}
        click.echo(json.dumps(content))
    elif out is not None:
        click.echo(f"{out}: {title}, {points} points of {dt_s:g} s, by {origin(trajectory.provenance)}", err=True)
    else:
        click.echo(result.csv(), nl=False)
        click.echo(f"{title}, by {origin(trajectory.provenance)}", err=True)


def _prepared(
    what: str, source: str | None, field_t: float | None, carriers: tuple[str, ...]
) -> tuple[SpinSystem, dict[str, Any]]:
    """The system, and the facts of the experiment that belong into every file."""
    from harness.errors import InputError
    from harness.spins import Molecule, load_molecule
    from harness.spins.system_file import load_toml

    is_file = what.endswith(".toml")
    if is_file and source is not None:
        raise InputError(f"--source {source!r}: {what!r} is a file and its own source; leave --source out")
    loaded = load_toml(what) if is_file else load_molecule(what, source)
    asked = _carriers(carriers, loaded.observed)
    if isinstance(loaded, Molecule):
        field_t = 14.1 if field_t is None else field_t
        system = loaded.at(field_t, asked)
        used = {isotope: asked.get(isotope, loaded.centre_ppm(isotope)) for isotope in set(loaded.isotopes)}
        return system, {
            "molecule": loaded.name,
            "source": loaded.source,
            "field_t": field_t,
            "carrier_ppm": dict(sorted(used.items())),
        }
    if (field_t is None) != (not asked):
        raise InputError(f"{what!r} gives offsets in Hz: --field-t and --carrier-ppm only make a ppm axis, together")
    if set(asked) - {loaded.observed}:
        raise InputError(f"--carrier-ppm: the ppm axis is that of the observed isotope, {loaded.observed}")
    if field_t is not None and not 0 < field_t < float("inf"):
        raise InputError(f"--field-t {field_t!r}: must be a positive number of tesla")
    return loaded, {"system": what, "field_t": field_t, "carrier_ppm": asked}


def _carriers(carriers: tuple[str, ...], observed: str) -> dict[str, float]:
    """``PPM`` is for the observed isotope, ``ISOTOPE=PPM`` for the one that it names."""
    from harness.errors import InputError

    found: dict[str, float] = {}
    for text in carriers:
        isotope, equals, value = text.rpartition("=")
        isotope = isotope.strip() if equals else observed
        try:
            number = float(value)
        except ValueError:
            raise InputError(f"--carrier-ppm {text!r}: must be a number, or ISOTOPE=number as in 13C=44.2") from None
        if isotope in found:
            raise InputError(f"--carrier-ppm {text!r}: {isotope} has a carrier already; keep one")
        found[isotope] = number
    return found


def _simulated(system: SpinSystem, grid: TimeGrid, method: str, t2_s: float | None, spectrum: bool) -> Trajectory:
    """The trajectory, with T2 applied to M; an aliased offset is a warning, or a refusal where a spectrum is due."""
    from harness.references import reference, simulate
    from harness.spectra import exponential_window, linewidth_of_t2
    from harness.spins import Trajectory
    from harness.spins.checks import refuse_aliased

    decay = None if t2_s is None else exponential_window(grid, linewidth_of_t2(t2_s))
    if spectrum:
        refuse_aliased(system, grid)
    wanted = [name for name in ("m", "i1z") if name in reference(method).observables]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trajectory = simulate(system, grid, method, wanted)
    for warning in caught:
        click.echo(f"harness: warning: {warning.message}", err=True)
    if decay is None or trajectory.mx is None:
        return trajectory
    return Trajectory.of(grid, trajectory.provenance, trajectory.m * decay, trajectory.i1z)


def _spectrum(trajectory: Trajectory, system: SpinSystem, facts: dict[str, Any], t2_s: float | None) -> Spectrum:
    from harness.spectra import cosine_window, spectrum_of

    window = cosine_window(trajectory.grid) if t2_s is None else None
    carrier = facts["carrier_ppm"].get(system.observed, 0.0)
    return spectrum_of(
        trajectory.m, trajectory.grid, window, field_t=facts["field_t"], carrier_ppm=carrier, isotope=system.observed
    )
