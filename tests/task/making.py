"""A task of a few lines in a folder of its own: a constant, and a subject that is off by a little."""

from __future__ import annotations

from pathlib import Path

TASK = '''
from pathlib import Path
from harness.task import Codec, Metric, Model, Observable, Task

TASK = Task(
    name="toy",
    question="May a rounded constant be trusted in place of the constant?",
    production="truth",
    subject="rounded",
    baseline="",
    observables=(Observable("x", "x", "1"),),
    metrics={{"error": Metric("error", "error of x", "how far off x is", "1", lambda a, b, s: 0.0)}},
    populations={{}},
    references={{"truth": "harness.tasks.toy.methods:Truth", "rounded": "harness.tasks.toy.methods:Rounded"}},
    models={{}},
    codec=Codec(vars, dict, vars, dict),
    plans={{}},
    targets=Path(__file__).with_name("targets.toml"),
    {more}
)
'''
METHODS = '''
class Truth:
    observables = ("x",)
    name = "truth"

class Rounded(Truth):
    name = "rounded"
'''
TARGETS = '''
[toy]
version = 1

[toy.error]
value = 1e-3
unit = "1"
comparison = "<="
source = "ours"
reason = "a made-up limit"
'''
SUITE = '''
from harness.report.records import Measurement

SUITE = "toy"


def test_error(subject, truth, verdict):
    assert truth.reference.name == "truth"
    verdict.check(Measurement("error of x", "a", subject.name, "truth", 1e-4), "error")
'''
VERB = '''
import click

@click.command("greet")
def command():
    """Say hello."""
    click.echo("hello from the toy")
'''


def make_task(folder: Path, more: str = "", **changes: tuple[str, str]) -> Path:
    """A task in ``folder/toy``; ``more`` are further arguments, each change is (text, text in its place) in task.py."""
    toy = folder / "toy"
    (toy / "suites").mkdir(parents=True)
    (toy / "cli").mkdir()
    text = TASK.format(more=more)
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    files = {
        "task.py": text, "methods.py": METHODS, "targets.toml": TARGETS, "suites/test_toy.py": SUITE,
        "cli/greet.py": VERB, "verbs.py": 'VERBS = {"greet": "Say hello."}\n',
    }  # fmt: skip
    for name, content in files.items():
        (toy / name).write_text(content, encoding="utf-8")
    return toy
