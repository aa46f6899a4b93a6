"""How a verb ends early: bad input, errors of the operating system, memory, signals. One line and one exit status.

2: the input cannot be used, or the system does not support the request; 130: interrupted (Ctrl-C); 141: standard output
closed by its reader; 143: terminated (SIGTERM). The last three are 128 + the number of the signal, as in shells.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

import click

from harness.errors import InputError

UNUSABLE = 2
PIECE = 4096
AGAIN_S = 0.05
"""Time after which a termination is raised again that Python has dropped."""


class OutputClosed(Exception):
    """Standard output was closed by its reader (click would end a BrokenPipeError with status 1 and no message)."""


class Terminated(BaseException):
    """SIGTERM was received; raised at any place, so that unfinished files are removed and child processes ended."""


@dataclass
class End:
    """The result of the block, or the exit status of its early end."""

    status: Any = 0


@contextmanager
def ends() -> Iterator[End]:
    """Print one line on stderr for an early end of the block, and store its exit status in ``End.status``."""
    end = End()
    with _terminable():
        try:
            yield end
            try:
                sys.stdout.flush()
            except BrokenPipeError:
                raise OutputClosed from None
        except (KeyboardInterrupt, click.Abort, Terminated) as stopped:
            number = signal.SIGTERM if isinstance(stopped, Terminated) else signal.SIGINT
            end.status = 128 + number
            word = "terminated" if number == signal.SIGTERM else "interrupted"
            _tell(f"harness: {word}; what was finished is not lost")
        except Exception as error:
            line = line_of(error)
            if line is None:
                raise
            end.status = 128 + signal.SIGPIPE if isinstance(error, OutputClosed) else UNUSABLE
            _tell(line)


def line_of(error: Exception) -> str | None:
    """The line about an error that a user can correct, None for a fault of the program."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "harness"
        return f"{where}: {' '.join(error.format_message().split())} (see {where} --help)"
    if isinstance(error, InputError):
        return f"harness: {error}"
    if isinstance(error, MemoryError):
        words = " ".join(str(error).split())
        remedy = "use fewer points, smaller systems or fewer workers"
        return f"harness: out of memory{f' ({words})' if words else ''}: {remedy}"
    if isinstance(error, RecursionError):
        return "harness: the input is nested too deeply to be read: flatten it"
    if isinstance(error, OutputClosed):
        return "harness: standard output was closed by its reader before everything was printed"
    if isinstance(error, OSError):
        from harness.durable import described

        place = error.filename2 or error.filename
        return f"harness: {described(error, None if place is None else os.fsdecode(place))}"
    return None


def printed(text: str) -> None:
    """Write a long text to stdout in pieces: for one large write, Python does not always report a closed pipe."""
    for start in range(0, len(text), PIECE):
        click.echo(text[start : start + PIECE], nl=False)


def _tell(line: str) -> None:
    """Print one line on stderr; buffered output for a closed or full stdout must then not cause a traceback."""
    with suppress(OSError):
        click.echo(line, err=True)
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM raises :class:`Terminated` in the block, if it has no other handler (only in the main thread)."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second signal must not interrupt the cleanup
        raise Terminated

    hook = sys.unraisablehook

    def again(lost: Any) -> None:
        # Python drops an exception that is raised in a finaliser or a callback: the signal would end nothing.
        if not isinstance(lost.exc_value, Terminated | KeyboardInterrupt):
            hook(lost)
            return
        signal.signal(signal.SIGALRM, stop if isinstance(lost.exc_value, Terminated) else signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, AGAIN_S)

    try:
        before = signal.signal(signal.SIGTERM, stop) if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL else None
    except ValueError:
        before = None
    if before is not None:
        sys.unraisablehook = again
    try:
        yield
    finally:
        if before is not None:
            sys.unraisablehook = hook
            signal.signal(signal.SIGTERM, before)
