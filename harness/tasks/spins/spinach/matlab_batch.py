"""MATLAB without its Engine: ``matlab -batch`` as a child process for each call."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.bridge.process import RunningProcess, run_limited
from harness.tasks.spins.spinach.drivers import CALL_LIMIT_S, Availability, Outcome, exchange
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.request import Request

EXECUTABLE_VARIABLE = "HARNESS_MATLAB"
OLDEST_RELEASE = "R2023b"


class MatlabBatch:
    """Driver "matlab-batch": one MATLAB process for each call, some 10 s of start-up included."""

    name = "matlab-batch"
    engine = "spinach-matlab"

    def __init__(self, executable: str | None = None) -> None:
        self.executable = executable or os.environ.get(EXECUTABLE_VARIABLE) or "matlab"
        self._running = RunningProcess()

    def probe(self) -> Availability:
        """Look for the program and read its release from its folder; starting it for that would take many seconds."""
        path = shutil.which(self.executable)
        if path is None:
            return Availability(
                False, reason=f"{self.executable} is not on the path: add MATLAB's bin/ or set {EXECUTABLE_VARIABLE}"
            )
        return Availability(True, matlab_release(path) or "of unknown release")

    def run(
        self, requests: Sequence[Request], method: str, spinach_root: str, limit_s: float = CALL_LIMIT_S
    ) -> list[Outcome]:
        """See :class:`harness.tasks.spins.spinach.drivers.Driver`."""
        with exchange(requests, method, spinach_root) as files:
            env = {"HARNESS_REQUEST": str(files.request), "HARNESS_RESULT": str(files.result)}
            arguments = ["-nodisplay", "-nosplash", "-batch", "harness_main"]
            try:
                done = run_limited([self.executable, *arguments], limit_s, matlab_folder(), env, self._running)
            except OSError as error:
                raise EngineFault(f"{self.executable} cannot be started ({error.strerror})") from None
            if done.timed_out:
                raise EngineFault(f"MATLAB gave no answer within {limit_s:g} s and was killed")
            if done.status != 0:
                raise EngineFault(f"MATLAB ended early ({done.ending}): {done.last_message or 'it printed nothing'}")
            return files.read(requests, "MATLAB")

    def close(self) -> None:
        """There is nothing to close."""

    def abort(self) -> None:
        """Kill the process that runs, if any."""
        self._running.kill()


def matlab_release(executable: str | None) -> str | None:
    """The release, such as "R2025b", of a MATLAB executable: from VersionInfo.xml, or else from the folder's name."""
    if executable is None:
        return None
    home = Path(executable).resolve().parent.parent
    info = home / "VersionInfo.xml"
    text = info.read_text(encoding="utf-8", errors="replace") if info.is_file() else str(home)
    found = re.search(r"R20\d\d[ab]", text)
    return found[0] if found else None


def engine_pip_line(release: str | None) -> str:
    """The pip command for the Engine wheel of a release.

    A wheel works with exactly one release: R2024b is matlabengine 24.2. R2023b is the oldest that supports Python 3.11
    (MathWorks, "Versions of Python compatible with MATLAB products by release").
    """
    if release is None:
        return "pip install 'matlabengine==YY.N.*' (YY.N of your release: R2025b is 25.2)"
    if release < OLDEST_RELEASE:
        return f"{release} knows no Python that this runs on: use matlab -batch, or {OLDEST_RELEASE} or newer"
    year, half = int(release[3:5]), "ab".index(release[5]) + 1
    return f"pip install 'matlabengine=={year}.{half}.*'"
