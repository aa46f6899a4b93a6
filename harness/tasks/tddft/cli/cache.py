"""``harness tddft cache``: the stored answers of NWChem."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("cache")
def command() -> None:
    """List and check what NWChem answered, or ask it anew."""


@command.command("list")
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Your folder of answers.")
def listing(cache_dir: Path | None) -> None:
    """One line for each answer: system, functional, field, grid, version."""
    from harness.tasks.tddft.nwchem.answer import answer_in
    from harness.tasks.tddft.nwchem.ladder import Answers

    click.echo("key,system,functional,field,points,dt_au,nwchem")
    entries = Answers.open(cache_dir).entries
    for path in entries.paths():
        answer = answer_in(entries.read(path))
        system, grid = answer.request.system, answer.request.grid
        kind = type(system.field).__name__
        click.echo(
            f"{path.stem[:12]},{system.name},{system.functional},{kind},{grid.points},{grid.dt_au:g},{answer.version}"
        )


@command.command("verify")
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Your folder of answers.")
def verify(cache_dir: Path | None) -> None:
    """Check every answer's checksum; exit status 1 if one is damaged."""
    from harness.tasks.tddft.nwchem.ladder import Answers

    found = [fault for _, fault in Answers.open(cache_dir).entries.verify()]
    faults = [fault for fault in found if fault]
    for line in faults:
        click.echo(line, err=True)
    click.echo(f"{len(found) - len(faults)} answers are whole, {len(faults)} are not", err=True)
    if faults:
        click.get_current_context().exit(1)


@command.command("build")
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Your folder of answers.")
@click.option("--live", is_flag=True, help="Ask NWChem even where an answer is there.")
def build(cache_dir: Path | None, live: bool) -> None:
    """Ask NWChem for every request of the package that has no answer yet."""
    from harness.tasks.tddft.nwchem.cases import packaged_requests
    from harness.tasks.tddft.nwchem.ladder import Answers

    answers = Answers.open(cache_dir, live)
    for request in packaged_requests():
        answer = answers.answer(request)
        click.echo(f"{request.system.name} {request.system.functional}: {answer.provenance.details['rung']}", err=True)
