"""The workflow and the systemd units: well-formed, and their commands are ones that the command line accepts."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click import Context

from harness.cli import cli

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORKFLOW = EXAMPLES / "github" / "nightly.yml"
SERVICE = EXAMPLES / "systemd" / "harness-nightly.service"
TIMER = EXAMPLES / "systemd" / "harness-nightly.timer"


@pytest.mark.parametrize("path", [WORKFLOW, SERVICE], ids=lambda path: path.name)
def test_commands_are_accepted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    found = re.findall(r"(?:^|[/\s])harness ((?:nightly|doctor)[^\n|]*)", bare)
    assert found
    for line in found:
        words = shlex.split(line)
        verb = cli.get_command(Context(cli), words[0])
        assert verb is not None
        verb.make_context(words[0], words[1:])


def test_the_workflow_is_well_formed() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    content = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    octave, matlab = content["jobs"]["octave"], content["jobs"]["matlab"]
    assert octave["runs-on"].startswith("ubuntu"), "Octave on hosted runners by default"
    assert matlab["runs-on"] == ["self-hosted", "matlab"]
    assert "if" in matlab, "only where somebody has such a runner"
    assert content["permissions"] == {"contents": "read"}
    steps = [step for job in (octave, matlab) for step in job["steps"]]
    assert all(re.fullmatch(r"[\w/-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    assert "matlab" not in str(octave).lower()


def test_the_units_are_well_formed(tmp_path: Path) -> None:
    for path, section, key in ((SERVICE, "Service", "ExecStart"), (TIMER, "Timer", "OnCalendar")):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(path.read_text(encoding="utf-8"))
        assert unit[section][key]
    service = SERVICE.read_text(encoding="utf-8")
    assert "SuccessExitStatus=1" in service, "missed targets are no fault of the service"
    assert "Persistent=true" in TIMER.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = tmp_path / "harness"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = re.sub(r"ExecStart=\S+", f"ExecStart={program}", SERVICE.read_text())
    text = text.replace("%h/spin-harness", str(tmp_path))
    (tmp_path / SERVICE.name).write_text(text)
    (tmp_path / TIMER.name).write_text(TIMER.read_text())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(tmp_path / TIMER.name), str(tmp_path / SERVICE.name)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "harness-nightly" in line]
    assert ours == []
    schedule = re.search(r"OnCalendar=(.*)", TIMER.read_text())
    assert schedule
    subprocess.run(["systemd-analyze", "calendar", schedule[1]], check=True, capture_output=True, timeout=60)
