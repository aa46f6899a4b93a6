"""An Octave that is ended from outside leaves nothing behind, least of all in the folder of our m-files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.octave_batch import FLAGS


def terminated(script: str, folder: Path) -> list[str]:
    """Run a script of Octave in ``folder``, end it by SIGTERM once it says so, and list what the folder then holds."""
    (folder / "busy.m").write_text(script + "fopen('ready','w'); while true, pause(0.05); end\n")
    started = time.monotonic()
    process = subprocess.Popen(["octave-cli", *FLAGS, "busy.m"], cwd=folder, stderr=subprocess.DEVNULL)
    try:
        while not (folder / "ready").exists() and time.monotonic() - started < 60:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGTERM)
        process.wait(30)
    finally:
        process.kill()
        process.wait()
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("octave"))


@pytest.mark.octave
def test_no_workspace_is_dumped_when_octave_is_terminated(tmp_path: Path) -> None:
    shutil.copy(matlab_folder() / "harness_no_dumps.m", tmp_path)
    assert terminated("harness_no_dumps();\n", tmp_path) == []


@pytest.mark.octave
def test_control_without_the_settings_octave_dumps(tmp_path: Path) -> None:
    assert terminated("x = 1;\n", tmp_path) == ["octave-workspace"]
