"""A program with a time limit: its output, its end, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from harness.bridge.process import run_limited
from tests.bridge.processes import descendants_of


def test_a_program_that_prints_much_does_not_block() -> None:
    done = run_limited(["sh", "-c", "yes | head -c 3000000"], 30)
    assert done.status == 0
    assert len(done.stdout) == 200_000


def test_ctrl_c_kills_the_engine() -> None:
    """A Python process that waits for an engine gets SIGINT: both are gone at once."""
    marker = f"ctrl-c-{os.getpid()}"
    # A shell that runs the tests in its background has its children ignore SIGINT: undo that first.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from harness.bridge.process import run_limited; run_limited(['sh', '-c', 'sleep 600; true'], 600)"
    child = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "MARK": marker}, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 20
    while len(descendants_of(marker)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    child.wait(10)
    time.sleep(0.2)
    assert descendants_of(marker) == []


def test_ctrl_c_while_a_program_is_being_started_kills_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGINT comes when the program runs and its process is not known to the caller yet."""
    real = subprocess.Popen

    def started(*words, **options):  # type: ignore[no-untyped-def]
        child = real(*words, **options)
        os.kill(os.getpid(), signal.SIGINT)
        return child

    marker = f"just-started-{os.getpid()}"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(subprocess, "Popen", started)
            with pytest.raises(KeyboardInterrupt):
                run_limited(["sh", "-c", "sleep 600; true"], 600, env={"MARK": marker})
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert descendants_of(marker) == []


def test_an_ignored_ctrl_c_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert run_limited(["sh", "-c", "kill -INT $PPID; echo there"], 30).stdout == "there\n"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_harmless_lines_are_no_message() -> None:
    done = run_limited(["sh", "-c", "echo real >&2; echo 'goodbye now' >&2"], 30, harmless=("goodbye",))
    assert done.last_message == "real"
    assert run_limited(["sh", "-c", "echo goodbye >&2"], 30, harmless=("goodbye",)).last_message == ""
