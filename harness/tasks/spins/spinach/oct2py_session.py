"""GNU Octave that stays open through oct2py: fast repeated calls for interactive work.

Requests and results still pass through files: oct2py turns lists into matrices and drops imaginary parts of sparse
arrays, and a session has to give the same answer as a batch.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Sequence
from typing import Any

from harness.bridge.process import is_alive, kill_process
from harness.requirements import install_command
from harness.tasks.spins.spinach.contract import path_bytes
from harness.tasks.spins.spinach.drivers import CALL_LIMIT_S, Availability, Outcome, exchange
from harness.tasks.spins.spinach.faults import EngineFault, MFileError
from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request


class Oct2PySession:
    """Driver "oct2py-session". Octave starts with the first call and stays until :meth:`close`, a fault or a timeout.

    Use it as a context manager, and pass it to a method: ``Spinach(live=True, driver=session)``.
    """

    name = "oct2py-session"
    engine = "spinach-octave"

    def __init__(self, executable: str | None = None) -> None:
        self.executable = OctaveBatch(executable).executable
        self._session: Any = None
        self._pid = 0

    def __enter__(self) -> Oct2PySession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def probe(self) -> Availability:
        """Octave as :class:`OctaveBatch` finds it, and the package oct2py."""
        if importlib.util.find_spec("oct2py") is None:
            return Availability(False, reason=f"oct2py is not installed: {install_command('octave')}")
        return OctaveBatch(self.executable).probe()

    def run(
        self, requests: Sequence[Request], method: str, spinach_root: str, limit_s: float = CALL_LIMIT_S
    ) -> list[Outcome]:
        """See :class:`harness.tasks.spins.spinach.drivers.Driver`."""
        from oct2py import Oct2PyError

        session = self._started()
        with exchange(requests, method, spinach_root, folder=memory_folder()) as files:
            try:
                names = path_bytes(files.request), path_bytes(files.result)
                session.feval("harness_run", *names, nout=0, timeout=limit_s)
            except Oct2PyError as error:
                alive = is_alive(self._pid)
                words = " ".join(str(error).split())
                if alive and "timed out" not in words.lower():
                    raise MFileError(f"octave stopped: {words}") from None
                self.abort()
                if alive:
                    raise EngineFault(f"Octave gave no answer within {limit_s:g} s and was killed") from None
                raise EngineFault(f"Octave died in mid-call ({words}); the next call starts a new one") from None
            except BaseException:
                self.abort()
                raise
            return files.read(requests, "Octave")

    def close(self) -> None:
        """Quit Octave."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):
                session.exit()
        self._kill()

    def abort(self) -> None:
        """Kill Octave without waiting for anything."""
        session, self._session = self._session, None
        self._kill()
        if session is not None:
            with contextlib.suppress(Exception):
                session.exit()

    def _started(self) -> Any:
        if self._session is not None:
            return self._session
        found = self.probe()
        if not found.usable:
            raise EngineFault(found.reason)
        from oct2py import Oct2Py, Oct2PyError

        try:
            options = {"backend": "inline", "auto_show": False, "load_octaverc": False, "convert_to_float": False}
            session = Oct2Py(executable=self.executable, **options)
            # By its bytes, as numbers: oct2py passes strings in MAT files, which cut what is not ASCII.
            session.eval(f"addpath(char([{' '.join(map(str, os.fsencode(matlab_folder())))}]));", nout=0)
            session.feval("harness_no_dumps", nout=0)
            self._pid = int(str(session.feval("harness_pid")).partition(".")[0])
        except (Oct2PyError, OSError) as error:
            raise EngineFault(f"an Octave session did not start ({' '.join(str(error).split())})") from None
        self._session = session
        return session

    def _kill(self) -> None:
        pid, self._pid = self._pid, 0
        kill_process(pid)


def memory_folder() -> str | None:
    """A folder in memory for files that live for a tenth of a second; None where there is none."""
    folder = "/dev/shm"
    return folder if os.path.isdir(folder) and os.access(folder, os.W_OK) else None
