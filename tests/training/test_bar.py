"""Progress bars: seen on a terminal, whatever it says of its size; unseen elsewhere."""

import os
import pty
import subprocess
import sys

PROGRAM = """
from harness.cli.bar import Bar
with Bar("first") as bar:
    bar.show(0.5, "half")
    bar.show(0.25, "quarter", "second")
"""


def test_a_terminal_without_a_size_shows_title_percent_and_text():
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=slave, stdout=subprocess.DEVNULL)
    process.wait()
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:
        pass  # how Linux says that the other side has closed
    os.close(master)
    text = shown.decode()
    assert "first" in text
    assert "50.0%" in text
    assert "second" in text
    assert "quarter" in text


def test_without_a_terminal_nothing_is_shown():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout == b""
