"""Child processes that end in time: own process group, hard limit, everything killed and reaped."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Finished:
    """How a process ended; ``timed_out`` means that it was killed at its limit.

    ``harmless`` are texts of lines that the program also prints in a successful run.
    """

    status: int
    stdout: str
    stderr: str
    wall_s: float
    timed_out: bool
    harmless: tuple[str, ...] = ()

    @property
    def last_message(self) -> str:
        """The last error that the program printed, else its last line that is not empty; '' if there is none."""
        for text in (self.stderr, self.stdout):
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            lines = [line for line in lines if not any(words in line for words in self.harmless)]
            errors = [line for line in lines if line.startswith("error: ") and not line.endswith("called from")]
            if errors:
                return errors[-1].removeprefix("error: ")
            if lines:
                return lines[-1]
        return ""

    @property
    def ending(self) -> str:
        """As text: an exit status, or the signal that killed it."""
        if self.status < 0:
            try:
                return f"killed by {signal.Signals(-self.status).name}"
            except ValueError:
                return f"killed by signal {-self.status}"
        return f"exit status {self.status}"


class RunningProcess:
    """The process that :func:`run_limited` waits for, so that another thread can kill it."""

    def __init__(self) -> None:
        self._group = 0

    def hold(self, group: int) -> None:
        """Store the process group to kill; 0 removes it."""
        self._group = group

    def kill(self) -> None:
        """Kill the group that is held, if any."""
        if self._group > 1:
            kill_group(self._group)


def run_limited(
    argv: Sequence[str],
    limit_s: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    running: RunningProcess | None = None,
    harmless: tuple[str, ...] = (),
) -> Finished:
    """Run a program without a shell and without standard input, for at most ``limit_s`` seconds.

    The program runs in its own session. At the limit, and whenever this call ends by an exception (Ctrl-C included),
    its whole process group is killed and reaped before anything else is done.

    Raises
    ------
    FileNotFoundError, PermissionError, OSError
        If the program cannot be started.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started, timed_out = time.monotonic(), False
        files = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err}
        options = {**files, "cwd": cwd, "env": {**os.environ, **(env or {})}}
        with _started(argv, options, running or RunningProcess()) as child:
            try:
                child.wait(timeout=limit_s)
            except subprocess.TimeoutExpired:
                timed_out = True
        wall_s = time.monotonic() - started
        return Finished(child.returncode, _text(out), _text(err), wall_s, timed_out, harmless)


@contextmanager
def _started(
    argv: Sequence[str], options: Mapping[str, Any], running: RunningProcess
) -> Iterator[subprocess.Popen[Any]]:
    """A process in its own session; when the block ends, for any reason, its group is killed and reaped."""
    child = None
    try:
        with _interrupts_later():
            child = subprocess.Popen(list(argv), **options, start_new_session=True)
            running.hold(child.pid)
        yield child
    finally:
        running.hold(0)
        if child is not None:
            kill_group(child.pid)
            child.wait()
            _until_gone(child.pid)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Ctrl-C in the block takes effect after it: by then a program that was being started is registered."""
    before = signal.getsignal(signal.SIGINT)
    # Only the main thread may set a handler; one that Python did not set (None) could not be put back.
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield
        return
    received: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if received:
            signal.raise_signal(signal.SIGINT)


def kill_group(group: int) -> None:
    """Kill every process of a group that still exists."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _until_gone(group: int, wait_s: float = 1.0) -> None:
    """Wait until no process of a killed group is left: the kernel takes a moment to end those that we did not start."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """True if there is such a process, and it is not one that has ended and waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kill_process(pid: int, wait_s: float = 2.0) -> None:
    """Kill one process, which need not be a child of ours, and wait a little until it is gone."""
    if pid <= 1:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    deadline = time.monotonic() + wait_s
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def _text(handle: object, limit: int = 200_000) -> str:
    handle.seek(0, os.SEEK_END)  # type: ignore[attr-defined]
    size = handle.tell()  # type: ignore[attr-defined]
    handle.seek(max(0, size - limit))  # type: ignore[attr-defined]
    return handle.read().decode("utf-8", errors="replace")  # type: ignore[attr-defined]
