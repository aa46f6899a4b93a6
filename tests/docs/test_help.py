"""Every verb says what it does, with an example that its own parser accepts; the shell completes names."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
from click import Command, Context, Group
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from harness.cli import cli, main


def tree(command: Command = cli, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Command]]:
    found = [(path, command)]
    if isinstance(command, Group):
        context = Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found += tree(child, (*path, name))
    return found


COMMANDS = tree()
VERBS = cli.list_commands(Context(cli))


def examples(command: Command) -> list[str]:
    """Lines of a help text that begin with ``harness``, wrapped ones joined."""
    lines = (command.help or "").replace("\b", "").splitlines()
    found = []
    for number, line in enumerate(lines):
        text = re.sub(r"^\s*(Example|Examples)?:?\s*", "", line)
        text = re.sub(r"^(\w+=\S+ )+|^.*?Example: (?:\w+=\S+ )*", "", text)
        if text.startswith("harness "):
            while text.endswith("\\"):
                number += 1
                text = text[:-1] + lines[number].strip()
            found.append(text)
    return found


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[" ".join(path) or "harness" for path, _ in COMMANDS])
def test_help(path: tuple[str, ...], command: Command) -> None:
    result = CliRunner().invoke(cli, [*path, "--help"])
    assert result.exit_code == 0
    assert (command.help or "").strip(), "says what it does"
    for option in command.params:
        assert option.param_type_name == "argument" or getattr(option, "help", ""), f"{option.name} has no help"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_that_parses(verb: str) -> None:
    command = dict((path[0], c) for path, c in COMMANDS if len(path) == 1)[verb]
    found = examples(command)
    assert found, f"harness {verb} --help has no line 'Example: harness {verb} …'"
    for line in found:
        words = shlex.split(line)[1:]
        target: Command = cli
        while isinstance(target, Group) and words:
            child = target.get_command(Context(target), words[0])
            assert child is not None, line
            target, words = child, words[1:]
        target.make_context("harness", list(words))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["simulat", "alanine"], "no verb 'simulat': did you mean 'simulate'? (known: advise, "),
        (["cache", "buidl"], "no verb 'buidl': did you mean 'build'? (known: "),
        (["train", "spingraph"], "no verb 'spingraph': did you mean 'spin-graph'? (known: "),
        (["benchmark", "reference"], "no verb 'reference': did you mean 'references'? (known: "),
        (["compare", "spingraph"], "subject 'spingraph' is unknown: did you mean 'spin-graph'? (known: "),
        (["xyz"], "no verb 'xyz' (known: "),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert expected in printed.err
    assert len(printed.err.splitlines()) == 1


def test_help_groups_the_verbs_by_what_they_work_on() -> None:
    """``doctor``, ``cache``, ``data``, ``train`` and ``benchmark`` are verbs of spins, with or without its name."""
    sections = re.split(r"^Verbs ", CliRunner().invoke(cli, ["--help"]).output, flags=re.MULTILINE)[1:]
    every, one, spins = (re.findall(r"^  (\w+) ", section, flags=re.MULTILINE) for section in sections)
    assert every == ["compare", "nightly", "tasks"]
    assert one == ["echo", "kstep", "spins", "tddft"]
    assert {"doctor", "cache", "data", "train", "benchmark"} <= set(spins)
    assert CliRunner().invoke(cli, ["spins", "doctor", "--help"]).exit_code == 0


def completions(*words: str, typed: str = "") -> list[str]:
    complete = ShellComplete(cli, {}, "harness", "_HARNESS_COMPLETE")
    return [item.value for item in complete.get_completions(list(words), typed)]


@pytest.mark.parametrize(
    ("words", "typed", "expected"),
    [
        ((), "ni", {"nightly"}),
        (("simulate",), "ala", {"alanine"}),
        (("simulate", "alanine", "--method"), "ch", {"chebyshev"}),
        (("simulate", "alanine", "--source"), "g", {"gissmo", "govindaraju"}),
        (("simulate", "alanine"), "--spec", {"--spectrum"}),
        (("nightly", "--subject"), "spin", {"spin-graph", "spinguin", "spinach", "spinach-matlab", "spinach-octave"}),
        (("nightly", "--train"), "fno", {"fno", "fno-general"}),
        (("nightly", "--validate-against"), "exa", {"exact"}),
        (("compare", "exact"), "weak", {"weak-coupling"}),
        (("train",), "spin", {"spin-graph"}),
    ],
)
def test_the_shell_completes(words: tuple[str, ...], typed: str, expected: set[str]) -> None:
    assert set(completions(*words, typed=typed)) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_is_reported_how(shell: str) -> None:
    line = "from harness.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", line], env={"_HARNESS_COMPLETE": f"{shell}_source", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "_HARNESS_COMPLETE" in done.stdout, done.stderr


def test_nothing_heavy_is_imported_for_help_or_completion() -> None:
    line = (
        "import sys\nfrom click.testing import CliRunner\nfrom harness.cli import cli\n"
        "CliRunner().invoke(cli, ['--help'])\n"
        "from click.shell_completion import ShellComplete\n"
        "ShellComplete(cli, {}, 'harness', '_X').get_completions(['nightly', '--subject'], 's')\n"
        "print([m for m in ('torch', 'matplotlib', 'pandas', 'h5py', 'oct2py') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
