"""``harness compare``: several subjects side by side."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.complete import complete_method, complete_subject
from harness.cli.values import FOLDER, SECONDS


@click.command("compare")
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT…", shell_complete=complete_subject)
@click.option(
    "--reference", default="", shell_complete=complete_method,
    help="Whom to believe, which says the task.  [default: the production code of the default task, from its cache]",
)  # fmt: skip
@click.option(
    "--allow-fallback", is_flag=True,
    help="Without the production code, compare with a method that stands in; the title says so.",
)  # fmt: skip
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

    On the front is who is beaten by nobody in both: no other subject is quicker and more accurate. The page says which
    cases of the task were taken and which were left out.

    A SUBJECT is a surrogate, method or peer by name, package.module:object, or ./program. Subjects are ranked by their
    median error, in the first metric that the task compares, over the cases that all of them answered.

    \b
    Example: harness compare pair-product exact --select alanine
    """
    import json
    from datetime import UTC, datetime

    from harness.cli.bar import Bar
    from harness.compare import measure, rank
    from harness.compare.ranking import markdown
    from harness.compare.write import as_dict, write_comparison
    from harness.durable import check_folder, json_text
    from harness.errors import InputError
    from harness.machine import machine
    from harness.report.context import versions
    from harness.subjects import CannotStart, Silent
    from harness.suites.behaviour import behaviour_of
    from harness.suites.folder import ReportFolder
    from harness.suites.session import DISTRIBUTIONS
    from harness.task import check_packages, default_task, reference_name, task_of

    twice = [name for name in subjects if subjects.count(name) > 1]
    if twice:
        raise InputError(f"subject {twice[0]!r} is named twice; name it once")
    now = datetime.now(UTC)
    if out is not None:
        click.get_current_context().call_on_close(ReportFolder.named(out, "--out").release)
    folder = out or check_folder(Path("reports") / f"compare-{now:%Y-%m-%dT%H%M%S}")
    reference = reference or default_task().production
    task = task_of(reference, "--reference")
    check_packages(task)
    behaviour = behaviour_of(task)
    metrics = [task.metrics[key] for key in task.compared]
    truth = behaviour.resolve(reference_name(reference), False, allow_fallback)
    loaded = []
    try:
        for name in subjects:
            try:
                loaded.append(behaviour.subject(name, case_limit_s))
            except CannotStart as error:
                loaded.append(Silent(name, error.reason, task=task.name))
        cases, counted = behaviour.cases(truth, select)
        if not cases:
            raise InputError(f"--select {select!r}: no case has this in its name")
        with Bar("compare") as bar:

            def say(name: str, done: int) -> None:
                bar.show(done / len(cases), f"{done}/{len(cases)} cases", name)

            answers = measure(loaded, cases, metrics, say)
    finally:
        for subject in loaded:
            subject.close()
    board = rank(answers, metrics)
    believed = truth.name if truth.is_requested else f"{truth.name} (NOT {reference}, which is not here)"
    facts = {
        "made": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "backend": truth.used,
        "why": truth.why,
        "source": behaviour.sources(cases),
        "counted": counted,
        "subjects": {subject.name: dict(subject.provenance) for subject in loaded},
        "machine": machine(),
        "versions": versions(DISTRIBUTIONS),
    }
    facts = json.loads(json.dumps(facts, default=str))
    # Print the measured numbers first, then write the files: with a full disk the numbers must not be lost.
    if as_json:
        page = folder / "compare.html"
        shown = as_dict(board, answers, believed, {**facts, "page": str(page)}, task.size_name)
        click.echo(json_text(shown, 1))
    else:
        click.echo(markdown(board, f"{', '.join(subjects)} against {believed}", facts), nl=False)
    page = write_comparison(folder, board, answers, believed, facts, task.size_name)
    if not as_json:
        click.echo(f"page: {page}", err=True)
