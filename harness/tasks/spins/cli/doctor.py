"""``harness doctor``: what is installed, what is missing, and how to install it."""

from __future__ import annotations

import click

MARKS = {"ok": "ok", "missing": "-", "fault": "FAULT"}


@click.command(name="doctor", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--cache-dir", type=click.Path(file_okay=False), default=None, help="The user's cache folder.")
@click.option("--spinach-tests", is_flag=True, help="Run Spinach's own kernel tests under Octave, one line each.")
def command(cache_dir: str | None, spinach_tests: bool) -> int:
    """A table of what the task spins can use here. Exit status 1 if something is there but broken.

    Example: SPINACH_ROOT=~/spinach harness doctor --spinach-tests
    """
    if spinach_tests:
        return _spinach_tests()
    from harness.tasks.spins.spinach.cache import SpinachCache
    from harness.tasks.spins.spinach.diagnosis import findings
    from harness.tasks.spins.spinach.ladder import resolve_backend

    faults = 0
    for finding in findings(cache_dir):
        faults += finding.state == "fault"
        click.echo(f"{MARKS[finding.state]:5s} {finding.what:28s} {finding.found}")
        if finding.remedy:
            click.echo(f"{'':34s} -> {finding.remedy}")
    found = resolve_backend(cache=SpinachCache.open(cache_dir))
    click.echo(f"\nSpinach is answered by {found.backend}:")
    for rung in found.rungs:
        click.echo(f"  {'*' if rung.name == found.backend else ' '} {rung.name:14s} {rung.reason}")
    return int(faults > 0)


def _spinach_tests() -> int:
    from harness.tasks.spins.spinach.faults import EngineFault
    from harness.tasks.spins.spinach.octave_batch import OctaveBatch
    from harness.tasks.spins.spinach.spinach import find_spinach
    from harness.tasks.spins.spinach.spinach_tests import run_spinach_tests

    octave = OctaveBatch()
    found = octave.probe()
    if not found.usable:
        raise EngineFault(found.reason)
    outcomes = run_spinach_tests(find_spinach(), octave)
    for outcome in outcomes:
        click.echo(f"{'pass' if outcome.passed else 'FAIL'} {outcome.name:48s} {outcome.cause}")
        if outcome.place:
            click.echo(f"{'':5s}{'':48s} at {outcome.place}")
    passed = sum(outcome.passed for outcome in outcomes)
    click.echo(f"{passed} of {len(outcomes)} pass under Octave {found.version}")
    return 0
