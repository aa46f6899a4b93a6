"""``harness compare``: several subjects side by side."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.complete import complete_method, complete_subject
from harness.cli.values import FOLDER, SECONDS


@click.command("compare")
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT…", shell_complete=complete_subject)
@click.option(
    "--reference", default="spinach", show_default=True, shell_complete=complete_method,
    help="Whom to believe; spinach is taken from the cache.",
)  # fmt: skip
@click.option("--allow-fallback", is_flag=True, help="Without Spinach, compare with 'exact'; the title says so.")
@click.option("--select", default="", metavar="TEXT", help="Only cases whose name contains this, such as alanine.")
@click.option("--case-limit-s", type=SECONDS, default=120.0, show_default=True, help="Of a foreign subject per system.")
@click.option("--out", type=FOLDER, help="Folder to write to.  [default: reports/compare-<time>]")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    subjects: tuple[str, ...],
    reference: str,
    allow_fallback: bool,
    select: str,
    case_limit_s: float,
    out: Path | None,
    as_json: bool,
) -> None:
    """A leaderboard and the error-cost front of several subjects on the same cases.

    On the front is who is beaten by nobody in both: no other subject is quicker and more accurate. Cases are those of
    a validation without variants of molecules and without glycine, whose single line everybody gets right.

    A SUBJECT is a surrogate, method or peer by name, package.module:object, or ./program. Subjects are ranked by their
    median RMSE of M over the cases that all of them answered.

    \b
    Example: harness compare pair-product weak-coupling exact --select alanine
    """
    import json
    from datetime import UTC, datetime

    from harness.cli.bar import Bar
    from harness.compare import measure, rank
    from harness.compare.measure import cases_of, sources_of
    from harness.compare.ranking import markdown
    from harness.compare.write import as_dict, write_comparison
    from harness.durable import check_folder, json_text
    from harness.errors import InputError
    from harness.report.context import machine, versions
    from harness.subjects import CannotStart, Silent, load_subject
    from harness.suites.folder import ReportFolder
    from harness.suites.session import DISTRIBUTIONS
    from harness.tasks.spins.suites.truth import resolve_truth

    twice = [name for name in subjects if subjects.count(name) > 1]
    if twice:
        raise InputError(f"subject {twice[0]!r} is named twice; name it once")
    now = datetime.now(UTC)
    if out is not None:
        click.get_current_context().call_on_close(ReportFolder.named(out, "--out").release)
    folder = out or check_folder(Path("reports") / f"compare-{now:%Y-%m-%dT%H%M%S}")
    truth = resolve_truth(reference, False, allow_fallback)
    loaded = []
    try:
        for name in subjects:
            try:
                loaded.append(load_subject(name, case_limit_s))
            except CannotStart as error:
                loaded.append(Silent(name, error.reason))
        cases, counted = cases_of(truth, select=select)
        if not cases:
            raise InputError(f"--select {select!r}: no case has this in its name (see harness cache list)")
        with Bar("compare") as bar:
            answers = measure(
                loaded, cases, lambda name, done: bar.show(done / len(cases), f"{done}/{len(cases)} cases", name)
            )
    finally:
        for subject in loaded:
            subject.close()
    board = rank(answers)
    believed = truth.name if truth.is_asked else f"{truth.name} (NOT {reference}, which is not here)"
    facts = {
        "made": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "backend": truth.used,
        "why": truth.why,
        "source": sources_of(cases),
        "counted": counted,
        "subjects": {subject.name: dict(subject.provenance) for subject in loaded},
        "machine": machine(),
        "versions": versions(DISTRIBUTIONS),
    }
    facts = json.loads(json.dumps(facts, default=str))
    # First what was measured, then the files: a full disk must not take it along.
    if as_json:
        page = folder / "compare.html"
        click.echo(json_text(as_dict(board, answers, believed, {**facts, "page": str(page)}), 1))
    else:
        click.echo(markdown(board, f"{', '.join(subjects)} against {believed}", facts), nl=False)
    page = write_comparison(folder, board, answers, believed, facts)
    if not as_json:
        click.echo(f"page: {page}", err=True)
