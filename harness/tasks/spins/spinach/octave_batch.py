"""GNU Octave as a child process: request file in, result file out, a strict time limit, no state between calls."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.bridge.process import Finished, RunningProcess, run_limited
from harness.tasks.spins.spinach.drivers import CALL_LIMIT_S, START_LIMIT_S, Availability, Outcome, exchange
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.request import Request

EXECUTABLE_VARIABLE = "HARNESS_OCTAVE"
HARMLESS = ("ignoring const execution_exception& while preparing to exit",)
"""Octave 7 prints it when it ends normally."""
OLDEST = (7, 1)  # rng(), cellfun on class methods and table-like indexing that Spinach relies on
FLAGS = ("--no-gui", "--quiet", "--norc", "--no-history")
REMEDY = f"install Octave {OLDEST[0]} or newer (apt-get install octave), or name it in {EXECUTABLE_VARIABLE}"


class OctaveBatch:
    """Driver "octave-batch": one ``octave-cli`` process for each call."""

    name = "octave-batch"
    engine = "spinach-octave"

    def __init__(self, executable: str | None = None) -> None:
        self.executable = executable or os.environ.get(EXECUTABLE_VARIABLE) or "octave-cli"
        self._running = RunningProcess()

    def probe(self) -> Availability:
        """Start it once with ``--version``."""
        path = shutil.which(self.executable)
        if path is None:
            return Availability(False, reason=f"{self.executable} is not on the path: {REMEDY}")
        try:
            done = run_limited([path, "--version"], START_LIMIT_S)
        except OSError as error:
            return Availability(False, reason=f"{path} cannot be started ({error.strerror}): {REMEDY}")
        if done.timed_out:
            return Availability(False, reason=f"{path} --version gave no answer within {START_LIMIT_S:g} s")
        found = re.search(r"version (\d+)\.(\d+)(\.\d+)?", done.stdout)
        if done.status != 0 or found is None:
            words = f": {done.last_message}" if done.last_message else ""
            return Availability(False, reason=f"{path} died at start ({done.ending}{words}): {REMEDY}")
        version = found[0].removeprefix("version ")
        if (int(found[1]), int(found[2])) < OLDEST:
            return Availability(False, version, f"Octave {version} is too old: {REMEDY}")
        return Availability(True, version)

    def run(
        self, requests: Sequence[Request], method: str, spinach_root: str, limit_s: float = CALL_LIMIT_S
    ) -> list[Outcome]:
        """See :class:`harness.tasks.spins.spinach.drivers.Driver`."""
        with exchange(requests, method, spinach_root) as files:
            env = {"HARNESS_REQUEST": str(files.request), "HARNESS_RESULT": str(files.result)}
            done = self.run_main("harness_main.m", env, limit_s)
            if done.timed_out:
                raise EngineFault(f"Octave gave no answer within {limit_s:g} s and was killed")
            if done.status != 0:
                raise EngineFault(f"Octave ended early ({done.ending}): {done.last_message or 'it printed nothing'}")
            return files.read(requests, "Octave")

    def run_script(
        self, script: str | Path, spinach_root: str | Path, limit_s: float = CALL_LIMIT_S, result: str | Path = ""
    ) -> Finished:
        """Run a user's Spinach script (or a file with a function of no arguments) with everything on the path.

        ``result`` is passed on in the environment variable HARNESS_RESULT for scripts that save something.
        """
        env = {
            "HARNESS_SCRIPT": str(Path(script).absolute()),
            "HARNESS_SPINACH_ROOT": str(spinach_root),
            "HARNESS_RESULT": str(result),
        }
        scratch = Path(spinach_root) / "scratch"
        before = set(scratch.glob("spinach_job_*"))
        try:
            return self.run_main("harness_script.m", env, limit_s)
        finally:
            # Spinach leaves an empty folder per job; one with files in it may belong to another program.
            for leftover in set(scratch.glob("spinach_job_*")) - before:
                with contextlib.suppress(OSError):
                    leftover.rmdir()

    def run_main(self, entry: str, env: dict[str, str], limit_s: float = CALL_LIMIT_S) -> Finished:
        """Run one of the entry scripts in ``matlab/``; its arguments come in the environment."""
        return self._octave([*FLAGS, entry], limit_s, matlab_folder(), env)

    def close(self) -> None:
        """There is nothing to close."""

    def abort(self) -> None:
        """Kill the process that runs, if any."""
        self._running.kill()

    def _octave(self, arguments: list[str], limit_s: float, cwd: Path, env: dict[str, str]) -> Finished:
        threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
        try:
            return run_limited([self.executable, *arguments], limit_s, cwd, env | threads, self._running, HARMLESS)
        except OSError as error:
            raise EngineFault(f"{self.executable} cannot be started ({error.strerror}): {REMEDY}") from None


def run_script(script: str | Path, spinach_root: str | Path, limit_s: float = CALL_LIMIT_S) -> Finished:
    """Run an m-script under Octave with Spinach and our compatibility functions on the path; see :class:`Finished`."""
    return OctaveBatch().run_script(script, spinach_root, limit_s)
