"""MATLAB through its Engine API for Python: one MATLAB that stays open, with calls in the background under a time
limit.

The documented interface is used and nothing else: ``start_matlab(background=True)``, ``FutureResult.result(timeout)``
and ``.cancel()``, ``eng.feval(name, ..., nargout=0, background=True)``, ``eng.quit()`` and the names of the
API's exceptions (MathWorks, "Call MATLAB from Python").
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.bridge.process import kill_process
from harness.tasks.spins.spinach.drivers import CALL_LIMIT_S, Availability, Outcome, exchange
from harness.tasks.spins.spinach.faults import EngineFault, MFileError
from harness.tasks.spins.spinach.matlab_batch import EXECUTABLE_VARIABLE, engine_pip_line, matlab_release
from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.request import Request

ENGINE_START_LIMIT_S = 120.0


class MatlabEngine:
    """Driver "matlab-engine". MATLAB starts with the first call and stays until :meth:`close`, a fault or a timeout."""

    name = "matlab-engine"
    engine = "spinach-matlab"

    def __init__(self, start_limit_s: float = ENGINE_START_LIMIT_S) -> None:
        self.start_limit_s = start_limit_s
        self._session: Any = None
        self._pid = 0
        self._scratch = ""

    def probe(self) -> Availability:
        """Look for the Python package; MATLAB itself is not started."""
        release = matlab_release(shutil.which(os.environ.get(EXECUTABLE_VARIABLE) or "matlab"))
        try:
            there = importlib.util.find_spec("matlab.engine") is not None
        except (ImportError, ValueError):
            there = False
        if not there:
            return Availability(False, reason=f"matlabengine is not installed: {engine_pip_line(release)}")
        try:
            import matlab.engine  # type: ignore[import-not-found]  # noqa: F401
        except Exception as error:
            reason = f"matlabengine does not load ({error}); it fits one release only: {engine_pip_line(release)}"
            return Availability(False, reason=" ".join(reason.split()))
        return Availability(True, release or "of unknown release")

    def run(
        self, requests: Sequence[Request], method: str, spinach_root: str, limit_s: float = CALL_LIMIT_S
    ) -> list[Outcome]:
        """See :class:`harness.tasks.spins.spinach.drivers.Driver`."""
        import matlab.engine as api  # type: ignore[import-not-found]

        session = self._started(api)
        with exchange(requests, method, spinach_root, Path(self._scratch)) as files:
            try:
                call = session.feval("harness_run", str(files.request), str(files.result), nargout=0, background=True)
                call.result(timeout=limit_s)
            except Exception as error:
                raise self._fault(error, limit_s) from None
            except BaseException:
                self.abort()
                raise
            return files.read(requests, "MATLAB Engine")

    def close(self) -> None:
        """Quit MATLAB; kill it if it does not end."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):
                session.quit()
        self._kill()

    def abort(self) -> None:
        """Kill MATLAB without waiting for anything."""
        self._session = None
        self._kill()

    def _fault(self, error: Exception, limit_s: float) -> EngineFault | MFileError:
        """What an exception of the API means, by its name, because releases have these classes in different modules."""
        words = " ".join(str(error).split()) or type(error).__name__
        if type(error).__name__ in ("MatlabExecutionError", "SyntaxError"):
            return MFileError(f"matlab stopped: {words}")
        self.abort()
        if type(error).__name__ == "TimeoutError":
            return EngineFault(f"MATLAB Engine gave no answer within {limit_s:g} s; its MATLAB was killed")
        return EngineFault(f"MATLAB Engine died in mid-call ({words}); the next call starts a new one")

    def _started(self, api: Any) -> Any:
        if self._session is not None:
            return self._session
        starting = api.start_matlab("-nodisplay -nosplash", background=True)
        try:
            session = starting.result(timeout=self.start_limit_s)
        except Exception as error:
            if type(error).__name__ == "TimeoutError":
                starting.cancel()
                raise EngineFault(f"MATLAB Engine did not start within {self.start_limit_s:g} s") from None
            words = " ".join(str(error).split())
            raise EngineFault(f"MATLAB Engine did not start ({words}): is the licence there?") from None
        try:
            moved = session.feval("cd", str(matlab_folder()), nargout=0, background=True)
            moved.result(timeout=self.start_limit_s)
            self._pid = int(session.feval("harness_pid", nargout=1, background=True).result(timeout=self.start_limit_s))
        except Exception as error:
            with contextlib.suppress(Exception):
                session.quit()
            raise EngineFault(f"MATLAB Engine started and died ({' '.join(str(error).split())})") from None
        self._session, self._scratch = session, tempfile.mkdtemp(prefix="spin-harness-")
        return session

    def _kill(self) -> None:
        pid, self._pid = self._pid, 0
        kill_process(pid)
        scratch, self._scratch = self._scratch, ""
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
