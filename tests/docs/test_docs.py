"""Every command in README and docs/ is run: as it stands, or in the shorter form that the page itself declares."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click import Command, Context, Group

from harness.cli import cli
from tests.docs.blocks import Block, blocks_of, inline_commands, links, pages

ROOT = Path(__file__).resolve().parents[2]
PAGES = pages(ROOT)
LIMIT_S = 240
LINKED = ("harness", "tests", "examples", "docs")
ELSEWHERE = {"adding-a-suite.md"}
"""Pages whose files belong into a folder of the reader's own, as they say; the others are tried in a checkout."""

pytestmark = pytest.mark.filterwarnings("default")


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    retained = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    return {**retained, "PATH": path, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def lacking(needs: str) -> str:
    """Why a block cannot run here, "" if it can."""
    name, _, reason = (part.strip() for part in needs.partition(","))
    if name.isupper():
        return "" if os.environ.get(name) else f"{name} is not set: {reason}"
    return "" if shutil.which(name, path=environment()["PATH"]) else f"no {name} here: {reason}"


def run(script: str, folder: Path, status: int, where: str) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    printed = (done.stdout + done.stderr)[-3000:]
    assert done.returncode == status, f"{where}: exit status {done.returncode}, {status} is due\n{script}\n{printed}"
    assert "Traceback (most recent call last)" not in done.stderr, f"{where}\n{printed}"


def litter(folder: Path) -> list[str]:
    """Files in ``folder`` that git would show in a checkout; those of the tests themselves left out."""
    shutil.copy(ROOT / ".gitignore", folder)
    for command in (["git", "init", "-q"], ["git", "status", "--porcelain"]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    ours = {*LINKED, "block.py", ".gitignore"}
    return sorted(name for line in done.stdout.splitlines() if (name := line[3:]) not in ours)


def test_litter_is_seen(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    for name in ("runs/alanine.csv", "my_surrogate.py", "alanine.csv"):
        (tmp_path / name).touch()
    assert litter(tmp_path) == ["alanine.csv"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page(page: Path, tmp_path: Path) -> None:
    """One folder for the page, its blocks in order, as a reader would go through them.

    Takes more than a few seconds, because the commands really run; that is the point.
    """
    for name in LINKED:
        (tmp_path / name).symlink_to(ROOT / name)
    exports, skipped = "", []
    for block in blocks_of(page.read_text(encoding="utf-8")):
        where = f"{page.name}:{block.line}"
        if name := block.mark("file"):
            (tmp_path / name).write_text(block.text, encoding="utf-8")
            if block.text.startswith("#!"):
                (tmp_path / name).chmod(0o755)
            continue
        if block.mark("same-as") or block.mark("run-by"):
            continue
        if (needs := block.mark("needs")) and (reason := lacking(needs)):
            skipped.append(f"{where}: {reason}")
            continue
        status = int(block.mark("status") or 0)
        if block.language == "python":
            (tmp_path / "block.py").write_text(block.text, encoding="utf-8")
            run(f"python {'' if status else '-W error '}block.py", tmp_path, status, where)
            continue
        instead = block.mark("instead")
        for command in instead.splitlines() if instead else block.commands():
            if command.startswith("export "):
                exports += f"{command}\n"
            run(exports + command, tmp_path, status, where)
    if page.name not in ELSEWHERE:
        assert litter(tmp_path) == [], f"{page.name}: its commands leave files that .gitignore does not know"
    if skipped and len(skipped) == len(blocks_of(page.read_text(encoding="utf-8"))):
        pytest.skip("; ".join(skipped))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_quotes_or_relies_on(page: Path) -> None:
    for block in blocks_of(page.read_text(encoding="utf-8")):
        where = f"{page.name}:{block.line}"
        if name := block.mark("same-as"):
            assert block.text.strip() in (ROOT / name).read_text(encoding="utf-8"), f"{where} differs from {name}"
        if mark := block.mark("run-by"):
            name = mark.partition(",")[0].strip()
            content = (ROOT / name).read_text(encoding="utf-8")
            for command in block.commands():
                assert command.split("#")[0].strip() in content, f"{where}: {name} does not run {command!r}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [link for link in links(text) if not (page.parent / link).exists()]
    assert missing == []


def resolve(words: list[str]) -> tuple[Command, list[str]]:
    """The command that these words name, and the words after it."""
    command: Command = cli
    context = Context(cli)
    while isinstance(command, Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"no verb {words[0]!r}"
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_running_text_exist(page: Path) -> None:
    for line in inline_commands(page.read_text(encoding="utf-8")):
        command, rest = resolve(re.sub(r"[…\[\]|]", " ", line).split()[1:])
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        for word in rest:
            if word.startswith("--"):
                assert word.partition("=")[0] in {*known, "--help"}, f"{page.name}: {line!r} has no option {word}"


def test_every_page_is_in_the_index() -> None:
    index = links((ROOT / "docs" / "README.md").read_text(encoding="utf-8"))
    assert {page.name for page in PAGES if page.parent.name == "docs"} - {"README.md"} <= set(index)


def test_a_page_is_read_as_its_author_meant() -> None:
    """The reader of pages itself, on a page with one block of each kind."""
    found = blocks_of(
        "Text\n\n    harness doctor\n    A line of output\n\n<!-- test: file a.toml -->\n```toml\nx = 1\n```\n\n"
        "<!-- test: instead harness --help\nharness doctor -->\n```sh\nharness train fno \\\n    --preset full\n```\n"
    )
    assert [block.language for block in found] == ["", "toml", "sh"]
    assert found[0].commands() == ["harness doctor"]
    assert found[1] == Block("toml", "x = 1\n", 7, (("file", "a.toml"),))
    assert found[2].commands() == ["harness train fno --preset full"]
    assert found[2].mark("instead") == "harness --help\nharness doctor"
    with pytest.raises(AssertionError, match="right before its block"):
        blocks_of("<!-- test: status 1 -->\nText\n")
    with pytest.raises(AssertionError, match="is none of"):
        blocks_of("<!-- test: skip -->\n```sh\nharness doctor\n```\n")
