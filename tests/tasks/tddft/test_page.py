"""The page of the task: its commands run, its file is read, its program gives what linear response gives."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.tasks.tddft.system_file import read_system

PAGE = (Path(__file__).parents[3] / "docs" / "tddft.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    return found


def test_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^    harness (tddft .*)$", PAGE.partition("## Commands")[2], re.M)
    assert len(commands) == 8
    for command in commands:
        arguments = shlex.split(command)
        if "spectrum" in arguments:
            arguments += ["--horizon-au", "50"]
        found = CliRunner().invoke(cli, arguments)
        assert found.exit_code == 0, (command, found.exception)
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == {
        "my_h2o",
        "my_h2",
        "my_lih",
        "my_data",
        "my_ridge",
    }


def test_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "my_water.toml").write_text(_block("toml"))
    assert read_system(tmp_path / "my_water.toml").functional == "pbe0"


def test_the_program_finds_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(_block("py"), "page", "exec"), {})
    line, first = re.findall(r"(\d+\.\d+) eV", capsys.readouterr().out)[0], 15.01
    assert float(line) == pytest.approx(first, abs=0.1)
