"""The main process's side: requests to a child process under a time limit; every size is known before reading."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import IO, Any

from harness.children.frames import HEAD_BYTES, frame

LARGEST_MESSAGE_BYTES = 1 << 20
LARGEST_LOG_BYTES = 1 << 16
AT_ONCE_BYTES = 1 << 20
EXITED = "ended with exit status"


class Lost(RuntimeError):
    """The child process ended, did not reply in time or sent an invalid message.

    The text is one line that continues a sentence after the child's name. ``output`` is the end of its printed output
    (a stack trace, if it was ended by a signal), "" if it printed nothing.
    """

    def __init__(self, what: str, output: str = "") -> None:
        super().__init__(what)
        self.output = output

    def sentence(self, who: str, doing: str = "") -> str:
        """The whole sentence, with the last printed line if the child exited without a signal."""
        text = f"{who} {self}" + (f" while {doing}" if doing else "")
        return f"{text}: {one_line(self.output.splitlines()[-1], 200)}" if self.output and EXITED in str(self) else text


class Child:
    """Runs ``main()`` of a module in its own session, connected by two pipes; its printed output goes to a file.

    Every method that raises :class:`Lost` has stopped the child and the child's own child processes before.
    """

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {module} import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=dict(environment),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process.poll() is None

    def send(self, message: Mapping[str, Any], limit_s: float) -> None:
        """Send one message; raises :class:`Lost` if the child has ended or does not read it in time."""
        self.send_bytes(frame(message), limit_s)

    def send_bytes(self, payload: bytes, limit_s: float) -> None:
        """Like :meth:`send`, for a message that was already encoded by :func:`frame`."""
        rest, deadline = memoryview(payload), monotonic() + limit_s
        while rest:
            self._wait(self._to, selectors.EVENT_WRITE, deadline, limit_s)
            try:
                rest = rest[os.write(self._to, rest[:AT_ONCE_BYTES]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._ended() from None

    def receive(self, limit_s: float, most_bytes: int = LARGEST_MESSAGE_BYTES) -> dict[str, Any]:
        """The next message; raises :class:`Lost` if none arrives in time, or it is not a JSON object of that size."""
        deadline = monotonic() + limit_s
        size = int.from_bytes(self._read(HEAD_BYTES, deadline, limit_s), "big")
        if size > most_bytes:
            raise self.nonsense(f"a message of {size} bytes, at most {most_bytes} are due")
        try:
            message = json.loads(self._read(size, deadline, limit_s))
        except (ValueError, RecursionError) as error:
            raise self.nonsense(f"a message that is no JSON ({one_line(error, 80)})") from None
        if not isinstance(message, dict):
            raise self.nonsense(f"a message that is a {type(message).__name__} and no JSON object")
        return message

    def receive_raw(self, size: int, limit_s: float) -> bytes:
        """Exactly ``size`` bytes; raises :class:`Lost` as :meth:`receive` does."""
        return self._read(size, monotonic() + limit_s, limit_s)

    def nonsense(self, what: str) -> Lost:
        """Stop a child that does not follow the format, and return the error that states it."""
        self.stop()
        return Lost(f"sent {what}")

    def stop(self) -> None:
        """Kill the remaining processes and close the pipes."""
        stop(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._log.close()

    def _read(self, size: int, deadline: float, limit_s: float) -> bytes:
        received = bytearray()
        while len(received) < size:
            self._wait(self._from, selectors.EVENT_READ, deadline, limit_s)
            chunk = os.read(self._from, min(size - len(received), AT_ONCE_BYTES))
            if not chunk:
                raise self._ended()
            received += chunk
        return bytes(received)

    def _wait(self, descriptor: int, event: int, deadline: float, limit_s: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if selector.select(max(0.0, deadline - monotonic())):
                return
        output = self._output()
        self.stop()
        raise Lost(f"gave no result within {limit_s:g} s", output)

    def _ended(self) -> Lost:
        """How the child ended; a child that only closed its pipe is stopped, and the result states this."""
        try:
            how = ending(self._process.wait(1.0))
        except subprocess.TimeoutExpired:
            how = "closed its pipe"
        output = self._output()
        self.stop()
        return Lost(how, output)

    def _output(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - LARGEST_LOG_BYTES))
        return self._log.read().decode("utf-8", "replace").strip()


def ending(status: int) -> str:
    """How a process ended, in words: "died with SIGILL" for status -4, "ended with exit status 3" for 3."""
    if status >= 0:
        return f"{EXITED} {status}"
    try:
        return f"died with {signal.Signals(-status).name}"
    except ValueError:
        return f"died with signal {-status}"


def one_line(text: object, longest: int = 300) -> str:
    """``text`` as one printable line of at most ``longest`` characters."""
    printable = "".join(c if c.isprintable() else " " for c in str(text)[: 20 * longest])
    return " ".join(printable.split())[:longest]


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process and its child processes (it was started in its own session)."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
