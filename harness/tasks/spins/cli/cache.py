"""``harness cache``: build, list, verify, show and compare the answers of Spinach."""

from __future__ import annotations

import click

from harness.cli.names import Group
from harness.cli.values import COUNT, SEED


@click.group(name="cache", cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Stored answers of Spinach, with their provenance.

    The packaged folder is looked at first, whose entries the code pins; then --cache-dir, else HARNESS_CACHE, else the
    user's cache folder.

    Example: harness cache build --cache-dir my_cache --workers 4
    """


def _folder(function: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--cache-dir", type=click.Path(file_okay=False), default=None,
        help="Folder of your own: looked at after the packaged one, and written to.",
    )(function)


@command.command()
@_folder
@click.option("--reference", default=None, help="Engine: spinach-octave or spinach-matlab [the best one here].")
@click.option("--role", "roles", multiple=True, help="Only this role (repeatable), such as molecule or chain.")
@click.option("--case", default="", help="Only cases whose name contains this text.")
@click.option("--workers", type=click.IntRange(1, 256), default=None, help="Processes at a time [cores - 1].")
@click.option("--replace-refused", is_flag=True, help="Set damaged files aside as *.refused and compute them anew.")
@click.option("--dry-run", is_flag=True, help="Say what would be computed.")
@click.option("--packaged/--no-packaged", default=True, help="Count entries of the packaged cache as present.")
def build(
    cache_dir: str | None,
    reference: str | None,
    roles: tuple[str, ...],
    case: str,
    workers: int | None,
    replace_refused: bool,
    dry_run: bool,
    packaged: bool,
) -> int:
    """Compute every planned trajectory that is not there yet. Resumable; one file per finished entry."""
    import os

    from tqdm import tqdm

    from harness.errors import InputError, nearest
    from harness.tasks.spins.spinach.build import build as run_build
    from harness.tasks.spins.spinach.build import is_there
    from harness.tasks.spins.spinach.cache import SpinachCache
    from harness.tasks.spins.spinach.ladder import resolve_backend
    from harness.tasks.spins.spinach.plan import ROLES, full_plan, select

    for role in roles:
        if role not in ROLES:
            raise InputError(f"role {role!r} is unknown{nearest(role, ROLES)} (known: {', '.join(ROLES)})")
    plan = select(full_plan(), roles, case)
    if not plan:
        raise InputError(f"no planned case contains {case!r}: see harness cache build --dry-run")
    cache = SpinachCache.open(cache_dir, packaged)
    found = resolve_backend(live=True, engine=reference, cache=cache)
    if found.driver is None or found.copy is None:
        raise InputError(found.refusal())
    driver, copy = found.driver, found.copy
    if dry_run:
        for item in plan:
            state = "there" if is_there(cache, item, driver.engine, copy.commit) else "missing"
            click.echo(f"{state:8s} {item.role:24s} {item.case:36s} ~{item.cost_s:.0f} s")
        return 0
    click.echo(f"{driver.engine} by {driver.name}, Spinach {copy.commit[:12]}, into {cache.folders[0]}", err=True)
    with tqdm(total=len(plan), unit="entry", desc="cache", disable=None) as bar:
        report = run_build(
            plan,
            cache,
            type(driver),
            copy,
            workers or max(1, (os.cpu_count() or 2) - 1),
            replace_refused,
            bar.update,
        )
    click.echo(f"{report.stored} computed, {report.present} were there, {len(report.faults)} refused", err=True)
    for name, fault in report.faults:
        click.echo(f"  {name}: {fault}", err=True)
    return 2 if report.faults else 0


@command.command(name="list")
@_folder
@click.option("--role", default=None, help="Only this role.")
def list_entries(cache_dir: str | None, role: str | None) -> int:
    """One line per entry: role, case, size, engine, basis, date, time it took."""
    from harness.tasks.spins.spinach.cache import SpinachCache, as_table

    cache = SpinachCache.open(cache_dir)
    rows = as_table(list(cache.entries(role)))
    for row in rows:
        click.echo(
            f"{row['role']:24s} {row['case']:34s} {row['spins']:2d} spins {row['points']:5d} points  "
            f"{row['engine']:14s} Spinach {row['commit']}  {row['basis']:14s} {row['date'][:10]} {row['wall_s']:8.2f} s"
        )
    size = sum(path.stat().st_size for path in cache.paths())
    click.echo(f"{len(rows)} entries; {len(cache.paths())} files, {size / 1e6:.2f} MB, in {cache.describe()}", err=True)
    return 0


@command.command()
@_folder
@click.option("--recompute", type=COUNT, default=0, help="Also compute this many entries anew, live.")
@click.option("--seed", type=SEED, default=1, help="Which ones are drawn.")
def verify(cache_dir: str | None, recompute: int, seed: int) -> int:
    """Check every byte of every entry; exit status 2 if any is refused, 1 if a recomputed one differs by > 1e-10."""
    from harness.tasks.spins.spinach.cache import SpinachCache
    from harness.tasks.spins.spinach.compare import recomputed

    cache = SpinachCache.open(cache_dir)
    bad = [(path, fault) for path, fault in cache.verify() if fault]
    total = len(cache.paths())
    for _, fault in bad:
        click.echo(fault, err=True)
    click.echo(f"{total - len(bad)} of {total} entries are sound")
    worst = 0.0
    for case, difference in recomputed(cache, recompute, seed) if recompute else ():
        worst = max(worst, difference)
        click.echo(f"{case:40s} {difference:.2e}")
    if recompute:
        click.echo(f"largest difference {worst:.2e}")
    return 2 if bad else int(worst > 1e-10)


@command.command()
@_folder
@click.argument("case")
def show(cache_dir: str | None, case: str) -> int:
    """Everything that is known about an entry: CASE is part of its case name, or of its key."""
    from harness.durable import json_text
    from harness.errors import InputError
    from harness.tasks.spins.spinach.cache import SpinachCache

    found = [e for e in SpinachCache.open(cache_dir).entries() if case in e.case or e.key.startswith(case)]
    if not found:
        raise InputError(f"no cache entry's case contains {case!r}: see harness cache list")
    for entry in found:
        about = {
            "role": entry.role,
            "case": entry.case,
            "key": entry.key,
            "file": str(entry.path),
            "system": {
                "labels": entry.system.labels,
                "isotopes": entry.system.isotopes,
                "observed": entry.system.observed,
                "tagged": entry.system.labels[entry.system.tagged_spin],
                "offsets_hz": entry.system.offsets_hz.tolist(),
                "offsets_used_hz": entry.answer.offsets_hz.tolist(),
                "couplings_hz": entry.system.couplings_hz.tolist(),
            },
            "grid": {"points": entry.grid.points, "dt_s": entry.grid.dt_s},
            "parameters": dict(entry.parameters),
            "provenance": dict(entry.details),
        }
        click.echo(json_text(about, 2))
    return 0


@command.command()
@_folder
@click.argument("left")
@click.argument("right")
def compare(cache_dir: str | None, left: str, right: str) -> int:
    """Two engines or two versions of Spinach side by side.

    LEFT and RIGHT are engines (spinach-octave, spinach-matlab) or beginnings of Spinach commits.
    """
    from harness.errors import InputError
    from harness.tasks.spins.spinach.cache import SpinachCache
    from harness.tasks.spins.spinach.compare import compare_sides

    rows = compare_sides(SpinachCache.open(cache_dir), left, right)
    if not rows:
        raise InputError(f"no request was answered by both {left!r} and {right!r}: build one with --reference")
    for row in rows:
        click.echo(
            f"{row.case:36s} {row.points:5d} points  largest difference {row.difference:.2e} in {row.observable} "
            f"at {row.time_s * 1e3:.1f} ms"
        )
    worst = max(rows, key=lambda row: row.difference)
    click.echo(f"{len(rows)} requests in common; worst {worst.difference:.2e} ({worst.case})")
    return 0
