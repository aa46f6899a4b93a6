"""Stand-in for ``matlab.engine``: the documented interface, with GNU Octave behind it. See ../../../README.md.

What the tests want to go wrong is said by environment variables: STANDIN_ENGINE_START_S delays the start,
STANDIN_ENGINE_LICENCE=none refuses it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOP = Path(__file__).with_name("standin_loop.m")


class EngineError(Exception):
    """The engine is gone, or cannot be had."""


class MatlabExecutionError(Exception):
    """A function raised an error."""


class RejectedExecutionError(Exception):
    """The engine was terminated before the call."""


class CancelledError(Exception):
    """The call was cancelled."""


class InterruptedError(Exception):
    """The call was interrupted."""


class TimeoutError(Exception):
    """No result within the given time."""


class FutureResult:
    """Result of a call in the background."""

    def __init__(self, work: Callable[[], Any], on_cancel: Callable[[], None]) -> None:
        self._value: Any = None
        self._error: BaseException | None = None
        self._cancelled = False
        self._on_cancel = on_cancel
        self._finished = threading.Event()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._value = work()
        except Exception as error:
            self._error = error
        self._finished.set()

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the result, at most ``timeout`` seconds."""
        if self._cancelled:
            raise CancelledError("the call was cancelled")
        if not self._finished.wait(timeout):
            raise TimeoutError("timeout")
        if self._error is not None:
            raise self._error
        return self._value

    def done(self) -> bool:
        """True once there is a result or an error."""
        return self._finished.is_set()

    def cancel(self) -> bool:
        """Stop the call if it has not ended."""
        if self.done():
            return False
        self._cancelled = True
        self._on_cancel()
        return True

    def cancelled(self) -> bool:
        """True after a successful :meth:`cancel`."""
        return self._cancelled


class MatlabEngine:
    """A session: every method that is not defined here calls the function of that name."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="standin-")
        self._calls = 0
        self._process = subprocess.Popen(
            ["octave-cli", "--no-gui", "--quiet", "--norc", "--no-history", str(LOOP)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def feval(self, name: str, *args: Any, nargout: int = 1, background: bool = False, **_: Any) -> Any:
        """Call a function by name."""
        future = FutureResult(lambda: self._call(name, args, nargout), self._process.kill)
        return future if background else future.result()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **options: self.feval(name, *args, **options)

    def quit(self) -> None:
        """End the session."""
        process = self._process
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    exit = quit

    def __del__(self) -> None:
        self._process.kill()
        self.quit()

    def _call(self, name: str, args: tuple[Any, ...], nargout: int) -> Any:
        from scipy.io import loadmat, savemat

        if self._process.poll() is not None:
            raise RejectedExecutionError("MATLAB has already terminated")
        self._calls += 1
        base = Path(self._folder) / str(self._calls)
        requested, answered = base.with_suffix(".in.mat"), base.with_suffix(".out.mat")
        cells = _cells([_to_octave(x) for x in args])
        savemat(requested, {"call": {"name": name, "nargout": float(nargout), "args": cells}})
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{requested}\n{answered}\n\n".encode())
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise EngineError("MATLAB function cannot be evaluated") from None
        while True:
            line = self._process.stdout.readline()
            if not line:
                raise EngineError("MATLAB function cannot be evaluated")
            if line.strip() == b"standin: done":
                break
        answer = loadmat(answered, simplify_cells=True)["answer"]
        if not answer["ok"]:
            raise MatlabExecutionError(f"\n  File {answer['file']}, line {int(answer['line'])}\n{answer['message']}\n")
        values = answer["values"]
        return None if nargout == 0 else values


def start_matlab(option: str = "-nodesktop", background: bool = False) -> Any:
    """Start a session, in the background if asked to."""
    if not isinstance(option, str):
        raise TypeError("option must be a string")

    def start() -> MatlabEngine:
        time.sleep(float(os.environ.get("STANDIN_ENGINE_START_S", "0")))
        if os.environ.get("STANDIN_ENGINE_LICENCE") == "none":
            raise EngineError("MATLAB cannot be started: License checkout failed")
        return MatlabEngine()

    future = FutureResult(start, lambda: None)
    return future if background else future.result()


def connect_matlab(name: str | None = None, background: bool = False) -> Any:
    """Connect to a shared session; there is never one, so one is started unless it was named."""
    if name is not None:
        raise EngineError(f"Unable to connect to MATLAB session '{name}'")
    return start_matlab(background=background)


def find_matlab() -> tuple[str, ...]:
    """Names of shared sessions: none."""
    return ()


def _to_octave(value: Any) -> Any:
    import numpy as np

    import matlab

    if isinstance(value, matlab.double):
        return np.array(list(value))
    return value


def _cells(items: list[Any]) -> Any:
    import numpy as np

    cells = np.empty((1, len(items)), dtype=object)
    for k, item in enumerate(items):
        cells[0, k] = item
    return cells
