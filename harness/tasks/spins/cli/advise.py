"""``harness advise``: one screen about which method to use."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from harness.tasks.spins.cli.field import field_options, field_or_default
from harness.tasks.spins.cli.relaxation import not_for_offsets, relaxation_of, relaxation_options

if TYPE_CHECKING:
    from harness.tasks.spins.references.option import Option


@click.command("advise")
@click.argument("what", metavar="MOLECULE|FILE.toml")
@click.option("--source", help="Source of the molecule.  [default: gissmo]")
@field_options
@click.option("--points", type=int, default=300, show_default=True, help="Number of samples, t = 0 included.")
@click.option("--dt-s", type=float, default=1e-4, show_default=True, help="Dwell time in seconds.")
@click.option("--error", type=float, default=1e-3, show_default=True, help="RMSE of M that is good enough.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@relaxation_options
def command(
    what: str,
    source: str | None,
    field_t: float | None,
    mhz: float | None,
    points: int,
    dt_s: float,
    error: float,
    as_json: bool,
    **relaxation: Any,
) -> None:
    """Which method or surrogate to use for a system, a horizon and an error, what it will cost, and why.

    The RMSE of M is not its relative error, which the suites ask of molecules: both are shown.

    \b
    harness advise valine --error 1e-3
    harness advise my_system.toml --points 16384 --dt-s 2e-4 --error 1e-6
    harness advise alanine --relaxation redfield --tau-c-s 2e-10 --points 1024 --dt-s 5e-4

    Ends with status 1 where no method reaches the error.
    """
    from dataclasses import asdict

    from harness.durable import json_text
    from harness.tasks.spins.references.advice import advise
    from harness.tasks.spins.systems import Molecule, TimeGrid, load_molecule
    from harness.tasks.spins.systems.system_file import load_toml

    grid = TimeGrid(points, dt_s)
    field_t = field_or_default(field_t, mhz)
    requested = relaxation_of(relaxation)
    loaded = load_toml(what) if what.endswith(".toml") else load_molecule(what, source)
    if requested is not None and not isinstance(loaded, Molecule):
        raise not_for_offsets(what, requested)
    system = loaded.at(field_t, relaxation=requested) if isinstance(loaded, Molecule) else loaded
    advice = advise(system, grid, error)
    chosen = advice.chosen
    command = None if chosen is None else _command(what, source, field_t, points, dt_s, chosen.label, requested)
    if as_json:
        about = {"name": system.name or what, "points": points, "dt_s": dt_s, "command": command}
        click.echo(json_text(about | _plain(asdict(advice)), 1))
        raise SystemExit(chosen is None)
    where = f" at {field_t:g} T" if isinstance(loaded, Molecule) else ""
    bonds = int((system.couplings_hz != 0).sum() // 2)
    click.echo(f"{system.name or what}{where}: {len(system)} spins, {bonds} couplings, horizon {grid.horizon_s:g} s")
    click.echo(f"\n  {'method':27} {'RMSE of M':>9} {'relative':>8}  {'known':19} {'time':>8}  {'':9} {'memory':>8}")
    for option in advice.options:
        click.echo(_row(option, error, option is chosen))
    click.echo("")
    if chosen is not None:
        click.echo(f"Use {chosen.label}: the quickest with an RMSE of at most {error:g}.\n  {command}")
    for reason in advice.reasons:
        click.echo(f"- {reason}")
    raise SystemExit(chosen is None)


def _command(
    what: str,
    source: str | None,
    field_t: float,
    points: int,
    dt_s: float,
    label: str,
    relaxation: dict[str, Any] | None = None,
) -> str:
    """The command that computes the answer; a label is a method with its options."""
    import shlex

    words = ["harness", "simulate", what, "--method", *label.split(), "--points", str(points), "--dt-s", f"{dt_s:g}"]
    if not what.endswith(".toml"):
        words += ["--field-t", f"{field_t:g}", *(["--source", source] if source else [])]
    for name, value in (relaxation or {}).items():
        words += ["--relaxation" if name == "model" else f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def _plain(advice: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: a method that would never end, or not fit into memory, has no time or no size."""
    for option in [*advice["options"], *([advice["chosen"]] if advice["chosen"] else [])]:
        for name in ("seconds", "memory_bytes"):
            option[name] = option[name] if isfinite(option[name]) else None
    return advice


def _row(option: Option, error: float, chosen: bool) -> str:
    from harness.tasks.spins.references.option import in_words

    mark = ">" if chosen else " "
    verdict = option.refused or ("" if option.error <= error else "too coarse")
    size = option.memory_bytes / 2**20
    memory = f"{size:.0f} MiB" if size < 1e4 else f"{size / 1024:.3g} GiB"
    seconds = in_words(option.seconds)
    return (
        f"{mark} {option.label:27} {option.error:9.1e} {option.relative:8.1e}  {option.error_source:19} {seconds:>8}  "
        f"{option.seconds_source:9} {memory:>8}  {verdict}"
    ).rstrip()
