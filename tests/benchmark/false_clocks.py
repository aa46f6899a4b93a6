"""Work for a child that is timed, by code that would rather be quick."""

from __future__ import annotations

import os
import signal
import time

from harness.benchmark import timing

CALL_S = 0.3


def honest():
    """A call of known length."""
    return lambda: time.sleep(CALL_S), lambda result: {}


def stopped_clock():
    """Stops the clock of the standard library."""
    time.perf_counter = time.process_time = time.monotonic = lambda: 0.0  # type: ignore[assignment]
    return honest()


def slow_clock():
    """Slows down the clock that the measurement itself reads."""
    now = timing.perf_counter
    timing.perf_counter = lambda: now() / 50
    return honest()


def dies_when_called(name: str):
    """Ends its process by a signal, or leaves it with a status."""

    def call():
        if name == "exit":
            os._exit(0)
        os.kill(os.getpid(), signal.Signals[name])

    return call, lambda result: {}
